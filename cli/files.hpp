/// @file
/// Files and base64, as the commands need them.
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth::cli {

/// NotFound or Forbidden with the name of the file.
Result<std::string> readFile(const std::string& path);
/// Empty when the text is not base64.
std::string decodeBase64(std::string_view text);
std::string encodeBase64(std::string_view bytes);

}  // namespace berth::cli
