/// @file
/// Census: what every host has and what is promised on it, for placement.
///
/// Read from the caches, and from the promises of this process that the caches do
/// not show yet: two tenants that are placed at the same time do not get the same
/// port or the last room twice.  Thread-safe.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "berth/v1alpha1/client_deployment.hpp"
#include "berth/v1alpha1/host.hpp"
#include "core/base/guarded.hpp"
#include "core/reconcile/objects.hpp"
#include "reconcilers/clientdeployment/placement.hpp"

namespace berth::clientdeployment {

class Census {
 public:
  /// Both must outlive it.
  Census(const Lister<v1alpha1::ClientDeployment>& deployments, const Lister<v1alpha1::Host>& hosts)
      : deployments_(deployments), hosts_(hosts) {}

  /// Places the tenant and remembers it until the cache shows it.
  Placement place(const v1alpha1::ClientDeployment& object);
  /// Another port on the tenant's host, since somebody else holds its own.
  std::optional<int> replacePort(
      const v1alpha1::ClientDeployment& object, const std::string& host, int taken);
  void forget(const Uid& uid);

 private:
  struct Promise {
    std::string host;
    int port = 0;
    std::int64_t memoryBytes = 0;
    std::string group;
  };
  struct Promises {
    std::map<Uid, Promise> byUid;
    std::map<Uid, std::set<int>> refusedPorts;
  };

  [[nodiscard]] std::vector<Candidate> candidates(
      const v1alpha1::ClientDeployment& object, Promises& promises) const;

  const Lister<v1alpha1::ClientDeployment>& deployments_;
  const Lister<v1alpha1::Host>& hosts_;
  Guarded<Promises> promises_;
};

/// The memory that placement counts for a tenant, and that a host may promise.
std::int64_t promisedMemory(const v1alpha1::ClientDeploymentSpec& spec);
std::int64_t promisableMemory(const v1alpha1::Host& host);

}  // namespace berth::clientdeployment
