/// @file
/// ETags: a short name of some bytes.
#pragma once

#include <string>
#include <string_view>

#include "core/http/http.hpp"

namespace berth::api {

/// 64 bits in hexadecimal that change when the bytes do.
std::string contentTag(std::string_view bytes);

/// Whether If-None-Match names `tag`.
bool hasTag(const http::Request& request, const std::string& tag);

}  // namespace berth::api
