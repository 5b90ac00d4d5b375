#include "reconcilers/clientdeployment/setup.hpp"

#include <algorithm>

#include "core/object/condition.hpp"
#include "reconcilers/clientdeployment/image_puller.hpp"
#include "reconcilers/clientdeployment/reconciler.hpp"
#include "reconcilers/marks.hpp"

namespace berth::clientdeployment {

namespace {

using v1alpha1::ClientDeployment;
using v1alpha1::Host;

/// The reconciler with the caches that it reads.
class Assembly final : public Reconciler {
 public:
  Assembly(Manager& manager, const Parts& parts, std::shared_ptr<ImagePuller> puller)
      : deployments_(listerOf<ClientDeployment>(manager)),
        hosts_(listerOf<Host>(manager)),
        secrets_(listerOf<CoreSecret>(manager)),
        configMaps_(listerOf<CoreConfigMap>(manager)),
        puller_(std::move(puller)),
        reconciler_(
            {.deployments = deployments_,
             .hosts = hosts_,
             .references = {secrets_, configMaps_},
             .client = manager.client(),
             .events = manager.events(),
             .machines = parts.machines,
             .prober = parts.prober,
             .snapshots = parts.snapshots,
             .clock = parts.clock,
             .random = parts.random,
             .clusterId = parts.clusterId},
            *puller_) {}

  Result<Requeue> reconcile(const Context& context, const ObjectKey& key) override {
    return reconciler_.reconcile(context, key);
  }

 private:
  const CacheLister<ClientDeployment> deployments_;
  const CacheLister<Host> hosts_;
  const CacheLister<CoreSecret> secrets_;
  const CacheLister<CoreConfigMap> configMaps_;
  const std::shared_ptr<ImagePuller> puller_;
  ClientDeploymentReconciler reconciler_;
};

/// An actor that keeps the puller alive as long as it works for it.
class SharedPuller final : public Actor {
 public:
  explicit SharedPuller(std::shared_ptr<ImagePuller> puller)
      : puller_(std::move(puller)), actor_(puller_->makeActor()) {}
  Time turn(const Context& context, Time now) override { return actor_->turn(context, now); }

 private:
  const std::shared_ptr<ImagePuller> puller_;
  const std::unique_ptr<Actor> actor_;
};

class SharedWatcher final : public Actor {
 public:
  SharedWatcher(
      Manager& manager, const Parts& parts, Enqueue enqueueDeployment, Enqueue enqueueHost)
      : deployments_(listerOf<ClientDeployment>(manager)),
        hosts_(listerOf<Host>(manager)),
        watcher_(
            {.deployments = deployments_,
             .hosts = hosts_,
             .machines = parts.machines,
             .clusterId = parts.clusterId,
             .enqueueDeployment = std::move(enqueueDeployment),
             .enqueueHost = std::move(enqueueHost)}) {}
  Time turn(const Context& context, Time now) override { return watcher_.turn(context, now); }
  void setWaker(Waker waker) { watcher_.setWaker(std::move(waker)); }

 private:
  const CacheLister<ClientDeployment> deployments_;
  const CacheLister<Host> hosts_;
  EngineWatcher watcher_;
};

template <class Predicate>
std::vector<ObjectKey> keysWhere(
    const CacheLister<ClientDeployment>& deployments, const Predicate& predicate) {
  std::vector<ObjectKey> keys;
  for (const auto& object : deployments.list())
    if (predicate(*object)) keys.push_back(object->metadata.key());
  return keys;
}

/// Those that are placed on a Host, and those that wait for a place; only when the
/// Host has changed in what concerns them, not at each of its status writes.
WatchSpec watchHosts(const CacheLister<ClientDeployment>& deployments) {
  struct Seen {
    bool ready = false;
    std::int64_t generation = 0;
    bool operator==(const Seen&) const = default;
  };
  const auto seen = std::make_shared<Guarded<std::map<Uid, Seen>>>();
  return {Host::kType, decoderOf<Host>(), [deployments, seen](const ObjectChange& change) {
            const auto host = std::static_pointer_cast<const Host>(change.object);
            if (!host) return std::vector<ObjectKey>();
            const Seen now{
                !change.gone && isTrue(host->status.conditions, "Ready"),
                host->metadata.generation};
            const bool same = seen->with([&](auto& known) {
              const auto before = known.find(host->metadata.uid);
              const bool equal = before != known.end() && before->second == now;
              known[host->metadata.uid] = now;
              return equal && !change.gone;
            });
            if (same) return std::vector<ObjectKey>();
            return keysWhere(deployments, [&](const ClientDeployment& object) {
              const auto placed = annotationOf(object.metadata, mark::kHost);
              return placed.empty() || placed == host->metadata.name;
            });
          }};
}

WatchSpec watchSecrets(const CacheLister<ClientDeployment>& deployments) {
  return {CoreSecret::kType, decoderOf<CoreSecret>(), [deployments](const ObjectChange& change) {
            return keysWhere(deployments, [&](const ClientDeployment& object) {
              if (object.metadata.namespaceName != change.key.namespaceName) return false;
              const bool own = SecretKeys::secretName(object.metadata) == change.key.name;
              return (own && change.gone) || usesSecret(object.spec, change.key.name);
            });
          }};
}

WatchSpec watchConfigMaps(const CacheLister<ClientDeployment>& deployments) {
  return {
      CoreConfigMap::kType, decoderOf<CoreConfigMap>(), [deployments](const ObjectChange& change) {
        return keysWhere(deployments, [&](const ClientDeployment& object) {
          return object.metadata.namespaceName == change.key.namespaceName &&
                 usesConfigMap(object.spec, change.key.name);
        });
      }};
}

}  // namespace

Enqueue setup(Manager& manager, const Parts& parts) {
  const auto puller = std::make_shared<ImagePuller>(parts.clock);
  const auto deployments = listerOf<ClientDeployment>(manager);

  ControllerSpec spec{.name = "clientdeployment"};
  spec.reconciler = std::make_unique<Assembly>(manager, parts, puller);
  spec.workers = parts.workers;
  spec.resync = parts.resync;
  spec.watches.push_back(watchOwn<ClientDeployment>());
  spec.watches.push_back(watchHosts(deployments));
  spec.watches.push_back(watchSecrets(deployments));
  spec.watches.push_back(watchConfigMaps(deployments));
  auto enqueue = manager.addController(std::move(spec));

  puller->onDone(enqueue);
  for (int i = 0; i < parts.pullers; ++i)
    puller->addWaker(manager.addActor(
        "imagepuller-" + std::to_string(i), std::make_unique<SharedPuller>(puller)));
  parts.prober.onChange([enqueue](const std::string& proberKey) {
    const auto key = HealthMonitor::keyOf(proberKey);
    if (!key.name.empty()) enqueue(key, Duration::zero());
  });
  return enqueue;
}

Waker setupWatcher(
    Manager& manager, const Parts& parts, Enqueue enqueueDeployment, Enqueue enqueueHost) {
  auto watcher = std::make_unique<SharedWatcher>(
      manager, parts, std::move(enqueueDeployment), std::move(enqueueHost));
  auto& actor = *watcher;
  auto waker = manager.addActor("enginewatcher", std::move(watcher));
  actor.setWaker(waker);
  return waker;
}

}  // namespace berth::clientdeployment
