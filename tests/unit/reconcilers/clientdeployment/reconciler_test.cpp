#include <gmock/gmock.h>

#include "reconcilers/providers/docker/fault.hpp"
#include "reconcilers/reasons.hpp"
#include "tests/unit/reconcilers/clientdeployment/world.hpp"

namespace berth::clientdeployment {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

class ClientDeploymentReconcilerTest : public World {};

TEST_F(ClientDeploymentReconcilerTest, MakesATenantInOnePassAndIsReadyOnceItAnswers) {
  givenTenant();

  ASSERT_TRUE(reconcile());
  EXPECT_EQ(only().state.status, docker::ContainerStatus::Running);
  EXPECT_EQ(ready().reason, reason::kStarting);
  prober_.probe();
  ASSERT_TRUE(reconcile());

  EXPECT_EQ(ready().status, "True");
  const auto status = tenant().status;
  EXPECT_EQ(status.hostName, "host-a");
  EXPECT_EQ(status.version, "1");
  EXPECT_EQ(status.url, "http://127.0.0.1:" + std::to_string(*status.hostPort));
}

TEST_F(ClientDeploymentReconcilerTest, GivesTheContainerWhatTheSpecSays) {
  change([](auto& spec) { spec.env = {{.name = "GREETING", .value = "hello"}}; });
  ASSERT_TRUE(reconcile());

  const auto spec = only().spec;

  EXPECT_EQ(spec.env.at("GREETING"), "hello");
  EXPECT_EQ(spec.env.at("WEBUI_SECRET_KEY"), secretKey());
  EXPECT_EQ(spec.resources.memoryBytes, std::int64_t{700} << 20U);
  EXPECT_EQ(spec.resources.memoryReservationBytes, std::int64_t{600} << 20U);
  EXPECT_EQ(spec.resources.memorySwapBytes, std::int64_t{1400} << 20U);
  EXPECT_EQ(spec.log.options.at("max-size"), "10m");
  EXPECT_EQ(spec.restart, docker::RestartPolicy::No);
  EXPECT_EQ(spec.ports.at(0).hostAddress, "127.0.0.1");
  EXPECT_EQ(spec.labels.at(mark::kClusterId), kCluster);
  EXPECT_EQ(spec.labels.at(mark::kUid), tenant().metadata.uid);
}

TEST_F(ClientDeploymentReconcilerTest, ASecondPassWritesAndDoesNothing) {
  givenRunningTenant();
  settle();
  const auto writes = api_.writes;
  const auto done = commands();

  for (int i = 0; i < 100; ++i) ASSERT_TRUE(reconcile());

  EXPECT_EQ(api_.writes, writes);
  EXPECT_EQ(commands(), done);
}

TEST_F(ClientDeploymentReconcilerTest, ComesToTheSameWorldWithoutStatusAndMemory) {
  givenRunningTenant();
  const auto done = commands();
  api_.documents.at({v1alpha1::ClientDeployment::kType.resource(), kKey}).erase("status");

  auto reconciler = fresh();
  ASSERT_TRUE(reconciler.reconcile({}, kKey));
  prober_.probe();
  ASSERT_TRUE(reconciler.reconcile({}, kKey));

  EXPECT_EQ(commands(), done);
  EXPECT_EQ(ready().status, "True");
}

TEST_F(ClientDeploymentReconcilerTest, KeepsReadyWhileAControllerThatHasJustComeUpKnowsNoAnswer) {
  givenRunningTenant();
  const auto writes = api_.writes;

  auto reconciler = fresh();
  ASSERT_TRUE(reconciler.reconcile({}, kKey));

  EXPECT_EQ(ready().status, "True");
  EXPECT_EQ(api_.writes, writes);
}

TEST_F(ClientDeploymentReconcilerTest, StartsAContainerThatWasKilledAtOnce) {
  givenRunningTenant();
  clock_.advance(seconds(5));
  docker().crash(only().state.id, 137);

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(only().state.status, docker::ContainerStatus::Running);
  EXPECT_TRUE(events_.has(reason::kContainerDied));
}

TEST_F(ClientDeploymentReconcilerTest, MakesAContainerThatWasRemovedAgainOnTheSameDataAndPort) {
  givenRunningTenant();
  const auto before = only();
  const auto key = secretKey();
  ASSERT_TRUE(docker().writeRow(before.state.id, kData));
  ASSERT_TRUE(docker().roles().containers.remove({}, before.state.id, true));

  ASSERT_TRUE(reconcile());

  const auto after = only();
  EXPECT_NE(after.state.id, before.state.id);
  EXPECT_EQ(after.spec.mounts, before.spec.mounts);
  EXPECT_EQ(after.spec.ports, before.spec.ports);
  EXPECT_EQ(after.spec.env.at("WEBUI_SECRET_KEY"), key);
  docker().world([&](docker::FakeWorld& world) {
    EXPECT_THAT(world.data.at(after.spec.mounts[0].source).rows, SizeIs(1));
  });
}

TEST_F(ClientDeploymentReconcilerTest, UndoesLimitsThatWereChangedByHandWithoutARestart) {
  givenRunningTenant();
  const auto id = only().state.id;
  auto limits = only().state.resources;
  limits.memoryBytes /= 2;
  ASSERT_TRUE(docker().roles().settings.update({}, id, limits, docker::RestartPolicy::No));

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(only().state.resources.memoryBytes, std::int64_t{700} << 20U);
  EXPECT_EQ(only().state.id, id);
  EXPECT_EQ(only().state.status, docker::ContainerStatus::Running);
}

TEST_F(ClientDeploymentReconcilerTest, ReplacesTheContainerOnTheSameDataForANewImage) {
  givenRunningTenant();
  const auto before = only();
  docker().addImage("tenant:2");
  change([](auto& spec) { spec.image = "tenant:2"; });

  settle();

  const auto after = only();
  EXPECT_EQ(after.spec.image, "tenant:2");
  EXPECT_EQ(after.spec.mounts, before.spec.mounts);
  EXPECT_EQ(after.spec.env.at("WEBUI_SECRET_KEY"), before.spec.env.at("WEBUI_SECRET_KEY"));
  EXPECT_EQ(tenant().status.version, "2");
  docker().world([&](docker::FakeWorld& world) {
    EXPECT_EQ(world.data.at(after.spec.mounts[0].source).mostWriters, 1);
  });
}

TEST_F(ClientDeploymentReconcilerTest, ChangesMemoryWithoutARestart) {
  givenRunningTenant();
  const auto id = only().state.id;
  change([](auto& spec) { spec.resources.memory = "800Mi"; });

  settle();

  EXPECT_EQ(only().state.id, id);
  EXPECT_EQ(only().state.resources.memoryBytes, std::int64_t{800} << 20U);
  EXPECT_EQ(ready().observedGeneration, 2);
}

TEST_F(ClientDeploymentReconcilerTest, PullsAnImageBesideThePassAndLeavesTheOldTenantRunning) {
  givenRunningTenant();
  docker().addToRegistry("tenant:2");
  change([](auto& spec) { spec.image = "tenant:2"; });

  ASSERT_TRUE(reconcile());
  EXPECT_EQ(condition("ImageReady").reason, reason::kPullingImage);
  EXPECT_EQ(only().spec.image, "tenant:1");
  EXPECT_EQ(only().state.status, docker::ContainerStatus::Running);
  settle();

  EXPECT_EQ(only().spec.image, "tenant:2");
}

TEST_F(ClientDeploymentReconcilerTest, SaysThatAnImageIsNotThereAndLeavesTheOldTenantRunning) {
  givenRunningTenant();
  change([](auto& spec) { spec.image = "tenant:typo"; });

  settle();

  EXPECT_EQ(ready().reason, reason::kImageNotFound);
  EXPECT_EQ(condition("Stalled").status, "True");
  EXPECT_EQ(only().state.status, docker::ContainerStatus::Running);
  docker().addToRegistry("tenant:typo");
  clock_.advance(std::chrono::minutes(6));
  settle();
  EXPECT_EQ(ready().status, "True");
}

TEST_F(ClientDeploymentReconcilerTest, WaitsForARoomyHostAndSaysWhy) {
  api_.documents.erase({v1alpha1::Host::kType.resource(), {"", "host-a"}});
  givenTenant();

  EXPECT_FALSE(reconcile());
  EXPECT_EQ(ready().reason, reason::kNoHosts);
  EXPECT_THAT(commands(), IsEmpty());
  givenHost("host-a");
  ASSERT_TRUE(reconcile());

  EXPECT_EQ(condition("Scheduled").status, "True");
}

TEST_F(ClientDeploymentReconcilerTest, LeavesAContainerOfSomebodyElseWithOurNameAlone) {
  givenTenant();
  ASSERT_TRUE(reconcile());
  const auto name = only().spec.name;
  ASSERT_TRUE(docker().roles().containers.remove({}, only().state.id, true));
  const auto foreign = docker().addForeign(name);

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(ready().reason, reason::kNameTaken);
  EXPECT_EQ(condition("Stalled").status, "True");
  EXPECT_EQ(only().state.id, foreign);
  EXPECT_EQ(only().state.status, docker::ContainerStatus::Running);
}

TEST_F(ClientDeploymentReconcilerTest, TakesAnotherPortWhenTheChosenOneIsTaken) {
  givenTenant();
  docker().failNext(
      "start", docker::makeFault(Reason::Conflict, docker::fault::kPortTaken, "port in use"));

  EXPECT_FALSE(reconcile());
  EXPECT_EQ(ready().reason, reason::kPortTaken);
  const auto refused = only().spec.ports[0].hostPort;
  settle();

  EXPECT_EQ(ready().status, "True");
  EXPECT_NE(only().spec.ports[0].hostPort, refused);
}

TEST_F(ClientDeploymentReconcilerTest, SaysThatAWishedPortIsTaken) {
  docker().world([](docker::FakeWorld& world) { world.takenPorts.insert({"127.0.0.1", 8081}); });
  change([](auto& spec) { spec.hostPort = 8081; });

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(ready().reason, reason::kPortTaken);
  EXPECT_EQ(condition("Stalled").status, "True");
}

TEST_F(ClientDeploymentReconcilerTest, DoesNothingAndKnowsNothingWhenTheEngineDoesNotAnswer) {
  givenRunningTenant();
  const auto done = commands();
  docker().setAway(true);

  const auto result = reconcile();

  ASSERT_FALSE(result);
  EXPECT_TRUE(result.error().isRetryable());
  EXPECT_EQ(commands(), done);
  EXPECT_EQ(ready().status, "Unknown");
  EXPECT_EQ(ready().reason, reason::kEngineUnreachable);
  EXPECT_EQ(tenant().status.hostName, "host-a") << "what is not seen is not gone";
  docker().setAway(false);
  settle();
  EXPECT_EQ(ready().status, "True");
}

TEST_F(ClientDeploymentReconcilerTest, RefusesToStartWhenTheVolumeIsGone) {
  givenRunningTenant();
  ASSERT_TRUE(docker().roles().containers.remove({}, only().state.id, true));
  ASSERT_TRUE(docker().roles().volumes.remove({}, volumes().at(0)));

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(ready().reason, reason::kDataMissing);
  EXPECT_THAT(containers(), IsEmpty());
  EXPECT_THAT(volumes(), IsEmpty());
}

TEST_F(ClientDeploymentReconcilerTest, FindsItsHostAgainWhenTheAnnotationsWereDropped) {
  givenRunningTenant();
  const auto before = only().spec.mounts;
  auto& document = api_.documents.at({v1alpha1::ClientDeployment::kType.resource(), kKey});
  document["metadata"].erase("annotations");

  settle();

  EXPECT_EQ(ready().status, "True");
  EXPECT_EQ(only().spec.mounts, before);
  EXPECT_THAT(volumes(), SizeIs(1));
}

TEST_F(ClientDeploymentReconcilerTest, TakesALostSecretKeyFromTheContainer) {
  givenRunningTenant();
  const auto key = secretKey();
  api_.documents.erase({"secrets", {"acme", "chat-secret-key"}});

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(secretKey(), key);
  EXPECT_EQ(only().spec.env.at("WEBUI_SECRET_KEY"), key);
}

TEST_F(ClientDeploymentReconcilerTest, DoesNotMakeANewSecretKeyForATenantWithData) {
  givenRunningTenant();
  api_.documents.erase({"secrets", {"acme", "chat-secret-key"}});
  ASSERT_TRUE(docker().roles().containers.remove({}, only().state.id, true));

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(ready().reason, reason::kSecretKeyLost);
  EXPECT_EQ(secretKey(), "");
  EXPECT_THAT(containers(), IsEmpty());
}

TEST_F(ClientDeploymentReconcilerTest, PausedStopsEffectsAndNotObservation) {
  givenRunningTenant();
  annotate(mark::kPausedBy, "true");
  clock_.advance(seconds(5));
  docker().crash(only().state.id, 1);
  const auto done = commands();

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(commands(), done);
  EXPECT_EQ(ready().status, "False");
  EXPECT_EQ(ready().reason, reason::kPaused);
}

TEST_F(ClientDeploymentReconcilerTest, StoppedKeepsContainerAndData) {
  givenRunningTenant();
  change([](auto& spec) { spec.state = "Stopped"; });

  settle();

  EXPECT_EQ(only().state.status, docker::ContainerStatus::Exited);
  EXPECT_EQ(ready().reason, reason::kStopped);
  EXPECT_EQ(condition("Progressing").status, "False");
  change([](auto& spec) { spec.state = "Running"; });
  settle();
  EXPECT_EQ(ready().status, "True");
}

TEST_F(ClientDeploymentReconcilerTest, NamesACrashLoopAndStartsEverLater) {
  givenRunningTenant();
  for (int i = 0; i < 5; ++i) {
    clock_.advance(seconds(1));
    docker().crash(only().state.id, 1);
    const auto again = reconcile();
    ASSERT_TRUE(again);
    if (i == 4) {
      EXPECT_EQ(only().state.status, docker::ContainerStatus::Exited);
      EXPECT_EQ(ready().reason, reason::kCrashLoop);
      EXPECT_GE(*again->delay, seconds(4));
    }
    clock_.advance(again->delay.value_or(Duration::zero()));
    ASSERT_TRUE(reconcile());
    ASSERT_EQ(only().state.status, docker::ContainerStatus::Running);
  }
}

TEST_F(ClientDeploymentReconcilerTest, RestartsAnAppThatHangs) {
  givenRunningTenant();
  const auto started = *only().state.startedAt;
  docker().world([](docker::FakeWorld& world) {
    for (auto& [id, container] : world.containers) container.health = 500;
  });
  clock_.advance(seconds(5));
  prober_.probe();
  ASSERT_TRUE(reconcile());
  EXPECT_EQ(ready().status, "True") << "one failure is none";
  for (int i = 0; i < 2; ++i) {
    clock_.advance(seconds(5));
    prober_.probe();
  }
  ASSERT_TRUE(reconcile());
  EXPECT_EQ(ready().reason, reason::kProbeFailing);
  EXPECT_EQ(*only().state.startedAt, started) << "readiness restarts nothing";

  clock_.advance(seconds(60));
  prober_.probe();
  ASSERT_TRUE(reconcile());

  EXPECT_GT(*only().state.startedAt, started);
}

TEST_F(ClientDeploymentReconcilerTest, DoesNothingForAStaleCache) {
  givenTenant();
  deployments_.freeze();
  change([](auto& spec) { spec.state = "Stopped"; });

  ASSERT_TRUE(reconcile());  // binds the object as it is stored now
  EXPECT_THAT(containers(), IsEmpty()) << "the spec as stored says Stopped";
  deployments_.thaw();
  settle();

  EXPECT_THAT(containers(), IsEmpty());
  EXPECT_EQ(ready().reason, reason::kStopped);
}

TEST_F(ClientDeploymentReconcilerTest, DoesNotBringBackWhatWasDeletedBehindAStaleCache) {
  givenRunningTenant();
  deployments_.freeze();
  api_.documents.erase({v1alpha1::ClientDeployment::kType.resource(), kKey});
  ASSERT_TRUE(docker().roles().containers.remove({}, only().state.id, true));

  EXPECT_FALSE(reconcile());

  EXPECT_THAT(containers(), IsEmpty());
}

TEST_F(ClientDeploymentReconcilerTest, SaysWhichReferenceIsMissing) {
  change([](auto& spec) {
    spec.env = {{.name = "TOKEN"}};
    spec.env[0].valueFrom.emplace();
    spec.env[0].valueFrom->secretKeyRef.emplace();
    spec.env[0].valueFrom->secretKeyRef->name = "tokens";
    spec.env[0].valueFrom->secretKeyRef->key = "a";
  });

  ASSERT_TRUE(reconcile());

  EXPECT_EQ(ready().reason, reason::kReferenceNotFound);
  EXPECT_THAT(ready().message, HasSubstr("key a of Secret tokens"));
  EXPECT_THAT(containers(), IsEmpty());
}

TEST_F(ClientDeploymentReconcilerTest, AdvisesAMigrationWhenAnotherHostIsNamed) {
  givenRunningTenant();
  givenHost("host-b");
  change([](auto& spec) { spec.placement.hostName = "host-b"; });

  settle();

  EXPECT_EQ(tenant().status.hostName, "host-a");
  EXPECT_EQ(ready().status, "True");
  EXPECT_EQ(condition("Stalled").reason, reason::kDataElsewhere);
}

}  // namespace
}  // namespace berth::clientdeployment
