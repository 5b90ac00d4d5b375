/// @file
/// `berth-controller store setup`: a PostgreSQL database whose controllers have no more
/// rights than they need.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace berth {

/// `arguments`: setup, and flags.
Result<std::string> storeCommand(const std::vector<std::string>& arguments);

}  // namespace berth
