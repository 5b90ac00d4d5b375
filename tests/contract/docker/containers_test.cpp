#include <gmock/gmock.h>

#include "tests/contract/docker/world.hpp"
#include "tests/support/eventually.hpp"

namespace berth::docker {
namespace {

using berth::support::eventually;
using testing::Contains;
using testing::ElementsAre;
using testing::Field;
using testing::IsSupersetOf;
using testing::Pair;

class ContainersContract : public DockerContract {};

TEST_P(ContainersContract, TellsAllThatAContainerWasMadeOf) {
  auto wanted = spec();
  wanted.env = {{"A", "1=2"}, {"EMPTY", ""}};
  wanted.labels = {{"dev.berth.name", "web"}};
  wanted.mounts = {{MountType::Volume, name("data"), "/data", false}};
  wanted.resources = {
      .memoryBytes = 64 << 20,
      .memoryReservationBytes = 32 << 20,
      .memorySwapBytes = 128 << 20,
      .nanoCpus = 500'000'000};
  wanted.restart = RestartPolicy::UnlessStopped;
  wanted.log = {"json-file", {{"max-size", "10m"}, {"max-file", "3"}}};

  const auto made = state(givenCreated(wanted));

  EXPECT_EQ(made.name, wanted.name);
  EXPECT_EQ(made.image, wanted.image);
  EXPECT_TRUE(made.imageId.starts_with("sha256:"));
  EXPECT_EQ(made.status, ContainerStatus::Created);
  EXPECT_THAT(made.env, IsSupersetOf(wanted.env));
  EXPECT_THAT(made.labels, IsSupersetOf(wanted.labels));
  EXPECT_EQ(made.mounts, wanted.mounts);
  EXPECT_EQ(made.resources, wanted.resources);
  EXPECT_EQ(made.restart, wanted.restart);
  EXPECT_EQ(made.log, wanted.log);
  EXPECT_THAT(made.networks, ElementsAre(Field(&ContainerNetwork::name, "bridge")));
  EXPECT_FALSE(made.startedAt);
}

TEST_P(ContainersContract, MakesAVolumeThatIsNotThereWithoutLabels) {
  auto wanted = spec();
  wanted.mounts = {{MountType::Volume, name("data"), "/data", false}};

  givenCreated(wanted);

  const auto volume = docker_.volumes.inspect({}, name("data"));
  ASSERT_THAT(volume, Succeeds());
  EXPECT_TRUE(volume->labels.empty());
}

TEST_P(ContainersContract, SwapIsTwiceTheMemoryWhenNothingIsSaid) {
  auto wanted = spec();
  wanted.resources.memoryBytes = 64 << 20;

  EXPECT_EQ(state(givenCreated(wanted)).resources.memorySwapBytes, 128 << 20);
}

TEST_P(ContainersContract, StartsAndBindsAPortOfItsChoice) {
  auto wanted = spec();
  wanted.ports = {{8080, "tcp", "127.0.0.1", 0}};

  const auto running = state(givenRunning(wanted));

  EXPECT_TRUE(running.running());
  EXPECT_TRUE(running.startedAt);
  EXPECT_GT(running.pid, 0);
  ASSERT_EQ(running.ports.size(), 1U);
  EXPECT_EQ(running.ports[0].containerPort, 8080);
  EXPECT_EQ(running.ports[0].hostAddress, "127.0.0.1");
  EXPECT_GT(running.ports[0].hostPort, 0);
  EXPECT_FALSE(running.networks.at(0).address.empty());
}

TEST_P(ContainersContract, StartingWhatRunsIsASuccess) {
  const auto id = givenRunning(spec());
  const auto before = state(id).pid;

  EXPECT_THAT(docker_.containers.start({}, id), Succeeds());

  EXPECT_EQ(state(id).pid, before);
}

TEST_P(ContainersContract, StopsForGoodAndAgain) {
  auto wanted = spec();
  wanted.restart = RestartPolicy::Always;
  const auto id = givenRunning(wanted);

  ASSERT_THAT(docker_.containers.stop({}, id, std::chrono::seconds(10)), Succeeds());
  EXPECT_THAT(docker_.containers.stop({}, id, std::chrono::seconds(10)), Succeeds());

  const auto stopped = state(id);
  EXPECT_EQ(stopped.status, ContainerStatus::Exited);
  EXPECT_EQ(stopped.exitCode, 0);
  EXPECT_TRUE(stopped.finishedAt);
  EXPECT_TRUE(stopped.ports.empty());
}

TEST_P(ContainersContract, KillsAndItsRestartPolicyDoesNotAct) {
  auto wanted = spec();
  wanted.restart = RestartPolicy::Always;
  const auto id = givenRunning(wanted);

  ASSERT_THAT(docker_.containers.kill({}, id, "KILL"), Succeeds());
  ASSERT_TRUE(eventually([&] { return !state(id).running(); }));
  EXPECT_THAT(docker_.containers.kill({}, id, "KILL"), Succeeds());

  EXPECT_EQ(state(id).status, ContainerStatus::Exited);
  EXPECT_EQ(state(id).exitCode, 137);
}

TEST_P(ContainersContract, RestartsByItsPolicyWhatCrashed) {
  auto wanted = spec();
  wanted.restart = RestartPolicy::UnlessStopped;
  const auto id = givenRunning(wanted);

  world_.crash(id);

  EXPECT_TRUE(eventually([&] { return state(id).running() && state(id).restartCount == 1; }));
}

TEST_P(ContainersContract, LeavesACrashedOneWithItsExitCode) {
  const auto id = givenRunning(spec());

  world_.crash(id);

  ASSERT_TRUE(eventually([&] { return state(id).status == ContainerStatus::Exited; }));
  EXPECT_EQ(state(id).exitCode, 137);
  EXPECT_THAT(docker_.containers.start({}, id), Succeeds());
  EXPECT_EQ(state(id).exitCode, 0);
}

TEST_P(ContainersContract, RemovesWhatRunsOnlyByForce) {
  const auto id = givenRunning(spec());

  EXPECT_THAT(
      docker_.containers.remove({}, id, false), FailsWith(Reason::Conflict, fault::kRunning));
  EXPECT_TRUE(state(id).running());
  EXPECT_THAT(docker_.containers.remove({}, id, true), Succeeds());
  EXPECT_THAT(docker_.reader.inspect({}, id), FailsWith(Reason::NotFound, ""));
  EXPECT_THAT(docker_.containers.remove({}, id, true), Succeeds());
}

TEST_P(ContainersContract, ANameIsTakenOnce) {
  givenCreated(spec());

  EXPECT_THAT(
      docker_.containers.create({}, spec()), FailsWith(Reason::AlreadyExists, fault::kNameTaken));
}

TEST_P(ContainersContract, ANameMustBeOne) {
  auto wanted = spec();
  wanted.name = "no name";

  EXPECT_THAT(docker_.containers.create({}, wanted), FailsWith(Reason::Invalid, ""));
}

TEST_P(ContainersContract, AnImageMustBeHere) {
  auto wanted = spec();
  wanted.image = "nowhere:1";

  EXPECT_THAT(
      docker_.containers.create({}, wanted), FailsWith(Reason::NotFound, fault::kImageMissing));
}

TEST_P(ContainersContract, WhatIsNotThereIsNotFound) {
  EXPECT_THAT(docker_.reader.inspect({}, "nobody"), FailsWith(Reason::NotFound, ""));
  EXPECT_THAT(docker_.containers.start({}, "nobody"), FailsWith(Reason::NotFound, ""));
  EXPECT_THAT(docker_.containers.stop({}, "nobody", {}), FailsWith(Reason::NotFound, ""));
  EXPECT_THAT(docker_.containers.kill({}, "nobody", "KILL"), FailsWith(Reason::NotFound, ""));
}

TEST_P(ContainersContract, APortIsBoundOnce) {
  auto first = spec("first");
  first.ports = {{8080, "tcp", "127.0.0.1", 0}};
  const auto port = state(givenRunning(first)).ports.at(0).hostPort;
  auto second = spec("second");
  second.ports = {{8080, "tcp", "127.0.0.1", port}};
  const auto id = givenCreated(second);

  EXPECT_THAT(docker_.containers.start({}, id), FailsWith(Reason::Conflict, fault::kPortTaken));
  EXPECT_EQ(state(id).status, ContainerStatus::Created);
  EXPECT_FALSE(state(id).error.empty());

  ASSERT_THAT(docker_.containers.remove({}, first.name, true), Succeeds());
  EXPECT_THAT(docker_.containers.start({}, id), Succeeds());
}

TEST_P(ContainersContract, AMissingProgramCannotRun) {
  auto wanted = spec();
  wanted.image = world_.brokenImage();
  const auto id = givenCreated(wanted);

  EXPECT_THAT(docker_.containers.start({}, id), FailsWith(Reason::Invalid, fault::kCannotRun));

  EXPECT_EQ(state(id).status, ContainerStatus::Created);
  EXPECT_EQ(state(id).exitCode, 127);
}

TEST_P(ContainersContract, AMissingNetworkIsNotFound) {
  auto wanted = spec();
  wanted.network = name("nowhere");
  const auto id = givenCreated(wanted);

  EXPECT_THAT(docker_.containers.start({}, id), FailsWith(Reason::NotFound, ""));
}

TEST_P(ContainersContract, RenamesOnceAndOnlyToAFreeName) {
  const auto id = givenCreated(spec("a"));
  givenCreated(spec("b"));

  EXPECT_THAT(docker_.settings.rename({}, id, name("c")), Succeeds());
  EXPECT_THAT(docker_.settings.rename({}, id, name("c")), Succeeds());
  EXPECT_THAT(
      docker_.settings.rename({}, id, name("b")),
      FailsWith(Reason::AlreadyExists, fault::kNameTaken));

  EXPECT_EQ(state(id).name, name("c"));
}

TEST_P(ContainersContract, ChangesLimitsWithoutARestart) {
  auto wanted = spec();
  wanted.resources = {.memoryBytes = 64 << 20, .memorySwapBytes = 64 << 20};
  const auto id = givenRunning(wanted);
  const auto before = state(id).pid;
  const Resources more{
      .memoryBytes = 96 << 20, .memorySwapBytes = 192 << 20, .nanoCpus = 250'000'000};

  ASSERT_THAT(docker_.settings.update({}, id, more, RestartPolicy::Always), Succeeds());

  EXPECT_EQ(state(id).pid, before);
  EXPECT_EQ(state(id).resources, more);
  EXPECT_EQ(state(id).restart, RestartPolicy::Always);
}

TEST_P(ContainersContract, AnUpdateTo0LeavesALimit) {
  auto wanted = spec();
  wanted.resources = {.memoryBytes = 64 << 20, .memorySwapBytes = 128 << 20};
  const auto id = givenRunning(wanted);

  ASSERT_THAT(docker_.settings.update({}, id, {}, RestartPolicy::No), Succeeds());

  EXPECT_EQ(state(id).resources, wanted.resources);
}

TEST_P(ContainersContract, MemoryCannotRiseAboveTheOldSwapAlone) {
  auto wanted = spec();
  wanted.resources = {.memoryBytes = 64 << 20, .memorySwapBytes = 64 << 20};
  const auto id = givenRunning(wanted);

  EXPECT_THAT(
      docker_.settings.update({}, id, {.memoryBytes = 128 << 20}, RestartPolicy::No),
      FailsWith(Reason::Conflict, ""));
}

TEST_P(ContainersContract, ThereIsALeastMemory) {
  auto wanted = spec();
  wanted.resources.memoryBytes = 1 << 20;

  EXPECT_THAT(docker_.containers.create({}, wanted), FailsWith(Reason::Invalid, ""));
}

TEST_P(ContainersContract, ListsByAllLabelsRunningOrNot) {
  auto both = spec("both");
  both.labels = {{"a", "1"}, {"b", "2"}};
  auto one = spec("one");
  one.labels = {{"a", "1"}};
  givenRunning(both);
  givenCreated(one);

  const auto names = [&](const Labels& labels) {
    std::vector<std::string> found;
    const auto listed = docker_.reader.list({}, labels);
    for (const auto& each : listed.value()) found.push_back(each.name);
    std::sort(found.begin(), found.end());
    return found;
  };

  EXPECT_THAT(names({{"a", "1"}}), ElementsAre(name("both"), name("one")));
  EXPECT_THAT(names({{"a", "1"}, {"b", ""}}), ElementsAre(name("both")));
  EXPECT_THAT(names({{"a", "2"}}), ElementsAre());
}

TEST_P(ContainersContract, ASummaryHasWhatAListIsFor) {
  auto wanted = spec();
  wanted.labels = {{"a", "1"}};
  const auto id = givenRunning(wanted);

  const auto list = docker_.reader.list({}, {{"a", "1"}});

  ASSERT_THAT(list, Succeeds());
  ASSERT_EQ(list->size(), 1U);
  EXPECT_EQ(list->at(0).id, id);
  EXPECT_EQ(list->at(0).name, wanted.name);
  EXPECT_EQ(list->at(0).image, wanted.image);
  EXPECT_EQ(list->at(0).imageId, state(id).imageId);
  EXPECT_EQ(list->at(0).status, ContainerStatus::Running);
  EXPECT_THAT(list->at(0).labels, Contains(Pair("a", "1")));
}

INSTANTIATE_TEST_SUITE_P(Fake, ContainersContract, testing::Values(&fakeWorld));
INSTANTIATE_TEST_SUITE_P(Real, ContainersContract, testing::Values(&realWorld));

}  // namespace
}  // namespace berth::docker
