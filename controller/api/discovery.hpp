/// @file
/// Discovery: which groups, versions and kinds are served.
///
/// Two forms of the same facts: the legacy lists, and the aggregated documents that
/// kubectl asks for first.  The documents are made once: thread-safe.
#pragma once

#include <map>
#include <string>

#include "controller/api/registry.hpp"
#include "core/http/http.hpp"

namespace berth::api {

class Discovery {
 public:
  explicit Discovery(const Registry& registry);

  /// The answer for /api, /apis, /apis/G, /api/V, /apis/G/V (304 when the client has
  /// it already); NotFound for another path.
  [[nodiscard]] Result<http::Response> answer(
      const http::Request& request, const std::string& path) const;

 private:
  struct Document {
    std::string contentType;
    std::string body;
    std::string tag;
  };
  static Document make(std::string contentType, const Json& document);
  [[nodiscard]] const Document* choose(const http::Request& request, const std::string& path) const;

  std::map<std::string, Document> plain_;       // by path
  std::map<std::string, Document> aggregated_;  // by path and version: "/apis v2"
};

}  // namespace berth::api
