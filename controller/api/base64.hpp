/// @file
/// Base64 (RFC 4648): of Secrets' data, and URL-safe for continue tokens.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace berth::api {

/// With padding.
std::string encodeBase64(std::string_view bytes);
/// nullopt when it is not base64 with padding.
std::optional<std::string> decodeBase64(std::string_view text);

/// '-' and '_' for '+' and '/', without padding.
std::string encodeBase64Url(std::string_view bytes);
std::optional<std::string> decodeBase64Url(std::string_view text);

}  // namespace berth::api
