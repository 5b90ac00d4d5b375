/// @file
/// The variables of a tenant's container, with every reference resolved.
#pragma once

#include <map>
#include <string>

#include "berth/v1alpha1/client_deployment.hpp"
#include "core/base/result.hpp"
#include "core/object/core_kinds.hpp"
#include "core/reconcile/objects.hpp"

namespace berth::clientdeployment {

/// What references of a spec point at, as the caches have it.
struct References {
  const Lister<CoreSecret>& secrets;
  const Lister<CoreConfigMap>& configMaps;
};

using Environment = std::map<std::string, std::string>;

/// envFrom, then env, then ours.  ReferenceNotFound or InvalidSpec, as a Problem,
/// when a Secret, ConfigMap or key that is not optional is not there, or a variable
/// is set that is the operator's own.
Result<Environment> resolveEnvironment(
    const v1alpha1::ClientDeployment& object,
    const References& references,
    const std::string& secretKey);

/// The decoded value, or nullopt when there is no such key or it is not base64.
std::optional<std::string> valueOf(const CoreSecret& secret, const std::string& key);

/// Whether the spec names this Secret or ConfigMap anywhere.
bool usesSecret(const v1alpha1::ClientDeploymentSpec& spec, const std::string& name);
bool usesConfigMap(const v1alpha1::ClientDeploymentSpec& spec, const std::string& name);

}  // namespace berth::clientdeployment
