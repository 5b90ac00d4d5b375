/// @file
/// ClientDeploymentReconciler: makes a host run a tenant as its spec says.
///
///     reconcile   which of its lives is the object in: gone, ending, wanted
///     converge    place ─► observe ─► plan (pure) ─► act ─► look again ─► health
///     report      one place, success or failure: the status
///
/// What it remembers (promises, restarts, health) only delays or spreads decisions;
/// without it, and without every status, it comes to the same world.
#pragma once

#include <map>

#include "core/base/guarded.hpp"
#include "core/reconcile/reconciler.hpp"
#include "reconcilers/clientdeployment/act.hpp"
#include "reconcilers/clientdeployment/census.hpp"
#include "reconcilers/clientdeployment/health.hpp"
#include "reconcilers/clientdeployment/image_puller.hpp"
#include "reconcilers/clientdeployment/pass.hpp"
#include "reconcilers/clientdeployment/restarts.hpp"
#include "reconcilers/clientdeployment/secret_keys.hpp"
#include "reconcilers/clientdeployment/tenant_network.hpp"

namespace berth::clientdeployment {

class ClientDeploymentReconciler final : public Reconciler {
 public:
  /// The puller must outlive it.
  ClientDeploymentReconciler(const Services& services, ImagePuller& puller);

  Result<Requeue> reconcile(const Context& context, const ObjectKey& key) override;

 private:
  Result<Requeue> converge(const Context& context, Pass& pass);
  Result<Requeue> actOn(const Context& context, Pass& pass, const Plan& todo);
  Result<> release(const Context& context, const Pass& pass);
  Result<Requeue> report(const Context& context, Pass& pass, Result<Requeue> progress);
  Requeue checkHealth(Pass& pass);
  void forget(const ObjectKey& key, const Uid& uid);
  void note(const Context& context, const Pass& pass, const Problem& problem);

  // place.cpp: where the tenant is, or goes.
  Result<> place(const Context& context, Pass& pass);
  Result<> choose(const Context& context, Pass& pass);
  Result<> bind(
      const Context& context, Pass& pass, const std::map<std::string, std::string>& annotations);
  Result<> confirm(const Context& context, Pass& pass);
  Result<std::string> locate(const Context& context, const Pass& pass);
  Result<> settleAt(Pass& pass, const std::string& hostName);

  // observe.cpp: what there is, and what is wished.
  Result<> observe(const Context& context, Pass& pass);
  Result<> observeContainers(const Context& context, Pass& pass);
  Result<> observeVolume(const Context& context, Pass& pass);
  Result<> wish(const Context& context, Pass& pass);
  Result<std::optional<Duration>> observeImage(const Context& context, Pass& pass);
  Result<std::optional<docker::RegistryAuth>> registryAuth(const Pass& pass) const;
  void look(Pass& pass);

  const Services services_;
  ImagePuller& puller_;
  Bindings bindings_;
  Census census_;
  SecretKeys secretKeys_;
  Restarts restarts_;
  TenantNetwork network_;
  HealthMonitor health_;
  Guarded<std::map<Uid, Settled>> settled_;
};

}  // namespace berth::clientdeployment
