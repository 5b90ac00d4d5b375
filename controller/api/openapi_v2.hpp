/// @file
/// OpenApiV2: the kinds' schemas as one Swagger 2 document, in JSON and in protobuf.
///
/// kubectl up to 1.28 validates manifests with it and reads in it what `explain` prints.
/// Each form is made when it is first asked for.  Thread-safe.
#pragma once

#include <string>

#include "controller/api/live_registry.hpp"
#include "core/http/http.hpp"

namespace berth::api {

class OpenApiV2 {
 public:
  /// The answer for /openapi/v2; NotAcceptable for a form that there is not.
  [[nodiscard]] Result<http::Response> answer(
      const RegistryPtr& registry, const http::Request& request) const;

 private:
  struct Document {
    std::string body;
    std::string tag;
  };
  mutable MadeOfRegistry<Document> json_;
  mutable MadeOfRegistry<Document> protobuf_;
};

}  // namespace berth::api
