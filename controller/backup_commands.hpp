/// @file
/// `berth-controller backup` and `restore`: the whole state to a file and back, into the
/// same store or another one.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace berth {

Result<std::string> backupCommand(const std::vector<std::string>& arguments);
Result<std::string> restoreCommand(const std::vector<std::string>& arguments);

}  // namespace berth
