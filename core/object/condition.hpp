/// @file
/// Condition: one observed fact about an object, in metav1's shape.
///
/// Messages carry what, why and what next, and nothing that changes at every
/// try: a counter in a message would make status and watch chase each other.
#pragma once

#include <cstdint>
#include <string>
#include <tuple>
#include <vector>

#include "core/base/clock.hpp"
#include "core/object/fields.hpp"

namespace berth {

struct Condition {
  std::string type;
  std::string status = "Unknown";  // True, False, Unknown
  std::int64_t observedGeneration = 0;
  Time lastTransitionTime{};
  std::string reason;  // CamelCase, from the closed list of docs/reference/reasons/
  std::string message;

  bool operator==(const Condition&) const = default;

  static constexpr auto kFields = std::tuple{
      field("type", &Condition::type, Emit::Always),
      field("status", &Condition::status, Emit::Always),
      field("observedGeneration", &Condition::observedGeneration),
      field("lastTransitionTime", &Condition::lastTransitionTime, Emit::Always),
      field("reason", &Condition::reason, Emit::Always),
      field("message", &Condition::message, Emit::Always),
  };
};

/// Puts `condition` in place of its namesake; lastTransitionTime becomes `now`
/// (whole seconds) only when the status changes.  Whether anything but
/// observedGeneration changed.
bool setCondition(std::vector<Condition>& conditions, Condition condition, Time now);
/// nullptr when there is none of that type.
const Condition* findCondition(const std::vector<Condition>& conditions, std::string_view type);
bool isTrue(const std::vector<Condition>& conditions, std::string_view type);

}  // namespace berth
