/// @file
/// Bytes as text: hexadecimal, base64 and base64url (RFC 4648).
#pragma once

#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth {

/// Lower case.
std::string toHex(std::string_view bytes);

std::string toBase64(std::string_view bytes);
/// With padding, as toBase64 writes it.  BadRequest for anything else, line ends
/// included.
Result<std::string> fromBase64(std::string_view text);

/// Without padding, as JWTs have it.
std::string toBase64Url(std::string_view bytes);
Result<std::string> fromBase64Url(std::string_view text);

}  // namespace berth
