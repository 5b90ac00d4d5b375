#include "reconcilers/host/setup.hpp"

#include <set>

#include "core/base/guarded.hpp"
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

/// A tenant that was placed or has gone changes what is promised on its Host; what
/// else happens to it does not.
WatchSpec watchPlacements() {
  const auto placed = std::make_shared<Guarded<std::set<Uid>>>();
  return {
      ClientDeployment::kType,
      decoderOf<ClientDeployment>(),
      [placed](const ObjectChange& change) -> std::vector<ObjectKey> {
        const auto object = std::static_pointer_cast<const ClientDeployment>(change.object);
        if (!object) return {};
        const auto& meta = object->metadata;
        const auto host = meta.annotations.find(mark::kHost);
        if (host == meta.annotations.end()) return {};
        const bool news = placed->with([&](std::set<Uid>& known) {
          if (!change.gone) return known.insert(meta.uid).second;
          known.erase(meta.uid);
          return true;
        });
        if (!news) return {};
        return {{"", host->second}};
      }};
}

}  // namespace

Enqueue setup(Manager& manager, const Parts& parts, std::function<void()> onReady) {
  ControllerSpec spec{.name = "host"};
  spec.reconciler = std::make_unique<Assembly>(manager, parts, std::move(onReady));
  spec.resync = parts.resync;
  spec.watches.push_back(watchOwn<Host>());
  spec.watches.push_back(watchPlacements());
  return manager.addController(std::move(spec));
}

}  // namespace berth::host
