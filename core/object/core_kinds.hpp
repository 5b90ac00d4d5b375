/// @file
/// The Kubernetes kinds beside ours that reconcilers use: Namespace, Secret,
/// ConfigMap, Event.
#pragma once

#include "core/object/meta.hpp"

namespace berth {

/// `data` is base64, as on the wire.
struct CoreSecret {
  ObjectMeta metadata;
  std::string type = "Opaque";
  std::map<std::string, std::string> data;

  bool operator==(const CoreSecret&) const = default;
  static constexpr auto kFields = std::tuple{
      field("type", &CoreSecret::type, Emit::Always),
      field("data", &CoreSecret::data),
  };
  static inline const ResourceType kType{"", "v1", "Secret", "secrets", true};
};

struct CoreConfigMap {
  ObjectMeta metadata;
  std::map<std::string, std::string> data;

  bool operator==(const CoreConfigMap&) const = default;
  static constexpr auto kFields = std::tuple{field("data", &CoreConfigMap::data)};
  static inline const ResourceType kType{"", "v1", "ConfigMap", "configmaps", true};
};

inline const ResourceType kNamespaceType{"", "v1", "Namespace", "namespaces", false};
inline const ResourceType kEventType{"", "v1", "Event", "events", true};

}  // namespace berth
