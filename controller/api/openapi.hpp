/// @file
/// OpenApi: the kinds' schemas as OpenAPI v3, one document per group and version.
///
/// kubectl reads in it whether the server validates fields, how a kind can be
/// patched, and what `explain` prints.  The documents are made when the first
/// one of a registry is asked for.  Thread-safe.
#pragma once

#include <map>
#include <string>

#include "controller/api/live_registry.hpp"
#include "core/http/http.hpp"

namespace berth::api {

class OpenApi {
 public:
  /// /openapi/v3 and what it points to; NotFound for another path.
  [[nodiscard]] Result<http::Response> answer(
      const RegistryPtr& registry, const http::Request& request, const http::Target& target) const;

 private:
  struct Document {
    std::string body;
    std::string tag;
  };
  struct Documents {
    std::map<std::string, Document> byPath;  // below /openapi/v3/
    Document index;
  };
  static Documents make(const Registry& registry);

  mutable MadeOfRegistry<Documents> documents_;
};

}  // namespace berth::api
