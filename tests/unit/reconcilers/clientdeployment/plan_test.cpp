#include "reconcilers/clientdeployment/plan.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {
namespace {

using docker::ContainerStatus;
using testing::ElementsAre;
using testing::IsEmpty;

constexpr const char* kVolume = "berth-acme-chat-uid-1";

Desired givenDesired() {
  Desired desired{.uid = "uid-1"};
  desired.container = {.name = "berth-acme-chat-new", .image = "tenant:2"};
  desired.container.labels = {{mark::kUid, "uid-1"}, {mark::kSpecHash, "new"}};
  desired.container.mounts = {{docker::MountType::Volume, kVolume, "/data"}};
  desired.container.resources.memoryBytes = 700;
  desired.volume = DataVolume{.name = kVolume, .held = true};
  return desired;
}

docker::ContainerState givenContainer(
    const std::string& id, const std::string& hash, ContainerStatus status) {
  docker::ContainerState state{.id = id, .image = hash == "new" ? "tenant:2" : "tenant:1"};
  state.labels = {{mark::kUid, "uid-1"}, {mark::kSpecHash, hash}};
  state.mounts = {{docker::MountType::Volume, kVolume, "/data"}};
  state.status = status;
  state.resources.memoryBytes = 700;
  return state;
}

Observed givenObserved(std::vector<docker::ContainerState> containers = {}) {
  docker::VolumeState volume{.name = kVolume};
  volume.labels = {{mark::kUid, "uid-1"}};
  return {.containers = std::move(containers), .volume = volume, .imageReady = true};
}

TEST(ClientDeploymentPlanTest, MakesEverythingInOrderAndMarksTheVolumeBeforeAnythingWrites) {
  auto desired = givenDesired();
  desired.volume->held = false;
  auto observed = givenObserved();
  observed.volume.reset();

  const auto steps = plan(desired, observed, {}).steps;

  EXPECT_THAT(
      steps, ElementsAre(CreateVolume{}, HoldVolume{}, CreateContainer{}, StartContainer{}));
}

TEST(ClientDeploymentPlanTest, DoesNothingWhenAllIsAsItShouldBe) {
  const auto observed = givenObserved({givenContainer("a", "new", ContainerStatus::Running)});

  const auto todo = plan(givenDesired(), observed, {});

  EXPECT_THAT(todo.steps, IsEmpty());
  EXPECT_FALSE(todo.refusal);
}

TEST(ClientDeploymentPlanTest, WaitsForTheImageBeforeItTouchesTheOldContainer) {
  auto observed = givenObserved({givenContainer("a", "old", ContainerStatus::Running)});
  observed.imageReady = false;

  EXPECT_THAT(plan(givenDesired(), observed, {}).steps, ElementsAre(PullImage{}));
}

TEST(ClientDeploymentPlanTest, RemovesTheOldContainerBeforeTheNewOneStarts) {
  const auto observed = givenObserved({givenContainer("a", "old", ContainerStatus::Running)});

  EXPECT_THAT(
      plan(givenDesired(), observed, {}).steps,
      ElementsAre(CreateContainer{}, StopContainer{"a"}, RemoveContainer{"a"}, StartContainer{}));
}

TEST(ClientDeploymentPlanTest, TakesUpAReplacementThatWasInterrupted) {
  const auto observed = givenObserved(
      {givenContainer("a", "old", ContainerStatus::Running),
       givenContainer("b", "new", ContainerStatus::Created)});

  EXPECT_THAT(
      plan(givenDesired(), observed, {}).steps,
      ElementsAre(StopContainer{"a"}, RemoveContainer{"a"}, StartContainer{"b"}));
}

TEST(ClientDeploymentPlanTest, EndsASecondRunningContainer) {
  const auto observed = givenObserved(
      {givenContainer("a", "new", ContainerStatus::Running),
       givenContainer("b", "old", ContainerStatus::Running)});

  EXPECT_THAT(
      plan(givenDesired(), observed, {}).steps,
      ElementsAre(StopContainer{"b"}, RemoveContainer{"b"}));
}

TEST(ClientDeploymentPlanTest, StartsWhatDied) {
  const auto observed = givenObserved({givenContainer("a", "new", ContainerStatus::Exited)});

  EXPECT_THAT(plan(givenDesired(), observed, {}).steps, ElementsAre(StartContainer{"a"}));
}

TEST(ClientDeploymentPlanTest, WaitsOutTheBackoffOfACrashLoop) {
  const auto observed = givenObserved({givenContainer("a", "new", ContainerStatus::Exited)});
  const Duration left = std::chrono::seconds(8);

  const auto todo = plan(givenDesired(), observed, {.startDelay = left});

  EXPECT_THAT(todo.steps, IsEmpty());
  EXPECT_EQ(todo.wait, left);
}

TEST(ClientDeploymentPlanTest, RestartsAnAppThatHangs) {
  const auto observed = givenObserved({givenContainer("a", "new", ContainerStatus::Running)});

  EXPECT_THAT(
      plan(givenDesired(), observed, {.restart = true}).steps,
      ElementsAre(StopContainer{"a"}, StartContainer{"a"}));
}

TEST(ClientDeploymentPlanTest, ChangesLimitsInPlace) {
  auto desired = givenDesired();
  desired.container.resources.memoryBytes = 900;
  const auto observed = givenObserved({givenContainer("a", "new", ContainerStatus::Running)});

  EXPECT_THAT(plan(desired, observed, {}).steps, ElementsAre(UpdateContainer{"a"}));
}

TEST(ClientDeploymentPlanTest, DoesNotAskAgainForLimitsThatTheEngineMadeItsOwnOf) {
  auto container = givenContainer("a", "new", ContainerStatus::Running);
  container.resources.memorySwapBytes = -1;  // a kernel without swap limits
  auto desired = givenDesired();
  desired.container.resources.memorySwapBytes = 1400;
  const Settled settled{desired.container.resources, container.resources};

  EXPECT_THAT(plan(desired, givenObserved({container}), {.settled = settled}).steps, IsEmpty());
  container.resources.memoryBytes = 100;  // but a hand is still undone
  EXPECT_THAT(
      plan(desired, givenObserved({container}), {.settled = settled}).steps,
      ElementsAre(UpdateContainer{"a"}));
}

TEST(ClientDeploymentPlanTest, ReplacesAContainerWithALimitThatCannotBeTakenAway) {
  auto container = givenContainer("a", "new", ContainerStatus::Running);
  container.resources.nanoCpus = 5;

  EXPECT_THAT(
      plan(givenDesired(), givenObserved({container}), {}).steps,
      ElementsAre(StopContainer{"a"}, RemoveContainer{"a"}, CreateContainer{}, StartContainer{}));
}

TEST(ClientDeploymentPlanTest, ReplacesAContainerOfAnotherImageThanItsLabelSays) {
  auto container = givenContainer("a", "new", ContainerStatus::Running);
  container.image = "intruder:1";

  EXPECT_THAT(
      plan(givenDesired(), givenObserved({container}), {}).steps,
      ElementsAre(StopContainer{"a"}, RemoveContainer{"a"}, CreateContainer{}, StartContainer{}));
}

TEST(ClientDeploymentPlanTest, ReplacesAContainerOnOtherData) {
  auto container = givenContainer("a", "new", ContainerStatus::Running);
  container.mounts[0].source = "elsewhere";

  EXPECT_THAT(
      plan(givenDesired(), givenObserved({container}), {}).steps,
      ElementsAre(StopContainer{"a"}, RemoveContainer{"a"}, CreateContainer{}, StartContainer{}));
}

TEST(ClientDeploymentPlanTest, OnlyReportsDriftWhenTheSpecSaysSo) {
  auto desired = givenDesired();
  desired.repair = false;
  auto container = givenContainer("a", "new", ContainerStatus::Running);
  container.resources.memoryBytes = 100;

  const auto byHand = plan(desired, givenObserved({container}), {.specIsOld = true});
  const auto bySpec = plan(desired, givenObserved({container}), {.specIsOld = false});

  EXPECT_THAT(byHand.steps, IsEmpty());
  EXPECT_TRUE(byHand.drift);
  EXPECT_THAT(bySpec.steps, ElementsAre(UpdateContainer{"a"}));
}

TEST(ClientDeploymentPlanTest, StartsWhatDiedAlsoWhenItOnlyReportsDrift) {
  auto desired = givenDesired();
  desired.repair = false;
  const auto observed = givenObserved({givenContainer("a", "new", ContainerStatus::Exited)});

  EXPECT_THAT(plan(desired, observed, {.specIsOld = true}).steps, ElementsAre(StartContainer{"a"}));
}

TEST(ClientDeploymentPlanTest, RefusesToStartWithoutTheDataThatTheTenantHad) {
  auto observed = givenObserved();
  observed.volume.reset();

  const auto todo = plan(givenDesired(), observed, {});

  EXPECT_THAT(todo.steps, IsEmpty());
  ASSERT_TRUE(todo.refusal);
  EXPECT_EQ(todo.refusal->reason, reason::kDataMissing);
  EXPECT_TRUE(todo.refusal->terminal);
}

TEST(ClientDeploymentPlanTest, RefusesAVolumeOfSomebodyElse) {
  auto observed = givenObserved();
  observed.volume->labels = {{mark::kUid, "uid-0"}};

  const auto todo = plan(givenDesired(), observed, {});

  EXPECT_THAT(todo.steps, IsEmpty());
  ASSERT_TRUE(todo.refusal);
  EXPECT_EQ(todo.refusal->reason, reason::kVolumeTaken);
}

TEST(ClientDeploymentPlanTest, TakesOverAnExistingVolumeOnlyWhenItIsThere) {
  auto desired = givenDesired();
  desired.volume = DataVolume{.name = "kept", .ours = false, .held = true};
  auto observed = givenObserved();
  observed.volume->labels.clear();

  EXPECT_THAT(plan(desired, observed, {}).steps, ElementsAre(CreateContainer{}, StartContainer{}));
  observed.volume.reset();
  EXPECT_EQ(plan(desired, observed, {}).refusal->reason, reason::kDataMissing);
}

TEST(ClientDeploymentPlanTest, StopsATenantThatShallNotRunAndKeepsItsContainer) {
  auto desired = givenDesired();
  desired.running = false;

  const auto running = givenObserved({givenContainer("a", "new", ContainerStatus::Running)});
  const auto stopped = givenObserved({givenContainer("a", "new", ContainerStatus::Exited)});

  EXPECT_THAT(plan(desired, running, {}).steps, ElementsAre(StopContainer{"a"}));
  EXPECT_THAT(plan(desired, stopped, {}).steps, IsEmpty());
}

TEST(ClientDeploymentPlanTest, WaitsWhileTheContainerIsBeingRemoved) {
  const auto observed = givenObserved({givenContainer("a", "new", ContainerStatus::Removing)});

  const auto todo = plan(givenDesired(), observed, {});

  EXPECT_THAT(todo.steps, IsEmpty());
  EXPECT_GT(todo.wait, Duration::zero());
}

class DeletionPlanTest : public testing::Test {
 protected:
  Desired given(DeletionPolicy policy) {
    auto desired = givenDesired();
    desired.deleting = true;
    desired.deletionPolicy = policy;
    return desired;
  }
  Observed running_ = givenObserved({givenContainer("a", "new", ContainerStatus::Running)});
};

TEST_F(DeletionPlanTest, SnapshotCopiesWhatIsStoppedBeforeItRemovesAnything) {
  EXPECT_THAT(
      plan(given(DeletionPolicy::Snapshot), running_, {}).steps,
      ElementsAre(StopContainer{"a"}, TakeSnapshot{"a"}, RemoveContainer{"a"}, RemoveVolume{}));
}

TEST_F(DeletionPlanTest, SnapshotIsNotTakenTwice) {
  running_.snapshotTaken = true;
  EXPECT_THAT(
      plan(given(DeletionPolicy::Snapshot), running_, {}).steps,
      ElementsAre(StopContainer{"a"}, RemoveContainer{"a"}, RemoveVolume{}));
}

TEST_F(DeletionPlanTest, SnapshotMakesAContainerToReadThroughWhenThereIsNone) {
  running_.containers.clear();
  EXPECT_THAT(
      plan(given(DeletionPolicy::Snapshot), running_, {}).steps,
      ElementsAre(CreateContainer{}, TakeSnapshot{}, RemoveContainer{}, RemoveVolume{}));
}

TEST_F(DeletionPlanTest, RetainLeavesTheVolume) {
  EXPECT_THAT(
      plan(given(DeletionPolicy::Retain), running_, {}).steps,
      ElementsAre(StopContainer{"a"}, RemoveContainer{"a"}));
}

TEST_F(DeletionPlanTest, DeleteRemovesTheVolumeWithoutACopy) {
  EXPECT_THAT(
      plan(given(DeletionPolicy::Delete), running_, {}).steps,
      ElementsAre(StopContainer{"a"}, RemoveContainer{"a"}, RemoveVolume{}));
}

TEST_F(DeletionPlanTest, NeverRemovesAVolumeThatWasTakenOver) {
  auto desired = given(DeletionPolicy::Delete);
  desired.volume->ours = false;
  EXPECT_THAT(
      plan(desired, running_, {}).steps, ElementsAre(StopContainer{"a"}, RemoveContainer{"a"}));
}

TEST_F(DeletionPlanTest, NeverRemovesAVolumeOfAnotherLife) {
  running_.volume->labels = {{mark::kUid, "uid-0"}};
  EXPECT_THAT(
      plan(given(DeletionPolicy::Delete), running_, {}).steps,
      ElementsAre(StopContainer{"a"}, RemoveContainer{"a"}));
}

TEST_F(DeletionPlanTest, IsDoneWhenNothingIsLeft) {
  EXPECT_THAT(plan(given(DeletionPolicy::Snapshot), {}, {}).steps, IsEmpty());
}

}  // namespace
}  // namespace berth::clientdeployment
