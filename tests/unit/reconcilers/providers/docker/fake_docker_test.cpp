#include "reconcilers/providers/docker/fake_docker.hpp"

#include <gmock/gmock.h>

#include "reconcilers/providers/docker/fault.hpp"

namespace berth::docker {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class FakeDockerTest : public testing::Test {
 protected:
  FakeDockerTest() { fake_.addImage("tenant:1"); }

  static ContainerSpec spec() {
    ContainerSpec spec;
    spec.name = "web";
    spec.image = "tenant:1";
    spec.mounts = {{MountType::Volume, "web-data", "/data", false}};
    spec.restart = RestartPolicy::UnlessStopped;
    return spec;
  }
  std::string givenRunning() {
    auto id = *docker_.containers.create({}, spec());
    EXPECT_TRUE(docker_.containers.start({}, id));
    return id;
  }
  ContainerStatus status() { return docker_.reader.inspect({}, "web")->status; }

  FakeClock clock_;
  FakeDocker fake_{clock_};
  Docker docker_ = fake_.roles();
};

TEST_F(FakeDockerTest, DoesTheWorkWhenOnlyTheAnswerIsLost) {
  ASSERT_TRUE(docker_.containers.create({}, spec()));
  fake_.loseAnswerOf("start");

  const auto result = docker_.containers.start({}, "web");

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::Timeout);
  EXPECT_EQ(status(), ContainerStatus::Running);
}

TEST_F(FakeDockerTest, DoesTheWorkLaterWhenTheCallerHasGivenUp) {
  ASSERT_TRUE(docker_.containers.create({}, spec()));
  fake_.delayNext("start", std::chrono::seconds(5));

  const auto result = docker_.containers.start({}, "web");

  EXPECT_EQ(result.error().reason, Reason::Timeout);
  EXPECT_EQ(status(), ContainerStatus::Created);
  clock_.advance(std::chrono::seconds(5));
  EXPECT_EQ(status(), ContainerStatus::Running);
}

TEST_F(FakeDockerTest, KillsAtAStopWhatIgnoresTheSignal) {
  const auto id = givenRunning();
  fake_.world([&](FakeWorld& world) { world.find(id)->ignoresTerm = true; });

  ASSERT_TRUE(docker_.containers.stop({}, id, std::chrono::seconds(10)));

  EXPECT_EQ(docker_.reader.inspect({}, id)->exitCode, 137);
}

TEST_F(FakeDockerTest, DoesNothingWhenTheCallFails) {
  ASSERT_TRUE(docker_.containers.create({}, spec()));
  fake_.failNext("start", {Reason::ServiceUnavailable, "no"});

  EXPECT_FALSE(docker_.containers.start({}, "web"));

  EXPECT_EQ(status(), ContainerStatus::Created);
}

TEST_F(FakeDockerTest, AsksTheHookAtEveryCall) {
  std::vector<std::string> calls;
  fake_.inject([&](std::string_view call, const std::string& subject) -> std::optional<CallFault> {
    calls.push_back(std::string(call) + " " + subject);
    return std::nullopt;
  });

  givenRunning();

  EXPECT_EQ(calls.front(), "create web");
  EXPECT_EQ(calls.size(), 2U);
}

TEST_F(FakeDockerTest, AnswersNothingWhileItIsAwayAndContainersLiveOn) {
  givenRunning();
  const auto stream = docker_.engine.events({}, nullptr);
  fake_.setAway(true);

  const auto result = docker_.reader.inspect({}, "web");

  EXPECT_EQ(result.error().reason, Reason::ServiceUnavailable);
  EXPECT_TRUE(isFault(result.error(), fault::kEngineAway));
  EXPECT_FALSE((*stream)->poll());
  fake_.setAway(false);
  EXPECT_EQ(status(), ContainerStatus::Running);
}

TEST_F(FakeDockerTest, RestartsACrashedContainerByItsPolicy) {
  givenRunning();

  fake_.crash("web", 1);

  EXPECT_EQ(status(), ContainerStatus::Running);
  EXPECT_EQ(docker_.reader.inspect({}, "web")->restartCount, 1);
}

TEST_F(FakeDockerTest, DoesNotRestartWhatWasKilledByHand) {
  givenRunning();
  ASSERT_TRUE(docker_.containers.kill({}, "web", "KILL"));

  fake_.restartDaemon();

  EXPECT_EQ(status(), ContainerStatus::Exited);
}

