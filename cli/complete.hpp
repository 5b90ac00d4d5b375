/// @file
/// complete: what may come next on a command line.
#pragma once

#include <string>
#include <vector>

#include "cli/session.hpp"

namespace berth::cli {

/// Candidates for the last of `words` (which may be empty), those only that begin
/// with it.  Verbs and flags are known without a server; kinds and names are asked
/// for, and when the server does not answer at once there are none.
std::vector<std::string> complete(
    World& world, const std::string& program, const std::vector<std::string>& words);

}  // namespace berth::cli
