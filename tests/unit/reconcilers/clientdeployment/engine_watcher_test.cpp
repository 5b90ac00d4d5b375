#include "reconcilers/clientdeployment/engine_watcher.hpp"

#include <gmock/gmock.h>

#include "tests/unit/reconcilers/clientdeployment/world.hpp"

namespace berth::clientdeployment {
namespace {

using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::IsEmpty;

class EngineWatcherTest : public World {
 protected:
  Time turn() { return watcher_.turn({}, clock_.now()); }
  void givenWatchedTenant() {
    givenRunningTenant();
    turn();
    tenants_.clear();
    hostsTold_.clear();
  }

  std::vector<std::string> tenants_;
  std::vector<std::string> hostsTold_;
  EngineWatcher watcher_{
      {.deployments = deployments_,
       .hosts = hosts_,
       .machines = machines_,
       .clusterId = kCluster,
       .enqueueDeployment = [this](
                                const ObjectKey& key, Duration) { tenants_.push_back(key.text()); },
       .enqueueHost = [this](
                          const ObjectKey& key, Duration) { hostsTold_.push_back(key.text()); }}};
};

TEST_F(EngineWatcherTest, EnqueuesAllOfAHostWhenItsStreamBegins) {
  givenRunningTenant();
  turn();
  EXPECT_THAT(tenants_, ElementsAre("acme/chat"));
  EXPECT_THAT(hostsTold_, ElementsAre("host-a"));
}

TEST_F(EngineWatcherTest, EnqueuesATenantWhoseContainerDiesAndIsWokenForIt) {
  givenWatchedTenant();
  int wakes = 0;
  watcher_.setWaker([&] { ++wakes; });

  docker().crash(only().state.id, 137);
  turn();

  EXPECT_GT(wakes, 0);
  EXPECT_THAT(tenants_, Contains("acme/chat"));
}

TEST_F(EngineWatcherTest, PassesOverContainersThatAreNotOurs) {
  givenWatchedTenant();
  docker().crash(docker().addForeign("nginx"), 1);
  turn();
  EXPECT_THAT(tenants_, IsEmpty());
}

TEST_F(EngineWatcherTest, ListsAgainAfterAStreamHasBroken) {
  givenWatchedTenant();
  docker().breakStreams();
  turn();
  EXPECT_THAT(hostsTold_, Contains("host-a"));
  EXPECT_THAT(tenants_, ElementsAre("acme/chat"));
}

TEST_F(EngineWatcherTest, TriesAnEngineThatIsAwayEverLater) {
  givenWatchedTenant();
  docker().setAway(true);
  const auto start = clock_.now();
  EXPECT_EQ(turn(), start + seconds(1));
  clock_.advance(seconds(1));
  EXPECT_EQ(turn(), start + seconds(3));
  docker().setAway(false);
  clock_.advance(seconds(2));
  turn();
  EXPECT_THAT(tenants_, ElementsAre("acme/chat"));
}

TEST_F(EngineWatcherTest, RestsWhenNothingHappens) {
  givenWatchedTenant();
  EXPECT_GE(turn(), clock_.now() + seconds(30));
}

}  // namespace
}  // namespace berth::clientdeployment
