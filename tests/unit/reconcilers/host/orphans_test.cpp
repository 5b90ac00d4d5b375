#include "reconcilers/host/orphans.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "berth/v1alpha1/client_deployment.hpp"
#include "reconcilers/marks.hpp"
#include "tests/unit/reconcilers/fake_api.hpp"
#include "tests/unit/reconcilers/fake_machines.hpp"

namespace berth::host {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;
using v1alpha1::ClientDeployment;

class OrphansTest : public testing::Test {
 protected:
  OrphansTest() { docker_.addImage("app:1"); }

  void givenContainer(const std::string& name, const Uid& uid, bool running = false) {
    docker::ContainerSpec spec{.name = name, .image = "app:1"};
    spec.labels = mark::makeLabels(
        "cluster-1", ClientDeployment::kType, {.name = name, .namespaceName = "acme", .uid = uid});
    const auto id = docker_.roles().containers.create({}, spec);
    ASSERT_TRUE(id);
    if (running) {
      ASSERT_TRUE(docker_.roles().containers.start({}, *id));
    }
  }
  Uid givenTenant(const std::string& name) {
    ClientDeployment object;
    object.metadata = {.name = name, .namespaceName = "acme"};
    api_.apply(object);
    return api_.find<ClientDeployment>({"acme", name})->metadata.uid;
  }
  Result<Orphans> sweep() { return removeOrphans({}, docker_.roles(), api_, "cluster-1"); }

  FakeClock clock_;
  docker::FakeDocker docker_{clock_};
  FakeApi api_;
};

TEST_F(OrphansTest, RemovesWhatBelongsToNoObjectAndLeavesTheRest) {
  givenContainer("chat", givenTenant("chat"));
  givenContainer("gone", "uid-gone");

  const auto orphans = sweep();

  ASSERT_TRUE(orphans);
  EXPECT_THAT(orphans->removed, ElementsAre("gone"));
  EXPECT_TRUE(docker_.container("chat"));
  EXPECT_FALSE(docker_.container("gone"));
}

TEST_F(OrphansTest, TellsAnEarlierLifeFromThePresentOne) {
  givenTenant("chat");
  givenContainer("chat", "uid-of-an-earlier-life");
  EXPECT_THAT(sweep()->removed, ElementsAre("chat"));
}

TEST_F(OrphansTest, OnlyReportsWhatRuns) {
  givenContainer("gone", "uid-gone", true);
  const auto orphans = sweep();
  EXPECT_THAT(orphans->removed, IsEmpty());
  EXPECT_THAT(orphans->left, ElementsAre("gone"));
  EXPECT_TRUE(docker_.container("gone"));
}

TEST_F(OrphansTest, RemovesNothingWhenTooManyWouldGo) {
  for (int i = 0; i < 6; ++i) givenContainer("gone-" + std::to_string(i), "uid-gone");
  const auto orphans = sweep();
  EXPECT_THAT(orphans->removed, IsEmpty());
  EXPECT_THAT(orphans->left, SizeIs(6));
}

TEST_F(OrphansTest, RemovesNothingWhenTheApiDoesNotAnswer) {
  givenContainer("chat", "uid-1");
  api_.failNext("get", {Reason::Timeout, "no answer"});
  EXPECT_THAT(sweep()->removed, IsEmpty());
  EXPECT_TRUE(docker_.container("chat"));
}

TEST_F(OrphansTest, TouchesNothingOfAnotherCluster) {
  docker_.addForeign("nginx");
  docker::ContainerSpec spec{.name = "other", .image = "app:1"};
  spec.labels = {{mark::kClusterId, "cluster-2"}, {mark::kKind, "ClientDeployment"}};
  ASSERT_TRUE(docker_.roles().containers.create({}, spec));
  EXPECT_THAT(sweep()->removed, IsEmpty());
  EXPECT_TRUE(docker_.container("other"));
}

}  // namespace
}  // namespace berth::host
