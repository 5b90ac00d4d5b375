/// @file
/// OpenApi: the kinds' schemas as OpenAPI v3, one document per group and version.
///
/// kubectl reads in it whether the server validates fields, how a kind can be
/// patched, and what `explain` prints.  The documents are made once: thread-safe.
#pragma once

#include <map>
#include <string>

#include "controller/api/registry.hpp"
#include "core/http/http.hpp"

namespace berth::api {

class OpenApi {
 public:
  explicit OpenApi(const Registry& registry);

  /// /openapi/v3 and what it points to; NotFound for another path.
  [[nodiscard]] Result<http::Response> answer(
      const http::Request& request, const http::Target& target) const;

 private:
  struct Document {
    std::string body;
    std::string tag;
  };
  std::map<std::string, Document> documents_;  // by path below /openapi/v3/
  Document index_;
};

}  // namespace berth::api
