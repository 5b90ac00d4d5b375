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
/// The same where nothing is yet; AlreadyExists, of several at once for all but one.
Result<> createPrivateFile(const std::string& path, std::string_view text);
/// So that a name given to a file in that folder survives loss of power.
Result<> syncFolderOf(const std::string& path);
/// NotFound when there is none.
Result<std::string> readFile(const std::string& path);

}  // namespace berth
