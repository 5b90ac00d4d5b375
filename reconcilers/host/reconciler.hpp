/// @file
/// HostReconciler: sees whether a machine's engine answers and what is promised on
/// it, and cleans up when the Host goes.
///
/// The engine is pinged often and asked for its facts rarely; the status is written
/// only when something has changed.  A Host with tenants is not let go.
#pragma once

#include <functional>
#include <map>

#include "berth/v1alpha1/client_deployment.hpp"
#include "berth/v1alpha1/host.hpp"
#include "core/base/guarded.hpp"
#include "core/base/random.hpp"
#include "core/reconcile/manager.hpp"
#include "core/reconcile/reconciler.hpp"
#include "reconcilers/bindings.hpp"
#include "reconcilers/host/status.hpp"
#include "reconcilers/machines.hpp"

namespace berth::host {

struct Services {
  const Lister<v1alpha1::Host>& hosts;
  const Lister<v1alpha1::ClientDeployment>& deployments;
  ObjectClient& client;
  EventRecorder& events;
  Machines& machines;
  const Clock& clock;
  Random& random;
  std::string clusterId;
  std::function<void()> onReady;  // an engine has begun to answer; may be absent
};

class HostReconciler final : public Reconciler {
 public:
  explicit HostReconciler(const Services& services)
      : services_(services), bindings_(services.client, v1alpha1::Host::kType) {}

  Result<Requeue> reconcile(const Context& context, const ObjectKey& key) override;

 private:
  struct Memory {
    hosts::Facts facts;
    Time readAt{};
  };

  Result<Requeue> end(const Context& context, v1alpha1::Host host);
  Sight look(const Context& context, const v1alpha1::Host& host);
  Result<hosts::Facts> facts(
      const Context& context, const v1alpha1::Host& host, const Machine& machine);
  [[nodiscard]] Allocated allocated(const std::string& hostName) const;
  Result<> removeNetwork(const Context& context, const Machine& machine);
  void sweep(const Context& context, const v1alpha1::Host& host, const Machine& machine);
  Result<> report(const Context& context, v1alpha1::Host host, const Sight& sight);
  Requeue later(Duration delay);

  const Services services_;
  Bindings bindings_;
  Guarded<std::map<Uid, Memory>> memory_;
};

}  // namespace berth::host
