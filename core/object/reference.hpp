/// @file
/// References: how one object names another, or a key in a Secret.  Never an
/// embedded copy, always in the same namespace unless the kind is cluster-scoped.
#pragma once

#include <string>
#include <tuple>

#include "core/object/fields.hpp"

namespace berth {

struct LocalReference {
  std::string name;

  auto operator<=>(const LocalReference&) const = default;

  static constexpr auto kFields = std::tuple{field("name", &LocalReference::name, Emit::Always)};
};

/// One key of a Secret or ConfigMap.
struct KeyReference {
  std::string name;
  std::string key;

  auto operator<=>(const KeyReference&) const = default;

  static constexpr auto kFields = std::tuple{
      field("name", &KeyReference::name, Emit::Always),
      field("key", &KeyReference::key, Emit::Always),
  };
};

}  // namespace berth
