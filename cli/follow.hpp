/// @file
/// followObject: one object's changes until a deadline.
#pragma once

#include <functional>
#include <optional>

#include "cli/session.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

/// Called with the object as it is, null when there is none; true ends the wait.
using ObjectCheck = std::function<bool(const Json& object)>;

/// Whether `check` was satisfied before `deadline` (on Session::now()'s scale).
/// Watches, and lists again when the watch ends or is too old.
Result<bool> followObject(
    Session& session, const Target& target, Time deadline, const ObjectCheck& check);

}  // namespace berth::cli
