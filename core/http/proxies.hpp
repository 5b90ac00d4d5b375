/// @file
/// TrustedProxies: whom to believe that a request was made by somebody else.
///
/// X-Forwarded-For counts only when the peer is a configured proxy, and then its
/// rightmost address that is none is the client: what stands further left was written by
/// that client (C10).  Thread-safe.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/http/http.hpp"

namespace berth::http {

class TrustedProxies {
 public:
  /// "192.0.2.7", "10.0.0.0/8", "2001:db8::/32".  Invalid for anything else.
  static Result<TrustedProxies> parse(const std::vector<std::string>& networks);

  [[nodiscard]] bool contains(std::string_view address) const;
  /// The address of whom the peer speaks for, or its own.
  [[nodiscard]] std::string clientOf(const std::string& peer, const Headers& headers) const;

 private:
  using Bytes = std::array<std::uint8_t, 16>;  // IPv4 as ::ffff:a.b.c.d
  struct Network {
    Bytes address{};
    int bits = 0;
  };
  static std::optional<Bytes> bytesOf(std::string_view address);
  [[nodiscard]] bool contains(const Bytes& address) const;

  std::vector<Network> networks_;
};

}  // namespace berth::http
