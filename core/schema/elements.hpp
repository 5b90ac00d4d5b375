/// @file
/// How a value is taken apart along its schema: in one piece, by member, by item.
///
/// Where the schema says nothing, objects are taken apart and lists are not.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "core/json/json.hpp"
#include "core/schema/schema.hpp"

namespace berth {

enum class Grain {
  Whole,    // a scalar, or atomic
  Members,  // an object whose members count one by one
  Set,      // a list of values that are there or not
  Items,    // a list of objects that their keys tell apart
};

/// A place in an object: its schema, nullptr where there is none, and its level.
struct Place {
  const Schema* schema = nullptr;
  int depth = 0;

  /// Whether the schema names the member itself, not only what any member is like.
  [[nodiscard]] bool declares(const std::string& name) const;
  [[nodiscard]] Place member(const std::string& name) const;
  [[nodiscard]] Place item() const;
  [[nodiscard]] Grain grain(const Json& value) const;

  /// The path elements (`v:"x"`, `k:{"name":"B"}`) of a list's items, in order.
  [[nodiscard]] std::vector<std::string> elements(const Json& list) const;
  /// What tells this item of a list apart; keys that it omits have their defaults.
  [[nodiscard]] Json keysOf(const Json& item) const;
};

inline std::string memberElement(const std::string& name) { return "f:" + name; }

}  // namespace berth
