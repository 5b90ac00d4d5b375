/// @file
/// What every object has: its type, its key, its metadata.
#pragma once

#include <compare>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/clock.hpp"
#include "core/object/fields.hpp"

namespace berth {

/// One life of an object; a new one after re-creation.
using Uid = std::string;
using Labels = std::map<std::string, std::string>;

/// What queues carry.  `namespaceName` is empty for cluster-scoped kinds.
struct ObjectKey {
  std::string namespaceName;
  std::string name;

  auto operator<=>(const ObjectKey&) const = default;
  /// "acme/www", or "www" without a namespace.
  [[nodiscard]] std::string text() const {
    return namespaceName.empty() ? name : namespaceName + "/" + name;
  }
};

/// A served kind.  `group` is empty for core kinds.
struct ResourceType {
  std::string group;
  std::string version;
  std::string kind;
  std::string plural;
  bool namespaced = true;

  auto operator<=>(const ResourceType&) const = default;
  /// "clientdeployments.berth.dev", or "secrets" for the core group: the name of
  /// the kind in the store, in RBAC and in error messages.
  [[nodiscard]] std::string resource() const {
    return group.empty() ? plural : plural + "." + group;
  }
  /// "berth.dev/v1alpha1", or "v1".
  [[nodiscard]] std::string apiVersion() const {
    return group.empty() ? version : group + "/" + version;
  }
};

struct OwnerReference {
  std::string apiVersion;
  std::string kind;
  std::string name;
  Uid uid;
  bool controller = false;
  bool blockOwnerDeletion = false;

  bool operator==(const OwnerReference&) const = default;

  static constexpr auto kFields = std::tuple{
      field("apiVersion", &OwnerReference::apiVersion, Emit::Always),
      field("kind", &OwnerReference::kind, Emit::Always),
      field("name", &OwnerReference::name, Emit::Always),
      field("uid", &OwnerReference::uid, Emit::Always),
      field("controller", &OwnerReference::controller),
      field("blockOwnerDeletion", &OwnerReference::blockOwnerDeletion),
  };
};

/// managedFields is the API server's business: a typed object carries it along
/// unread.
struct ObjectMeta {
  std::string name;
  std::string generateName;
  std::string namespaceName;
  Uid uid;
  std::string resourceVersion;  // the store's revision of the last write; opaque
  std::int64_t generation = 0;
  std::optional<Time> creationTimestamp;
  std::optional<Time> deletionTimestamp;
  std::optional<std::int64_t> deletionGracePeriodSeconds;
  Labels labels;
  Labels annotations;
  std::vector<std::string> finalizers;
  std::vector<OwnerReference> ownerReferences;
  Json managedFields;

  bool operator==(const ObjectMeta&) const = default;
  [[nodiscard]] ObjectKey key() const { return {namespaceName, name}; }

  static constexpr auto kFields = std::tuple{
      field("name", &ObjectMeta::name),
      field("generateName", &ObjectMeta::generateName),
      field("namespace", &ObjectMeta::namespaceName),
      field("uid", &ObjectMeta::uid),
      field("resourceVersion", &ObjectMeta::resourceVersion),
      field("generation", &ObjectMeta::generation),
      field("creationTimestamp", &ObjectMeta::creationTimestamp),
      field("deletionTimestamp", &ObjectMeta::deletionTimestamp),
      field("deletionGracePeriodSeconds", &ObjectMeta::deletionGracePeriodSeconds),
      field("labels", &ObjectMeta::labels),
      field("annotations", &ObjectMeta::annotations),
      field("finalizers", &ObjectMeta::finalizers),
      field("ownerReferences", &ObjectMeta::ownerReferences),
      field("managedFields", &ObjectMeta::managedFields),
  };
};

/// The shape of every kind with spec and status.  Generated kinds derive from it
/// and add `static inline const ResourceType kType`.
template <class SpecType, class StatusType>
struct Object {
  using Spec = SpecType;
  using Status = StatusType;

  ObjectMeta metadata;
  Spec spec;
  Status status;

  bool operator==(const Object&) const = default;
};

extern template Json encode(const ObjectMeta& value);
extern template Result<ObjectMeta> decode(const Json& document);

}  // namespace berth
