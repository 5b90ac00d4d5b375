/// @file
/// registerAll: the list of kinds, one line each.
#pragma once

#include <string>

#include "core/base/random.hpp"
#include "core/reconcile/manager.hpp"
#include "reconcilers/clientdeployment/snapshots.hpp"
#include "reconcilers/machines.hpp"
#include "reconcilers/providers/hosts/prober.hpp"

namespace berth {

/// The outside world.  All must outlive the manager, but for the prober's thread,
/// which must have ended before the manager does.
struct Providers {
  Machines& machines;
  hosts::Prober& prober;
  clientdeployment::Snapshots& snapshots;
};

struct ReconcilerOptions {
  std::string clusterId;  // marks all that is ours at an engine; never changes
  int deploymentWorkers = 4;
  int imagePullers = 2;
  Duration resync = std::chrono::minutes(10);  // of every object, with jitter
};

void registerAll(
    Manager& manager,
    const Providers& providers,
    const Clock& clock,
    Random& random,
    const ReconcilerOptions& options);

}  // namespace berth
