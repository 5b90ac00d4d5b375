/// @file
/// SHA-256 and HMAC-SHA-256, as raw bytes (see encoding.hpp for text), and how digests
/// and secrets are compared.
#pragma once

#include <string>
#include <string_view>

#include "core/base/secret.hpp"

namespace berth {

std::string sha256(std::string_view bytes);
/// In hexadecimal.
std::string sha256Hex(std::string_view bytes);
std::string hmacSha256(const Secret& key, std::string_view bytes);

/// Equality in a time that depends on the lengths only.
bool equalConstantTime(std::string_view a, std::string_view b);

}  // namespace berth
