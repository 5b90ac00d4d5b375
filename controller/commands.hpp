/// @file
/// The commands of berth-controller beside serving: `berth-controller keys rotate`.
///
/// Each does one thing to a store or its files and ends; none needs the controller to
/// run, and those that change a store say so.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace berth {

/// What the command that `arguments` begin with has to say; nullopt when they begin with
/// none, but with a flag or nothing.
std::optional<Result<std::string>> runCommand(const std::vector<std::string>& arguments);

}  // namespace berth
