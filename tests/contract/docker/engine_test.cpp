#include <atomic>

#include <gmock/gmock.h>

#include "tests/contract/docker/world.hpp"
#include "tests/support/docker/docker_engine.hpp"
#include "tests/support/eventually.hpp"

namespace berth::docker {
namespace {

using berth::support::eventually;
using testing::Contains;
using testing::Field;
using testing::IsSupersetOf;

class EngineContract : public DockerContract {
 protected:
  /// What has come on the stream about one container.
  std::vector<std::string> actionsOf(EventStream& stream, const std::string& id) {
    const auto events = stream.poll();
    EXPECT_THAT(events, Succeeds());
    for (const auto& event : events.value_or({}))
      if (event.containerId == id) actions_.push_back(event.action);
    return actions_;
  }

  std::vector<std::string> actions_;
};

TEST_P(EngineContract, TellsWhoItIs) {
  ASSERT_THAT(docker_.engine.ping({}), Succeeds());
  const auto info = docker_.engine.info({});

  ASSERT_THAT(info, Succeeds());
  EXPECT_FALSE(info->id.empty());
  EXPECT_FALSE(info->version.empty());
  EXPECT_FALSE(info->dataRoot.empty());
  EXPECT_GE(info->apiVersion, "1.41");
  EXPECT_GT(info->cpus, 0);
  EXPECT_GT(info->memoryBytes, 0);
}

TEST_P(EngineContract, CountsItsContainers) {
  givenRunning(spec("runs"));
  givenCreated(spec("does-not"));

  const auto info = docker_.engine.info({});

  ASSERT_THAT(info, Succeeds());
  EXPECT_EQ(info->containers, 2);
  EXPECT_EQ(info->containersRunning, 1);
}

TEST_P(EngineContract, TellsWhatHappensInOrderAndWakes) {
  std::atomic<int> wakes = 0;
  const auto stream = docker_.engine.events({}, [&] { ++wakes; });
  ASSERT_THAT(stream, Succeeds());
  auto wanted = spec();
  wanted.labels = {{"dev.berth.uid", "u1"}};

  const auto id = givenRunning(wanted);
  ASSERT_THAT(docker_.containers.stop({}, id, std::chrono::seconds(10)), Succeeds());
  ASSERT_THAT(docker_.containers.remove({}, id, true), Succeeds());

  const std::vector<std::string> wantedActions{"create", "start", "kill", "die", "stop", "destroy"};
  EXPECT_TRUE(eventually([&] { return actionsOf(**stream, id).size() >= wantedActions.size(); }));
  EXPECT_EQ(actions_, wantedActions);
  EXPECT_GT(wakes, 0);
}

TEST_P(EngineContract, AnEventHasTheContainersLabelsNameAndExitCode) {
  const auto stream = docker_.engine.events({}, nullptr);
  ASSERT_THAT(stream, Succeeds());
  auto wanted = spec();
  wanted.labels = {{"dev.berth.uid", "u1"}};
  const auto id = givenRunning(wanted);

  world_.crash(id);

  std::vector<EngineEvent> died;
  EXPECT_TRUE(eventually([&] {
    for (const auto& event : (*stream)->poll().value_or({}))
      if (event.action == "die") died.push_back(event);
    return !died.empty();
  }));
  EXPECT_EQ(died.at(0).containerId, id);
  EXPECT_EQ(died.at(0).attribute("dev.berth.uid"), "u1");
  EXPECT_EQ(died.at(0).attribute("name"), wanted.name);
  EXPECT_EQ(died.at(0).attribute("exitCode"), "137");
}

TEST_P(EngineContract, IsAwayAndItsStreamsBreakAndItComesBack) {
  auto wanted = spec();
  wanted.restart = RestartPolicy::Always;
  const auto id = givenRunning(wanted);
  const auto stream = docker_.engine.events({}, nullptr);
  ASSERT_THAT(stream, Succeeds());

  world_.setAway(true);

  EXPECT_THAT(
      docker_.reader.inspect({}, id), FailsWith(Reason::ServiceUnavailable, fault::kEngineAway));
  EXPECT_TRUE(eventually([&] { return !(*stream)->poll(); }));
  EXPECT_FALSE(docker_.engine.events({}, nullptr));
  world_.setAway(false);
  EXPECT_TRUE(eventually([&] { return state(id).running(); }));
}

class StorageContract : public DockerContract {};

TEST_P(StorageContract, AVolumeKeepsItsFirstLabels) {
  ASSERT_THAT(docker_.volumes.create({}, {.name = name("v"), .labels = {{"a", "1"}}}), Succeeds());

  const auto again = docker_.volumes.create({}, {.name = name("v"), .labels = {{"a", "2"}}});

  ASSERT_THAT(again, Succeeds());
  EXPECT_EQ(again->labels, (Labels{{"a", "1"}}));
  EXPECT_FALSE(again->mountpoint.empty());
}

TEST_P(StorageContract, ListsVolumesByLabel) {
  ASSERT_THAT(docker_.volumes.create({}, {.name = name("v"), .labels = {{"a", "1"}}}), Succeeds());
  ASSERT_THAT(docker_.volumes.create({}, {.name = name("w")}), Succeeds());

  const auto found = docker_.volumes.list({}, {{"a", "1"}});

  ASSERT_THAT(found, Succeeds());
  ASSERT_EQ(found->size(), 1U);
  EXPECT_EQ(found->at(0).name, name("v"));
}

TEST_P(StorageContract, AVolumeInUseStays) {
  auto wanted = spec();
  wanted.mounts = {{MountType::Volume, name("v"), "/data", false}};
  const auto id = givenCreated(wanted);

  EXPECT_THAT(docker_.volumes.remove({}, name("v")), FailsWith(Reason::Conflict, fault::kInUse));

  ASSERT_THAT(docker_.containers.remove({}, id, true), Succeeds());
  EXPECT_THAT(docker_.volumes.inspect({}, name("v")), Succeeds());
  EXPECT_THAT(docker_.volumes.remove({}, name("v")), Succeeds());
  EXPECT_THAT(docker_.volumes.remove({}, name("v")), Succeeds());
  EXPECT_THAT(docker_.volumes.inspect({}, name("v")), FailsWith(Reason::NotFound, ""));
}

TEST_P(StorageContract, ANetworkNameIsTakenOnce) {
  const NetworkSpec wanted{.name = name("n"), .labels = {{"a", "1"}}};

  const auto made = docker_.networks.create({}, wanted);

  ASSERT_THAT(made, Succeeds());
  EXPECT_EQ(made->name, wanted.name);
  EXPECT_EQ(made->labels, wanted.labels);
  EXPECT_EQ(made->subnets.size(), 1U);
  EXPECT_THAT(
      docker_.networks.create({}, wanted), FailsWith(Reason::AlreadyExists, fault::kNameTaken));
  EXPECT_EQ(docker_.networks.inspect({}, wanted.name)->id, made->id);
  EXPECT_THAT(
      docker_.networks.list({}, {{"a", "1"}}).value(),
      Contains(Field(&NetworkState::id, made->id)));
}

TEST_P(StorageContract, ANetworkInUseStays) {
  ASSERT_THAT(docker_.networks.create({}, {.name = name("n")}), Succeeds());
  auto wanted = spec();
  wanted.network = name("n");
  wanted.networkAliases = {"tenant"};
  const auto id = givenRunning(wanted);

  EXPECT_EQ(state(id).networks.at(0).name, name("n"));
  EXPECT_THAT(docker_.networks.remove({}, name("n")), FailsWith(Reason::Conflict, fault::kInUse));
  ASSERT_THAT(docker_.containers.remove({}, id, true), Succeeds());
  EXPECT_THAT(docker_.networks.remove({}, name("n")), Succeeds());
  EXPECT_THAT(docker_.networks.remove({}, name("n")), Succeeds());
}

TEST_P(StorageContract, AnImageIsImportedUsedAndRemoved) {
  const auto tar = berth::support::tarOf("file", "text");
  const auto source = [tar, given = false]() mutable -> Result<std::string> {
    return std::exchange(given, true) ? std::string() : tar;
  };
  const auto image = "berth-import-" + prefix_ + "x:1";

  const auto made = docker_.images.importTar({}, image, {}, source);

  ASSERT_THAT(made, Succeeds());
  EXPECT_THAT(made->tags, Contains(image));
  EXPECT_EQ(docker_.images.inspect({}, image)->id, made->id);
  EXPECT_THAT(docker_.images.remove({}, image), Succeeds());
  EXPECT_THAT(docker_.images.remove({}, image), Succeeds());
  EXPECT_THAT(docker_.images.inspect({}, image), FailsWith(Reason::NotFound, fault::kImageMissing));
}

TEST_P(StorageContract, AnImageInUseStays) {
  givenCreated(spec());

  EXPECT_THAT(
      docker_.images.remove({}, world_.image()), FailsWith(Reason::Conflict, fault::kInUse));
}

INSTANTIATE_TEST_SUITE_P(Fake, EngineContract, testing::Values(&fakeWorld));
INSTANTIATE_TEST_SUITE_P(Real, EngineContract, testing::Values(&realWorld));
INSTANTIATE_TEST_SUITE_P(Fake, StorageContract, testing::Values(&fakeWorld));
INSTANTIATE_TEST_SUITE_P(Real, StorageContract, testing::Values(&realWorld));

}  // namespace
}  // namespace berth::docker
