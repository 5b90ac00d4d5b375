/// @file
/// How our things are told from others': labels on containers, volumes and
/// networks, and the annotations that keep a tenant's decisions.
///
/// What is ours carries the cluster's id and the uid of the object that it belongs
/// to.  A name proves nothing.
#pragma once

#include <string>

#include "core/object/meta.hpp"

namespace berth::mark {

// Labels at the engine.
inline constexpr const char* kManagedBy = "dev.berth.managed-by";
inline constexpr const char* kClusterId = "dev.berth.cluster-id";
inline constexpr const char* kKind = "dev.berth.kind";
inline constexpr const char* kNamespace = "dev.berth.namespace";
inline constexpr const char* kName = "dev.berth.name";
inline constexpr const char* kUid = "dev.berth.uid";
inline constexpr const char* kGeneration = "dev.berth.generation";
inline constexpr const char* kSpecHash = "dev.berth.spec-hash";
inline constexpr const char* kRole = "dev.berth.role";
inline constexpr const char* kSchema = "dev.berth.schema";

// Annotations of a ClientDeployment.  They are decisions that must outlive any
// cache, made once, before their first effect.
inline constexpr const char* kHost = "berth.dev/host";               // where it is placed
inline constexpr const char* kHostPort = "berth.dev/host-port";      // which port it has there
inline constexpr const char* kDataVolume = "berth.dev/data-volume";  // may hold data from now on
inline constexpr const char* kPausedBy = "berth.dev/paused";         // "true" stops effects
/// On a Secret: the uid of the deployment that it was made for.
inline constexpr const char* kDeploymentUid = "berth.dev/deployment-uid";

/// Labels by which the things of one object are found.
inline Labels ownerLabels(const std::string& clusterId, const Uid& uid) {
  return {{kClusterId, clusterId}, {kUid, uid}};
}

/// All labels that a thing of an object gets when it is made.
inline Labels makeLabels(
    const std::string& clusterId, const ResourceType& type, const ObjectMeta& meta) {
  auto labels = ownerLabels(clusterId, meta.uid);
  labels[kManagedBy] = "berth";
  labels[kKind] = type.kind;
  labels[kName] = meta.name;
  if (type.namespaced) labels[kNamespace] = meta.namespaceName;
  labels[kSchema] = "1";
  return labels;
}

/// The role of the network below.
inline constexpr const char* kTenantsRole = "tenants";

/// The one network of a cluster's tenants on a host.
inline std::string networkName(const std::string& clusterId) {
  return "berth-" + clusterId.substr(0, 8);
}

}  // namespace berth::mark
