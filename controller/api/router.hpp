/// @file
/// Router: from a request to the handler that answers it.
///
/// The same steps for every request: who is it, what is asked, may they, do it.  An
/// Error becomes a Status document here and nowhere else.  Thread-safe.
#pragma once

#include "controller/api/audit.hpp"
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
  struct Dependencies {
    Services& services;
    const Authenticator& authenticator;
    AuditTrail& trail;
  };
  explicit Router(const Dependencies& dependencies)
      : services_(dependencies.services),
        authenticator_(dependencies.authenticator),
        trail_(dependencies.trail),
        metrics_(services_.dependencies.metrics) {}

  http::Response handle(const http::Request& request);

 private:
  /// A request as it came.
  struct Asked {
    const http::Request& request;
    const http::Target& target;
    const RequestInfo& info;
    RegistryPtr registry;
    const ServedKind* kind;  // nullptr: no resource, or none that is served
  };
  http::Response answerOrStatus(Asked& asked, Passage& passage);
  Result<http::Response> answer(Asked& asked, Passage& passage);
  Result<> lookAgain(const Context& context, Asked& asked);
  Result<http::Response> answerPath(const Call& call, const RegistryPtr& registry);
  Result<http::Response> answerResource(const Call& call, const ServedKind* kind);
  /// nullptr when the subresource is none that the process answers itself.
  [[nodiscard]] const Connector* connectorOf(const ServedKind& kind, const RequestInfo& info) const;
  Result<http::Response> connect(
      const Call& call, const ServedKind& kind, const Connector& connector);

  Services& services_;
  const Authenticator& authenticator_;
  AuditTrail& trail_;
  Discovery discovery_;
  OpenApi openApi_;
  OpenApiV2 openApiV2_;
  RequestMetrics metrics_;
};

}  // namespace berth::api
