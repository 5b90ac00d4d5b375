/// @file
/// The digests that a WebSocket handshake and a proof of a secret need, without a
/// library, so that the stand-in tenant stays small.
#pragma once

#include <string>
#include <string_view>

namespace berth::tenant {

/// 20 raw bytes.
std::string sha1(std::string_view text);
/// 64 hexadecimal digits.
std::string sha256Hex(std::string_view text);
std::string base64(std::string_view bytes);

}  // namespace berth::tenant
