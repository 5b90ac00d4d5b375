/// @file
/// SHA-256 and HMAC-SHA-256, as raw bytes (see encoding.hpp for text).
#pragma once

#include <string>
#include <string_view>

#include "core/base/secret.hpp"

namespace berth {

std::string sha256(std::string_view bytes);
/// In hexadecimal.
std::string sha256Hex(std::string_view bytes);
std::string hmacSha256(const Secret& key, std::string_view bytes);

}  // namespace berth
