/// @file
/// `berth-controller audit verify`: the audit log of a store, without the API.
#pragma once

#include <string>
#include <vector>

namespace berth {

/// The words after "audit".  The exit code: 1 when the log is not sound.
int runAuditCommand(const std::vector<std::string>& words);

}  // namespace berth
