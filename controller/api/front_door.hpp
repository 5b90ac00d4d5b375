/// @file
/// FrontDoor: what becomes of a request before it is one to the Kubernetes API.
///
/// Pages of foreign origins are turned away, a WebSocket's token is put where others
/// have it, and requests in the manner of the old REST API are carried out as such to
/// this one.
///
///     FrontDoor door(origins, [&](const auto& request) { return api.handle(request); });
///
/// Thread-safe.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "core/http/http.hpp"

namespace berth::api {

class FrontDoor {
 public:
  using Inner = std::function<http::Response(const http::Request&)>;

  FrontDoor(std::vector<std::string> allowedOrigins, Inner inner)
      : allowedOrigins_(std::move(allowedOrigins)), inner_(std::move(inner)) {}

  [[nodiscard]] http::Response handle(const http::Request& request) const;

 private:
  std::vector<std::string> allowedOrigins_;
  Inner inner_;
};

}  // namespace berth::api
