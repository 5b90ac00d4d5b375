/// @file
/// `berth-controller keys`: the keys that encrypt Secrets.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace berth {

/// `arguments`: status, rotate, add, use ID or prune, and flags.
Result<std::string> keysCommand(const std::vector<std::string>& arguments);

}  // namespace berth
