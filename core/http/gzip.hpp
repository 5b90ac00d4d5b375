/// @file
/// Answers in the content coding gzip.  Private to core/http; the only include of zlib.
#pragma once

#include <string_view>

#include "core/http/http.hpp"

namespace berth::http {

/// Whether an Accept-Encoding allows gzip.
bool acceptsGzip(std::string_view acceptEncoding);

/// Replaces body and pieces by their gzip form, made piece by piece at the quickest
/// level, and says so in the headers.
void compressBody(Response& response);

}  // namespace berth::http
