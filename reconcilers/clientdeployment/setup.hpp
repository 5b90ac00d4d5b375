/// @file
/// Which changes, in the API and in the world, make a ClientDeployment be looked at.
#pragma once

#include <memory>
#include <string>

#include "core/base/random.hpp"
#include "core/reconcile/manager.hpp"
#include "reconcilers/clientdeployment/engine_watcher.hpp"
#include "reconcilers/clientdeployment/snapshots.hpp"
#include "reconcilers/machines.hpp"
#include "reconcilers/providers/hosts/prober.hpp"

namespace berth::clientdeployment {

/// All must outlive the manager.
struct Parts {
  Machines& machines;
  hosts::Prober& prober;
  Snapshots& snapshots;
  const Clock& clock;
  Random& random;
  std::string clusterId;
  int workers = 4;
  int pullers = 2;
  Duration resync = std::chrono::minutes(10);
};

/// Puts ClientDeployments into their controller's queue.
Enqueue setup(Manager& manager, const Parts& parts);

/// Follows the engines of all Hosts; what it returns wakes it.
Waker setupWatcher(
    Manager& manager, const Parts& parts, Enqueue enqueueDeployment, Enqueue enqueueHost);

}  // namespace berth::clientdeployment
