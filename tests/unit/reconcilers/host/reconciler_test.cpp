#include "reconcilers/host/reconciler.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"
#include "tests/unit/reconcilers/fake_api.hpp"
#include "tests/unit/reconcilers/fake_machines.hpp"

namespace berth::host {
namespace {

using testing::HasSubstr;
using v1alpha1::ClientDeployment;
using v1alpha1::Host;

class HostReconcilerTest : public testing::Test {
 protected:
  static inline const ObjectKey kKey{"", "host-a"};

  template <class Function>
  void givenHost(const Function& function) {
    auto host = api_.find<Host>(kKey).value_or(Host{});
    host.metadata.name = kKey.name;
    if (host.spec.connection.type.empty()) host.spec.connection.type = "Local";
    function(host.spec);
    api_.apply(host);
  }
  void givenHost() {
    givenHost([](auto&) {});
  }
  void givenTenantHere() {
    ClientDeployment object;
    object.metadata = {.name = "chat", .namespaceName = "acme"};
    object.metadata.annotations[mark::kHost] = kKey.name;
    object.spec.resources.cpus = "500m";
    api_.apply(object);
  }
  void deleteHost() { api_.markDeleted<Host>(kKey, clock_.now()); }
  Result<Requeue> reconcile() { return reconciler_.reconcile({}, kKey); }
  v1alpha1::HostStatus status() { return api_.find<Host>(kKey)->status; }
  Condition condition(const char* type) {
    const auto all = status().conditions;
    const auto* found = findCondition(all, type);
    return found == nullptr ? Condition{} : *found;
  }

  FakeClock clock_;
  SeededRandom random_{1};
  FakeApi api_;
  FakeEvents events_;
  FakeMachines machines_{clock_};
  FakeLister<Host> hosts_{api_};
  FakeLister<ClientDeployment> deployments_{api_};
  int readyCalls_ = 0;
  HostReconciler reconciler_{
      {.hosts = hosts_,
       .deployments = deployments_,
       .client = api_,
       .events = events_,
       .machines = machines_,
       .clock = clock_,
       .random = random_,
       .clusterId = "cluster-1",
       .onReady = [this] { ++readyCalls_; }}};
};

TEST_F(HostReconcilerTest, SeesWhatAMachineHasAndWhatIsPromised) {
  givenHost();
  givenTenantHere();

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(condition("Ready").status, "True");
  EXPECT_EQ(condition("Ready").reason, reason::kEngineReady);
  EXPECT_EQ(status().capacity->memory, "8Gi");
  EXPECT_EQ(status().allocatable->memory, "7680Mi");
  EXPECT_EQ(status().allocated->deployments, 1);
  EXPECT_EQ(status().allocated->memory, "600Mi");
  EXPECT_EQ(status().allocated->cpus, "500m");
  EXPECT_EQ(status().free->memory, "7080Mi");
  EXPECT_EQ(readyCalls_, 1);
}

TEST_F(HostReconcilerTest, AHeartbeatWritesNothing) {
  givenHost();
  ASSERT_TRUE(reconcile());
  const auto writes = api_.writes;

  for (int i = 0; i < 100; ++i) {
    clock_.advance(std::chrono::seconds(10));
    machines_.facts.change([&](auto& facts) { facts.diskAvailableBytes -= 1000; });
    const auto again = reconcile();
    ASSERT_TRUE(again);
    EXPECT_TRUE(again->delay);
  }

  EXPECT_EQ(api_.writes, writes);
}

TEST_F(HostReconcilerTest, KeepsWhatWasSeenWhenTheEngineDoesNotAnswer) {
  givenHost();
  ASSERT_TRUE(reconcile());
  machines_.docker.setAway(true);

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(condition("Ready").status, "False");
  EXPECT_EQ(condition("Ready").reason, reason::kEngineUnreachable);
  EXPECT_EQ(status().capacity->memory, "8Gi");
  machines_.docker.setAway(false);
  ASSERT_TRUE(reconcile());
  EXPECT_EQ(condition("Ready").status, "True");
  EXPECT_EQ(readyCalls_, 2);
}

TEST_F(HostReconcilerTest, ReadsTheFactsAgainWhenTheEngineIsBack) {
  givenHost();
  ASSERT_TRUE(reconcile());
  machines_.docker.setAway(true);
  ASSERT_TRUE(reconcile());
  machines_.docker.setAway(false);
  machines_.facts.change([](auto& facts) { facts.memoryBytes *= 2; });

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(status().capacity->memory, "16Gi");
}

TEST_F(HostReconcilerTest, SaysThatAConnectionIsNotSupported) {
  givenHost([](auto& spec) { spec.connection.type = "SSH"; });
  ASSERT_TRUE(reconcile());
  EXPECT_EQ(condition("Ready").reason, reason::kConnectionUnsupported);
  EXPECT_EQ(condition("Stalled").status, "True");
}

TEST_F(HostReconcilerTest, SaysThatItIsCordoned) {
  givenHost([](auto& spec) { spec.unschedulable = true; });
  ASSERT_TRUE(reconcile());
  EXPECT_EQ(condition("Ready").status, "True");
  EXPECT_EQ(condition("Schedulable").reason, reason::kCordoned);
}

TEST_F(HostReconcilerTest, IsHeldWhileTenantsArePlacedOnIt) {
  givenHost();
  ASSERT_TRUE(reconcile());
  givenTenantHere();
  deleteHost();

  ASSERT_TRUE(reconcile());

  ASSERT_TRUE(api_.find<Host>(kKey));
  EXPECT_EQ(condition("Ready").reason, reason::kInUse);
  EXPECT_THAT(condition("Ready").message, HasSubstr("delete or move them"));
}

TEST_F(HostReconcilerTest, TakesItsNetworkAlongAndNoOther) {
  givenHost();
  ASSERT_TRUE(reconcile());
  auto& networks = machines_.docker.roles().networks;
  docker::NetworkSpec ours{.name = mark::networkName("cluster-1")};
  ours.labels = {{mark::kClusterId, "cluster-1"}, {mark::kRole, mark::kTenantsRole}};
  ASSERT_TRUE(networks.create({}, ours));
  ASSERT_TRUE(networks.create({}, {.name = "foreign"}));
  deleteHost();

  ASSERT_TRUE(reconcile());

  EXPECT_FALSE(api_.find<Host>(kKey));
  EXPECT_FALSE(networks.inspect({}, ours.name));
  EXPECT_TRUE(networks.inspect({}, "foreign"));
}

TEST_F(HostReconcilerTest, IsHeldWhileItsNetworkCannotBeRemoved) {
  givenHost();
  ASSERT_TRUE(reconcile());
  deleteHost();
  machines_.docker.setAway(true);

  ASSERT_TRUE(reconcile());

  EXPECT_TRUE(api_.find<Host>(kKey)) << "unknown is not absent";
}

}  // namespace
}  // namespace berth::host
