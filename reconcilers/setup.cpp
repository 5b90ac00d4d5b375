#include "reconcilers/setup.hpp"

#include <memory>

#include "core/base/guarded.hpp"
#include "reconcilers/clientdeployment/setup.hpp"
#include "reconcilers/host/setup.hpp"

namespace berth {

void registerAll(
    Manager& manager,
    const Providers& providers,
    const Clock& clock,
    Random& random,
    const ReconcilerOptions& options) {
  const clientdeployment::Parts parts{
      .machines = providers.machines,
      .prober = providers.prober,
      .snapshots = providers.snapshots,
      .clock = clock,
      .random = random,
      .clusterId = options.clusterId,
      .workers = options.deploymentWorkers,
      .pullers = options.imagePullers,
      .resync = options.resync};
  // The watcher needs the queues, and Hosts wake the watcher.
  const auto wakeWatcher = std::make_shared<Guarded<Waker>>();
  const auto enqueueHost = host::setup(
      manager,
      {providers.machines, clock, random, options.clusterId, options.resync},
      [wakeWatcher] {
        const auto wake = wakeWatcher->with([](const Waker& waker) { return waker; });
        if (wake) wake();
      });
  const auto enqueueDeployment = clientdeployment::setup(manager, parts);
  auto waker = clientdeployment::setupWatcher(manager, parts, enqueueDeployment, enqueueHost);
  wakeWatcher->with([&](Waker& held) { held = std::move(waker); });
}

}  // namespace berth
