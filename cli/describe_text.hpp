/// @file
/// describeText: an object for people to read, as `kubectl describe` lays it out.
#pragma once

#include <string>

#include "core/base/clock.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

/// Secrets show the size of their values only.  `events` null: without that part.
std::string describeText(const Json& object, const Json& events, Time now);

/// "specHash" → "Spec Hash"; "apiVersion" → "API Version".
std::string fieldLabel(const std::string& field);

/// Since when an event is, and how often: "5m", "10s (x3 over 5m)".
std::string eventAge(const Json& event, Time now);
/// When it last happened.
std::string lastSeen(const Json& event);

}  // namespace berth::cli
