#include "reconcilers/clientdeployment/health.hpp"

#include <gtest/gtest.h>

#include "reconcilers/providers/hosts/fake_prober.hpp"

namespace berth::clientdeployment {
namespace {

using std::chrono::seconds;

class HealthMonitorTest : public testing::Test {
 protected:
  HealthState state() { return health().state; }
  Health health() { return monitor_.check(kKey, target_, probes_); }
  void probeAfter(Duration delay) {
    clock_.advance(delay);
    prober_.probe();
  }
  void givenStarted() {
    answer_ = 200;
    health();
    prober_.probe();
    ASSERT_EQ(state(), HealthState::Healthy);
    health();  // asks for readiness from now on
    prober_.probe();
  }

  static inline const ObjectKey kKey{"acme", "chat"};
  std::optional<int> answer_;
  FakeClock clock_;
  hosts::FakeProber prober_{clock_, [this](const std::string&, int) { return answer_; }};
  HealthMonitor monitor_{prober_, clock_};
  ProbeTarget target_{"run-1", "127.0.0.1", 20000};
  v1alpha1::ClientDeploymentSpecProbes probes_;
};

TEST_F(HealthMonitorTest, KnowsNothingBeforeTheFirstAnswer) {
  EXPECT_EQ(state(), HealthState::Unknown);
}

TEST_F(HealthMonitorTest, StartsUntilTheStartupProbeSucceeds) {
  health();
  prober_.probe();
  EXPECT_EQ(state(), HealthState::Starting);
  answer_ = 200;
  probeAfter(seconds(1));
  EXPECT_EQ(state(), HealthState::Healthy);
}

TEST_F(HealthMonitorTest, SaysWhenAStartTakesTooLong) {
  probes_.startup.failureThreshold = 10;
  health();
  prober_.probe();
  EXPECT_EQ(health().lookAgain, Duration(seconds(10)));
  clock_.advance(seconds(10));
  EXPECT_EQ(state(), HealthState::StartupFailed);
}

TEST_F(HealthMonitorTest, FailsReadinessOnlyAfterSoManyFailures) {
  givenStarted();
  answer_ = 503;
  probeAfter(seconds(5));
  EXPECT_EQ(state(), HealthState::Healthy);
  EXPECT_TRUE(health().lookAgain) << "nobody calls when the third failure comes";
  probeAfter(seconds(5));
  probeAfter(seconds(5));
  EXPECT_EQ(state(), HealthState::Failing);
  answer_ = 200;
  probeAfter(seconds(5));
  EXPECT_EQ(state(), HealthState::Healthy);
}

TEST_F(HealthMonitorTest, HangsWhenItFailsForLongerThanLivenessAllows) {
  givenStarted();
  answer_.reset();
  probeAfter(seconds(5));
  clock_.advance(seconds(59));
  EXPECT_NE(state(), HealthState::Hanging);
  clock_.advance(seconds(1));
  EXPECT_EQ(state(), HealthState::Hanging);
}

TEST_F(HealthMonitorTest, NeverHangsWithoutLiveness) {
  probes_.liveness.enabled = false;
  givenStarted();
  answer_.reset();
  for (int i = 0; i < 100; ++i) probeAfter(seconds(5));
  EXPECT_EQ(state(), HealthState::Failing);
}

TEST_F(HealthMonitorTest, AsksALivenessPathOfItsOwn) {
  probes_.liveness.path = "/alive";
  givenStarted();
  const auto specs = prober_.specs();
  EXPECT_EQ(specs.at("acme/chat#live").path, "/alive");
  EXPECT_EQ(specs.at("acme/chat#ready").path, "/health");
}

TEST_F(HealthMonitorTest, BeginsAnewWithEveryRun) {
  givenStarted();
  target_.instance = "run-2";
  EXPECT_EQ(state(), HealthState::Unknown) << "an answer of the last run says nothing";
}

TEST_F(HealthMonitorTest, ProbesNothingOnceForgotten) {
  givenStarted();
  monitor_.forget(kKey);
  EXPECT_TRUE(prober_.specs().empty());
}

TEST_F(HealthMonitorTest, KnowsWhoseAProbeIs) {
  EXPECT_EQ(HealthMonitor::keyOf("acme/chat#ready"), kKey);
  EXPECT_EQ(HealthMonitor::keyOf("nonsense"), ObjectKey{});
}

}  // namespace
}  // namespace berth::clientdeployment
