/// @file
/// World: a ClientDeploymentReconciler with everything around it faked: one ready
/// host, one tenant.
#pragma once

#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "reconcilers/clientdeployment/reconciler.hpp"
#include "reconcilers/marks.hpp"
#include "reconcilers/providers/hosts/fake_prober.hpp"
#include "tests/unit/reconcilers/fake_api.hpp"
#include "tests/unit/reconcilers/fake_machines.hpp"

namespace berth::clientdeployment {

class World : public testing::Test {
 protected:
  static inline const ObjectKey kKey{"acme", "chat"};
  static inline const std::string kCluster = "cluster-1";
  static inline const std::string kImage = "tenant:1";
  static inline const std::string kData = "/app/backend/data";

  World() {
    docker().addImage(kImage);
    givenHost("host-a");
  }

  void givenHost(const std::string& name) {
    v1alpha1::Host host;
    host.metadata.name = name;
    host.spec.connection.type = "Local";
    api_.apply(host);
    auto& document = api_.documents.at({v1alpha1::Host::kType.resource(), {"", name}});
    document["status"] = {
        {"allocatable", {{"memory", "8Gi"}}},
        {"conditions",
         {{{"type", "Ready"},
           {"status", "True"},
           {"reason", "EngineReady"},
           {"message", ""},
           {"lastTransitionTime", "2024-01-01T00:00:00Z"}}}}};
  }

  /// The tenant, to be changed and applied.
  v1alpha1::ClientDeployment tenant() {
    if (const auto found = api_.find<v1alpha1::ClientDeployment>(kKey)) return *found;
    v1alpha1::ClientDeployment object;
    object.metadata.name = kKey.name;
    object.metadata.namespaceName = kKey.namespaceName;
    object.spec.image = kImage;
    return object;
  }
  void givenTenant() { api_.apply(tenant()); }
  template <class Function>
  void change(const Function& function) {
    auto object = tenant();
    function(object.spec);
    api_.apply(object);
  }
  void annotate(const std::string& name, const std::string& value) {
    auto& document = api_.documents.at({v1alpha1::ClientDeployment::kType.resource(), kKey});
    document["metadata"]["annotations"][name] = value;
  }
  /// A tenant that serves.
  void givenRunningTenant() {
    givenTenant();
    ASSERT_TRUE(reconcile());
    prober_.probe();
    ASSERT_TRUE(reconcile());
    ASSERT_EQ(ready().status, "True") << ready().reason << ": " << ready().message;
  }
  void deleteTenant() { api_.markDeleted<v1alpha1::ClientDeployment>(kKey, clock_.now()); }
  bool tenantIsGone() { return !api_.find<v1alpha1::ClientDeployment>(kKey); }

  Result<Requeue> reconcile() { return reconciler_.reconcile({}, kKey); }
  /// Passes, with a second between them, until nothing is written and nothing done.
  void settle(int most = 20) {
    for (int i = 0; i < most; ++i) {
      const auto before = std::pair(api_.writes, commands().size());
      static_cast<void>(reconcile());
      prober_.probe();
      while (puller_.work({}) != Time::max()) {
      }
      if (before == std::pair(api_.writes, commands().size()) && i > 0) return;
      clock_.advance(std::chrono::seconds(1));
    }
    ADD_FAILURE() << "it does not settle";
  }
  /// A reconciler that remembers nothing, as after a restart of the process.
  ClientDeploymentReconciler fresh() { return {services_, puller_}; }

  Condition condition(const std::string& type) {
    const auto object = tenant();
    const auto* found = findCondition(object.status.conditions, type);
    return found == nullptr ? Condition{.type = type, .status = "absent"} : *found;
  }
  Condition ready() { return condition("Ready"); }

  docker::FakeDocker& docker() { return machines_.docker; }
  std::vector<docker::FakeContainer> containers() {
    std::vector<docker::FakeContainer> found;
    docker().world([&](docker::FakeWorld& world) {
      for (const auto& [id, container] : world.containers) found.push_back(container);
    });
    return found;
  }
  docker::FakeContainer only() {
    const auto all = containers();
    EXPECT_EQ(all.size(), 1U);
    return all.empty() ? docker::FakeContainer{} : all.front();
  }
  std::vector<std::string> commands() {
    std::vector<std::string> commands;
    docker().world([&](docker::FakeWorld& world) { commands = world.commands; });
    return commands;
  }
  std::vector<std::string> volumes() {
    std::vector<std::string> names;
    docker().world([&](docker::FakeWorld& world) {
      for (const auto& [name, volume] : world.volumes) names.push_back(name);
    });
    return names;
  }
  std::string secretKey() {
    const auto secret = api_.find<CoreSecret>({"acme", "chat-secret-key"});
    return secret ? valueOf(*secret, "WEBUI_SECRET_KEY").value_or("") : "";
  }

  FakeClock clock_;
  SeededRandom random_{1};
  FakeApi api_;
  FakeEvents events_;
  FakeMachines machines_{clock_};
  hosts::FakeProber prober_{clock_, [this](const std::string& address, int port) {
                              return machines_.docker.httpStatus(address, port);
                            }};
  FakeSnapshots snapshots_;
  ImagePuller puller_{clock_};
  FakeLister<v1alpha1::ClientDeployment> deployments_{api_};
  FakeLister<v1alpha1::Host> hosts_{api_};
  FakeLister<CoreSecret> secrets_{api_};
  FakeLister<CoreConfigMap> configMaps_{api_};
  Services services_{
      .deployments = deployments_,
      .hosts = hosts_,
      .references = {secrets_, configMaps_},
      .client = api_,
      .events = events_,
      .machines = machines_,
      .prober = prober_,
      .snapshots = snapshots_,
      .clock = clock_,
      .random = random_,
      .clusterId = kCluster};
  ClientDeploymentReconciler reconciler_{services_, puller_};
};

}  // namespace berth::clientdeployment
