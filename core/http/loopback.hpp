/// @file
/// Plain HTTP is for this machine alone.
#pragma once

#include <string>
#include <string_view>

#include "core/http/http.hpp"

namespace berth::http {

/// 127.0.0.0/8 or ::1; a name is none.
bool isLoopback(const std::string& address);

/// Whether a Host header, with or without a port, names this machine by localhost or a
/// loopback address.  A page whose name was made to point here (DNS rebinding) has
/// another.
bool isLoopbackHost(std::string_view host);

/// Passes on what names this machine; everything else is told 403.
Handler onlyForLoopback(Handler handler);

}  // namespace berth::http
