/// @file
/// `berth-controller audit verify`: the audit log of a store, without the API.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"

namespace berth {

/// The words after "audit".
Result<std::string> auditCommand(const std::vector<std::string>& arguments);

}  // namespace berth
