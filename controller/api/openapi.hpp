/// @file
/// OpenApi: the kinds' schemas as OpenAPI v3, one document per group and version.
///
/// kubectl reads in it whether the server validates fields, how a kind can be
/// patched, and what `explain` prints.  The documents are made when the first one is
/// asked for.  Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "controller/api/registry.hpp"
#include "core/http/http.hpp"

namespace berth::api {

class OpenApi {
 public:
  explicit OpenApi(const Registry& registry) : registry_(registry) {}

  /// /openapi/v3 and what it points to; NotFound for another path.
  [[nodiscard]] Result<http::Response> answer(
      const http::Request& request, const http::Target& target) const;

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

  const Registry& registry_;
  mutable std::once_flag made_;
  mutable Documents documents_;
};

}  // namespace berth::api
