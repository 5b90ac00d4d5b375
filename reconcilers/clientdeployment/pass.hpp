/// @file
/// Pass: one run of the reconciler over one deployment, and what it needs from
/// outside.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "berth/v1alpha1/client_deployment.hpp"
#include "berth/v1alpha1/host.hpp"
#include "core/base/random.hpp"
#include "core/reconcile/manager.hpp"
#include "reconcilers/clientdeployment/desired.hpp"
#include "reconcilers/clientdeployment/environment.hpp"
#include "reconcilers/clientdeployment/plan.hpp"
#include "reconcilers/clientdeployment/snapshots.hpp"
#include "reconcilers/clientdeployment/status.hpp"
#include "reconcilers/machines.hpp"
#include "reconcilers/providers/hosts/prober.hpp"

namespace berth::clientdeployment {

/// All that reaches out of the process, and the caches.
struct Services {
  const Lister<v1alpha1::ClientDeployment>& deployments;
  const Lister<v1alpha1::Host>& hosts;
  References references;
  ObjectClient& client;
  EventRecorder& events;
  Machines& machines;
  hosts::Prober& prober;
  Snapshots& snapshots;
  const Clock& clock;
  Random& random;
  std::string clusterId;
};

struct Pass {
  v1alpha1::ClientDeployment object;
  bool confirmed = false;  // read past the cache during this pass
  Site site;
  std::optional<Machine> machine;  // none: there is nothing of it anywhere
  bool hostPaused = false;
  Desired desired;
  Observed observed;
  Facts facts;
  View view;

  [[nodiscard]] bool deleting() const { return object.metadata.deletionTimestamp.has_value(); }
};

}  // namespace berth::clientdeployment
