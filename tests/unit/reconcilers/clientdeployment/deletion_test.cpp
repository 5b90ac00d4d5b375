#include <gmock/gmock.h>

#include "reconcilers/reasons.hpp"
#include "tests/unit/reconcilers/clientdeployment/world.hpp"

namespace berth::clientdeployment {
namespace {

using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ClientDeploymentDeletionTest : public World {
 protected:
  void givenTenantWithRow(const std::string& policy) {
    change([&](auto& spec) { spec.storage.deletionPolicy = policy; });
    ASSERT_TRUE(reconcile());
    row_ = docker().writeRow(only().state.id, kData).value_or("");
    uid_ = tenant().metadata.uid;
  }

  std::string row_;
  Uid uid_;
};

TEST_F(ClientDeploymentDeletionTest, SnapshotKeepsEveryRowInAnArchiveAndRemovesTheRest) {
  givenTenantWithRow("Snapshot");
  deleteTenant();

  settle();

  EXPECT_TRUE(tenantIsGone());
  EXPECT_THAT(containers(), IsEmpty());
  EXPECT_THAT(volumes(), IsEmpty());
  EXPECT_THAT(snapshots_.archives().at(uid_), HasSubstr(row_));
  EXPECT_NE(secretKey(), "") << "without it the archive could not be read";
}

TEST_F(ClientDeploymentDeletionTest, SnapshotKeepsTheVolumeWhenTheArchiveFails) {
  givenTenantWithRow("Snapshot");
  deleteTenant();
  docker().failNext("archive.read", {Reason::Timeout, "no answer"});

  EXPECT_FALSE(reconcile());

  EXPECT_FALSE(tenantIsGone());
  EXPECT_THAT(volumes(), SizeIs(1));
  EXPECT_EQ(ready().reason, reason::kDeleting);
  settle();
  EXPECT_TRUE(tenantIsGone());
  EXPECT_THAT(snapshots_.archives().at(uid_), HasSubstr(row_));
}

TEST_F(ClientDeploymentDeletionTest, SnapshotReadsThroughANewContainerWhenTheOldOneIsGone) {
  givenTenantWithRow("Snapshot");
  ASSERT_TRUE(docker().roles().containers.remove({}, only().state.id, true));
  deleteTenant();

  settle();

  EXPECT_TRUE(tenantIsGone());
  EXPECT_THAT(containers(), IsEmpty());
  EXPECT_THAT(snapshots_.archives().at(uid_), HasSubstr(row_));
}

TEST_F(ClientDeploymentDeletionTest, RetainKeepsVolumeAndKey) {
  givenTenantWithRow("Retain");
  deleteTenant();

  settle();

  EXPECT_TRUE(tenantIsGone());
  EXPECT_THAT(containers(), IsEmpty());
  EXPECT_THAT(volumes(), SizeIs(1));
  EXPECT_NE(secretKey(), "");
  EXPECT_TRUE(events_.has(reason::kDataRetained));
}

TEST_F(ClientDeploymentDeletionTest, DeleteLeavesNothing) {
  givenTenantWithRow("Delete");
  deleteTenant();

  settle();

  EXPECT_TRUE(tenantIsGone());
  EXPECT_THAT(containers(), IsEmpty());
  EXPECT_THAT(volumes(), IsEmpty());
  EXPECT_THAT(snapshots_.archives(), IsEmpty());
  EXPECT_EQ(secretKey(), "");
}

TEST_F(ClientDeploymentDeletionTest, ANewLifeNeverAdoptsTheDataOfAnEarlierOne) {
  givenTenantWithRow("Retain");
  const auto key = secretKey();
  deleteTenant();
  settle();

  givenTenant();
  ASSERT_TRUE(reconcile());

  EXPECT_THAT(volumes(), SizeIs(2));
  EXPECT_EQ(secretKey(), key);
}

TEST_F(ClientDeploymentDeletionTest, TakesOverRetainedDataWhenItIsNamed) {
  givenTenantWithRow("Retain");
  const auto volume = volumes().at(0);
  deleteTenant();
  settle();

  change([&](auto& spec) { spec.storage.existingVolume = volume; });
  ASSERT_TRUE(reconcile());

  EXPECT_EQ(only().spec.mounts.at(0).source, volume);
  deleteTenant();
  settle();
  EXPECT_THAT(volumes(), SizeIs(1)) << "what was taken over is never removed";
}

TEST_F(ClientDeploymentDeletionTest, LetsGoAtOnceWhatNeverHadAnEffect) {
  api_.documents.erase({v1alpha1::Host::kType.resource(), {"", "host-a"}});
  givenTenant();
  EXPECT_FALSE(reconcile());
  EXPECT_THAT(tenant().metadata.finalizers, IsEmpty());
  EXPECT_THAT(commands(), IsEmpty());
}

TEST_F(ClientDeploymentDeletionTest, HoldsTheObjectWhileTheEngineDoesNotAnswer) {
  givenTenantWithRow("Delete");
  deleteTenant();
  docker().setAway(true);

  EXPECT_FALSE(reconcile());

  EXPECT_FALSE(tenantIsGone());
  EXPECT_EQ(ready().reason, reason::kDeleting);
  EXPECT_THAT(ready().message, HasSubstr("waits"));
  docker().setAway(false);
  settle();
  EXPECT_TRUE(tenantIsGone());
}

TEST_F(ClientDeploymentDeletionTest, GoesOnAfterEveryStepWhoseAnswerWasLost) {
  givenTenantWithRow("Snapshot");
  deleteTenant();
  for (const auto* call : {"stop", "remove", "volume.remove"}) {
    docker().loseAnswerOf(call);
    static_cast<void>(reconcile());
  }

  settle();

  EXPECT_TRUE(tenantIsGone());
  EXPECT_THAT(containers(), IsEmpty());
  EXPECT_THAT(volumes(), IsEmpty());
  EXPECT_THAT(snapshots_.archives().at(uid_), HasSubstr(row_));
}

TEST_F(ClientDeploymentDeletionTest, TouchesNothingThatIsNotItsOwn) {
  change([&](auto& spec) { spec.storage.deletionPolicy = "Delete"; });
  ASSERT_TRUE(reconcile());
  const auto foreign = docker().addForeign("nginx");
  deleteTenant();

  settle();

  EXPECT_EQ(only().state.id, foreign);
  EXPECT_EQ(only().state.status, docker::ContainerStatus::Running);
}

}  // namespace
}  // namespace berth::clientdeployment