TEST_F(FakeDockerTest, ComesBackWithItsContainersAfterARestartOfTheDaemon) {
  givenRunning();
  const auto stream = docker_.engine.events({}, nullptr);

  fake_.restartDaemon();

  EXPECT_EQ(status(), ContainerStatus::Running);
  EXPECT_FALSE((*stream)->poll());
}

TEST_F(FakeDockerTest, TellsEventsInOrderAndWakes) {
  int wakes = 0;
  const auto stream = *docker_.engine.events({}, [&] { ++wakes; });

  givenRunning();

  const auto events = *stream->poll();
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[0].action, "create");
  EXPECT_EQ(events[1].action, "start");
  EXPECT_EQ(events[1].attribute("name"), "web");
  EXPECT_EQ(wakes, 2);
}

TEST_F(FakeDockerTest, TellsNobodyWhileEventsAreLost) {
  const auto stream = *docker_.engine.events({}, nullptr);
  fake_.world([](FakeWorld& world) { world.loseEvents = true; });

  givenRunning();

  EXPECT_THAT(*stream->poll(), IsEmpty());
}

TEST_F(FakeDockerTest, KeepsRowsWithTheVolumeAndCountsItsWriters) {
  givenRunning();
  const auto row = fake_.writeRow("web", "/data");
  ASSERT_TRUE(docker_.containers.remove({}, "web", true));
  givenRunning();
  auto second = spec();
  second.name = "second";
  ASSERT_TRUE(docker_.containers.create({}, second));
  ASSERT_TRUE(docker_.containers.start({}, "second"));

  ASSERT_TRUE(row);
  fake_.world([&](FakeWorld& world) {
    EXPECT_THAT(world.data["web-data"].rows, ElementsAre(*row));
    EXPECT_EQ(world.data["web-data"].mostWriters, 2);
  });
}

TEST_F(FakeDockerTest, RemembersTheDataOfARemovedVolumeAsLost) {
  givenRunning();
  const auto row = fake_.writeRow("web", "/data");
  ASSERT_TRUE(docker_.containers.remove({}, "web", true));

  ASSERT_TRUE(docker_.volumes.remove({}, "web-data"));

  fake_.world([&](FakeWorld& world) { EXPECT_THAT(world.lost.at(0).rows, ElementsAre(*row)); });
}

TEST_F(FakeDockerTest, HoldsARemovalUntilItIsFinished) {
  givenRunning();
  fake_.world([](FakeWorld& world) { world.holdRemovals = true; });

  EXPECT_EQ(docker_.containers.remove({}, "web", true).error().reason, Reason::Timeout);
  EXPECT_TRUE(isFault(docker_.containers.start({}, "web").error(), fault::kRemoving));
  fake_.finishRemovals();

  EXPECT_EQ(docker_.reader.inspect({}, "web").error().reason, Reason::NotFound);
}

TEST_F(FakeDockerTest, BreaksAPullOffAt99Percent) {
  fake_.addToRegistry("tenant:2");
  fake_.world([](FakeWorld& world) { world.pullsToBreak = 1; });
  PullProgress last;
  const PullSpec pull{"tenant:2", {}, [&](const PullProgress& progress) { last = progress; }};

  const auto broken = docker_.images.pull({}, pull);

  EXPECT_TRUE(isFault(broken.error(), fault::kPullFailed));
  EXPECT_EQ(last.bytesDone * 100 / last.bytes, 99);
  EXPECT_FALSE(docker_.images.inspect({}, "tenant:2"));
  EXPECT_TRUE(docker_.images.pull({}, pull));
}

TEST_F(FakeDockerTest, FailsToCreateOnAFullDisk) {
  fake_.world([](FakeWorld& world) { world.diskFull = true; });

  EXPECT_TRUE(isFault(docker_.containers.create({}, spec()).error(), fault::kDiskFull));
}

TEST_F(FakeDockerTest, AnswersHttpOnceItsStartDelayIsOver) {
  auto published = spec();
  published.ports = {{8080, "tcp", "127.0.0.1", 18080}};
  const auto id = *docker_.containers.create({}, published);
  fake_.world([&](FakeWorld& world) { world.find(id)->startDelay = std::chrono::seconds(5); });
  ASSERT_TRUE(docker_.containers.start({}, id));

  EXPECT_EQ(fake_.httpStatus("127.0.0.1", 18080), std::nullopt);
  clock_.advance(std::chrono::seconds(5));
  EXPECT_EQ(fake_.httpStatus("127.0.0.1", 18080), 200);
}

}  // namespace
}  // namespace berth::docker
