#include "reconcilers/clientdeployment/restarts.hpp"

#include <gtest/gtest.h>

namespace berth::clientdeployment {
namespace {

using std::chrono::minutes;
using std::chrono::seconds;

class RestartsTest : public testing::Test {
 protected:
  Duration endAfter(Duration life, int exitCode = 1, bool oomKilled = false) {
    docker::ContainerState ended{.id = "a", .exitCode = exitCode, .oomKilled = oomKilled};
    ended.startedAt = now_;
    now_ += life;
    ended.finishedAt = now_;
    const auto delay = restarts_.delayLeft("uid-1", ended, now_);
    EXPECT_EQ(restarts_.delayLeft("uid-1", ended, now_), delay) << "an end counts once";
    return delay;
  }

  Time now_{minutes(1'000'000)};
  Restarts restarts_;
};

TEST_F(RestartsTest, StartsAtOnceAfterTheFirstEndAndEverLaterAfterTheNext) {
  EXPECT_EQ(endAfter(seconds(1)), Duration::zero());
  EXPECT_EQ(endAfter(seconds(1)), seconds(1));
  EXPECT_EQ(endAfter(seconds(1)), seconds(2));
  EXPECT_EQ(endAfter(seconds(1)), seconds(4));
}

TEST_F(RestartsTest, WaitsAtMostFiveMinutes) {
  Duration delay{};
  for (int i = 0; i < 100; ++i) delay = endAfter(seconds(1));
  EXPECT_EQ(delay, minutes(5));
}

TEST_F(RestartsTest, ForgivesAfterAMinuteOfRunning) {
  for (int i = 0; i < 5; ++i) endAfter(seconds(1));
  EXPECT_EQ(endAfter(minutes(1)), Duration::zero());
}

TEST_F(RestartsTest, TakesAKillFromOutsideForAHandAndNotForACrash) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(endAfter(seconds(1), 137), Duration::zero());
  EXPECT_GT(endAfter(seconds(1), 137), Duration::zero());
}

TEST_F(RestartsTest, TakesTooMuchMemoryForACrash) {
  endAfter(seconds(1), 137, true);
  EXPECT_GT(endAfter(seconds(1), 137, true), Duration::zero());
  EXPECT_EQ(restarts_.recordOf("uid-1").lastExitReason, "OOMKilled");
}

TEST_F(RestartsTest, CountsTheTimeThatHasPassedAlready) {
  endAfter(seconds(1));
  docker::ContainerState ended{.id = "a", .exitCode = 1};
  ended.startedAt = now_;
  ended.finishedAt = now_ + seconds(1);
  EXPECT_EQ(restarts_.delayLeft("uid-1", ended, now_), seconds(1));
  EXPECT_EQ(restarts_.delayLeft("uid-1", ended, now_ + seconds(1)), Duration::zero());
}

TEST_F(RestartsTest, DoesNotDelayAContainerThatHasNeverRun) {
  EXPECT_EQ(restarts_.delayLeft("uid-1", {.id = "a"}, now_), Duration::zero());
  EXPECT_EQ(restarts_.recordOf("uid-1").streak, 0);
}

TEST_F(RestartsTest, RemembersNothingOnceForgotten) {
  endAfter(seconds(1), 3);
  restarts_.countRestart("uid-1");
  EXPECT_EQ(restarts_.recordOf("uid-1").restarts, 1);
  restarts_.forget("uid-1");
  EXPECT_EQ(restarts_.recordOf("uid-1").restarts, 0);
}

}  // namespace
}  // namespace berth::clientdeployment
