/// @file
/// SecretKeys: each tenant's WEBUI_SECRET_KEY, made once and kept in a Secret.
///
/// A new key would log everybody out and make stored tokens unreadable, hence it is
/// only made for a tenant that has neither a container nor data.  The Secret has no
/// owner: it outlives a deployment whose data is kept, and one of the same name
/// finds it again.  Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "berth/v1alpha1/client_deployment.hpp"
#include "core/base/random.hpp"
#include "core/object/core_kinds.hpp"
#include "core/reconcile/objects.hpp"
#include "reconcilers/providers/docker/container.hpp"

namespace berth::clientdeployment {

class SecretKeys {
 public:
  /// All must outlive it.
  SecretKeys(const Lister<CoreSecret>& secrets, ObjectClient& client, Random& random)
      : secrets_(secrets), client_(client), random_(random) {}

  /// The key.  When its Secret is gone it is taken from a container and kept again;
  /// SecretKeyLost, as a Problem, when there is data and no trace of the key.
  Result<std::string> ensure(
      const Context& context,
      const v1alpha1::ClientDeployment& object,
      const std::vector<docker::ContainerState>& containers,
      bool hasData);

  /// Removes the Secret that was made for this life of the deployment.
  Result<> remove(const Context& context, const v1alpha1::ClientDeployment& object);

  static std::string secretName(const ObjectMeta& meta) { return meta.name + "-secret-key"; }

 private:
  Result<std::string> keep(
      const Context& context, const v1alpha1::ClientDeployment& object, const std::string& key);

  const Lister<CoreSecret>& secrets_;
  ObjectClient& client_;
  Random& random_;
};

}  // namespace berth::clientdeployment
