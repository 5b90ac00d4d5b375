/// @file
/// Router: from a request to the handler that answers it.
///
/// The same steps for every request: who is it, what is asked, may they, do it.  An
/// Error becomes a Status document here and nowhere else.  Thread-safe.
#pragma once

#include "controller/api/authentication.hpp"
#include "controller/api/discovery.hpp"
#include "controller/api/openapi.hpp"
#include "controller/api/openapi_v2.hpp"
#include "controller/api/request_metrics.hpp"
#include "controller/api/services.hpp"
#include "controller/api/status.hpp"

namespace berth::api {

class Router {
 public:
  Router(Services& services, const Authenticator& authenticator)
      : services_(services),
        authenticator_(authenticator),
        metrics_(services.dependencies.metrics) {}

  http::Response handle(const http::Request& request);

 private:
  struct Asked {
    const http::Request& request;
    const http::Target& target;
    const RequestInfo& info;
    RegistryPtr registry;
    const ServedKind* kind;  // nullptr: no resource, or none that is served
  };
  http::Response answerOrStatus(Asked& asked);
  Result<http::Response> answer(Asked& asked);
  Result<> lookAgain(const Context& context, Asked& asked);
  Result<http::Response> answerPath(const Call& call, const RegistryPtr& registry);
  Result<http::Response> answerResource(const Call& call, const ServedKind* kind);
  /// nullptr when the subresource is none that the process answers itself.
  [[nodiscard]] const Connector* connectorOf(const ServedKind& kind, const RequestInfo& info) const;
  Result<http::Response> connect(
      const Call& call, const ServedKind& kind, const Connector& connector);

  Services& services_;
  const Authenticator& authenticator_;
  Discovery discovery_;
  OpenApi openApi_;
  OpenApiV2 openApiV2_;
  RequestMetrics metrics_;
};

}  // namespace berth::api
