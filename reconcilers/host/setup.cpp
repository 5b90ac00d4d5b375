#include "reconcilers/host/setup.hpp"

#include "reconcilers/host/reconciler.hpp"
#include "reconcilers/marks.hpp"

namespace berth::host {

namespace {

using v1alpha1::ClientDeployment;
using v1alpha1::Host;

/// The reconciler with the caches that it reads.
class Assembly final : public Reconciler {
 public:
  Assembly(Manager& manager, const Parts& parts, std::function<void()> onReady)
      : hosts_(listerOf<Host>(manager)),
        deployments_(listerOf<ClientDeployment>(manager)),
        reconciler_(
            {.hosts = hosts_,
             .deployments = deployments_,
             .client = manager.client(),
             .events = manager.events(),
             .machines = parts.machines,
             .clock = parts.clock,
             .random = parts.random,
             .clusterId = parts.clusterId,
             .onReady = std::move(onReady)}) {}

  Result<Requeue> reconcile(const Context& context, const ObjectKey& key) override {
    return reconciler_.reconcile(context, key);
  }

 private:
  const CacheLister<Host> hosts_;
  const CacheLister<ClientDeployment> deployments_;
  HostReconciler reconciler_;
};

/// A tenant that has gone may be what a deleted Host waits for.  What tenants were
/// promised is otherwise counted at the heartbeat.
std::vector<ObjectKey> hostOfGone(const ObjectChange& change) {
  if (!change.gone || !change.object) return {};
  const auto& meta = std::static_pointer_cast<const ClientDeployment>(change.object)->metadata;
  const auto found = meta.annotations.find(mark::kHost);
  if (found == meta.annotations.end()) return {};
  return {{"", found->second}};
}

}  // namespace

Enqueue setup(Manager& manager, const Parts& parts, std::function<void()> onReady) {
  ControllerSpec spec{.name = "host"};
  spec.reconciler = std::make_unique<Assembly>(manager, parts, std::move(onReady));
  spec.resync = parts.resync;
  spec.watches.push_back(watchOwn<Host>());
  spec.watches.push_back({ClientDeployment::kType, decoderOf<ClientDeployment>(), hostOfGone});
  return manager.addController(std::move(spec));
}

}  // namespace berth::host
