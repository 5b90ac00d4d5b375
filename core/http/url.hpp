/// @file
/// Url: where a server is and what is asked of it ("https://host:8443/path?query").
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth::http {

struct Url {
  bool tls = false;
  std::string host;  // a name or an address, without brackets
  std::uint16_t port = 0;
  std::string target = "/";  // path and query

  /// As a Host header has it: with the port if that is not the scheme's.
  [[nodiscard]] std::string authority() const;
  /// Whether the host is this machine by its spelling: localhost, 127.0.0.0/8 or ::1.
  [[nodiscard]] bool isLoopback() const;
};

/// Invalid for anything but http and https, for user names in it, and for a fragment.
Result<Url> parseUrl(std::string_view text);

}  // namespace berth::http
