/// @file
/// Discovery: which groups, versions and kinds are served.
///
/// Two forms of the same facts: the legacy lists, and the aggregated documents that
/// kubectl asks for first.  They are made when the first one of a registry is asked for.
/// Thread-safe.
#pragma once

#include <map>
#include <string>

#include "controller/api/live_registry.hpp"
#include "core/http/http.hpp"

namespace berth::api {

class Discovery {
 public:
  /// The answer for /api, /apis, /apis/G, /api/V, /apis/G/V (304 when the client has
  /// it already); NotFound for another path.
  [[nodiscard]] Result<http::Response> answer(
      const RegistryPtr& registry, const http::Request& request, const std::string& path) const;

 private:
  struct Document {
    std::string contentType;
    std::string body;
    std::string tag;
  };
  struct Documents {
    std::map<std::string, Document> plain;       // by path
    std::map<std::string, Document> aggregated;  // by path and version: "/apis v2"
  };
  static Document make(std::string contentType, const Json& document);
  static Documents makeAll(const Registry& registry);
  static const Document* choose(
      const Documents& documents, const http::Request& request, const std::string& path);

  mutable MadeOfRegistry<Documents> documents_;
};

}  // namespace berth::api
