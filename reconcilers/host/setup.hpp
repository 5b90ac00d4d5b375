/// @file
/// Which changes make a Host be looked at.
#pragma once

#include <functional>
#include <memory>
#include <string>

#include "core/base/random.hpp"
#include "core/reconcile/manager.hpp"
#include "reconcilers/machines.hpp"

namespace berth::host {

/// All must outlive the manager.
struct Parts {
  Machines& machines;
  const Clock& clock;
  Random& random;
  std::string clusterId;
  Duration resync = std::chrono::minutes(10);
};

/// Puts Hosts into their controller's queue.  `onReady` is called when an engine has
/// begun to answer.
Enqueue setup(Manager& manager, const Parts& parts, std::function<void()> onReady);

}  // namespace berth::host
