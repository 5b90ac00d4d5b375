/// @file
/// Files that only their owner may read: keys, kubeconfigs, tokens.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth {

/// Puts a file of mode 0600 in the place of whatever is there; a reader sees the old
/// one or the new one, whole, and so does whoever looks after a crash.
Result<> writePrivateFile(const std::string& path, std::string_view text);
/// NotFound when there is none.
Result<std::string> readFile(const std::string& path);

}  // namespace berth
