#include "controller/api/router.hpp"

#include "controller/api/custom_kind.hpp"
#include "controller/api/health.hpp"
#include "controller/api/impersonation.hpp"
#include "controller/api/list_handlers.hpp"
#include "controller/api/object_handlers.hpp"
#include "controller/api/respond.hpp"
#include "controller/api/review_handler.hpp"
#include "controller/api/scale.hpp"
#include "controller/api/watch_handlers.hpp"

namespace berth::api {
namespace {

Error notServed() { return {Reason::NotFound, "the server could not find the requested resource"}; }

Error notAllowed() {
  return {
      Reason::MethodNotAllowed, "the server does not allow this method on the requested resource"};
}

bool isHealth(const std::string& path) {
  return path == "/healthz" || path == "/livez" || path == "/readyz";
}

bool isRead(const RequestInfo& info) { return info.verb == "get" || info.verb == "head"; }

bool isWrite(const RequestInfo& info) {
  return !isRead(info) && info.verb != "list" && info.verb != "watch";
}

Json rootPaths() {
  return {
      {"paths",
       {"/api",
        "/apis",
        "/healthz",
        "/livez",
        "/metrics",
        "/openapi/v2",
        "/openapi/v3",
        "/readyz",
        "/version"}}};
}

/// Name, group and plural of what was asked for; the Kind where an object is
/// Invalid.
StatusDetails detailsOf(const RequestInfo& info, const ServedKind* kind, const Error& error) {
  if (!info.isResource || error.reason == Reason::Unauthorized) return {};
  // kubectl tells either the causes or, where there is no kind, the message.
  if (error.reason == Reason::Invalid && error.causes.empty()) return {};
  StatusDetails details{.name = info.name, .group = info.group, .kind = info.plural};
  if (error.reason == Reason::Invalid && kind != nullptr) details.kind = kind->type.kind;
  return details;
}

}  // namespace

http::Response Router::handle(const http::Request& request) {
  auto target = http::parseTarget(request.target);
  if (!target) return errorResponse(target.error(), {});
  const auto info = readRequest(request.method, *target);
  const auto& clock = services_.dependencies.clock;
  const auto start = clock.now();
  Asked asked{request, *target, info, services_.registry.current(), nullptr};
  if (info.isResource) asked.kind = asked.registry->find(info.group, info.version, info.plural);
  auto response = answerOrStatus(asked);
  metrics_.observe(info, asked.kind != nullptr, {response.status, clock.now() - start});
  return response;
}

http::Response Router::answerOrStatus(Asked& asked) {
  const auto& info = asked.info;
  try {
    auto response = answer(asked);
    if (response) return *std::move(response);
    return errorResponse(response.error(), detailsOf(info, asked.kind, response.error()));
  } catch (const std::exception& exception) {
    services_.dependencies.log.error(
        "request failed", {{"path", info.path}, {"verb", info.verb}, {"what", exception.what()}});
    return errorResponse({Reason::InternalError, "Internal error occurred"}, {});
  }
}

Result<http::Response> Router::answer(Asked& asked) {
  BERTH_TRY(const auto caller, services_.gate.authenticate(authenticator_, asked.request));
  const auto& authorizer = services_.authorizer;
  BERTH_TRY(const auto other, impersonated(authorizer, caller, asked.request.headers));
  const auto& user = other ? *other : caller;
  BERTH_CHECK(authorizer.allow(user, asked.info));
  const Context context{
      .deadline = services_.dependencies.clock.now() + services_.options.requestTimeout};
  const Call call{asked.request, asked.target, asked.info, user, context, caller};
  if (!asked.info.isResource) return answerPath(call, asked.registry);
  if (asked.kind == nullptr) BERTH_CHECK(lookAgain(context, asked));
  BERTH_TRY(auto response, answerResource(call, asked.kind));
  if (asked.kind != nullptr && !asked.kind->version->deprecationWarning.empty())
    addWarnings(response, {asked.kind->version->deprecationWarning});
  // Whoever has made a kind may use it at once.
  if (asked.kind != nullptr && isCustomKind(*asked.kind) && isWrite(asked.info)) {
    BERTH_CHECK(services_.objects.catchUp(context));
    static_cast<void>(services_.registry.refreshed());
  }
  return response;
}

/// A kind may have been made by another server a moment ago.
Result<> Router::lookAgain(const Context& context, Asked& asked) {
  BERTH_CHECK(services_.objects.catchUp(context));
  asked.registry = services_.registry.refreshed();
  asked.kind = asked.registry->find(asked.info.group, asked.info.version, asked.info.plural);
  return Ok{};
}

Result<http::Response> Router::answerPath(const Call& call, const RegistryPtr& registry) {
  const auto& path = call.info.path;
  if (!isRead(call.info)) return notAllowed();
  if (isHealth(path)) return answerHealth(services_, call);
  if (path == "/version") return answerVersion(services_, call);
  if (path == "/metrics") return answerMetrics(services_);
  if (path == "/") return documentResponse(200, rootPaths());
  if (path == "/openapi/v2") return openApiV2_.answer(registry, call.request);
  if (path.starts_with("/openapi/v3")) return openApi_.answer(registry, call.request, call.target);
  return discovery_.answer(registry, call.request, path);
}

Result<http::Response> Router::answerResource(const Call& call, const ServedKind* kind) {
  const auto& info = call.info;
  if (kind == nullptr) return notServed();
  const bool inNamespace = !info.namespaceName.empty();
  if (inNamespace && !kind->type.namespaced) return notServed();
  if (!info.name.empty() && kind->type.namespaced && !inNamespace) return notServed();
  const auto& verb = info.verb;
  if (!kind->stored) {
    const bool isReview = verb == "create" && info.name.empty();
    return isReview ? answerReview(services_, call, *kind) : notAllowed();
  }
  if (const auto* connector = connectorOf(*kind, info)) return connect(call, *kind, *connector);
  if (!info.subresource.empty() && (verb == "create" || verb == "delete")) return notAllowed();
  if (info.subresource == "scale" && kind->hasScale()) return answerScale(services_, call, *kind);
  if (verb == "get") return getObject(services_, call, *kind);
  if (verb == "list") return listObjects(services_, call, *kind);
  if (verb == "watch") return watchObjects(services_, call, *kind);
  if (verb == "patch" && !info.name.empty()) return patchObject(services_, call, *kind);
  if (verb == "update" && !info.name.empty()) return replaceObject(services_, call, *kind);
  if (verb == "create" && info.name.empty()) return createObject(services_, call, *kind);
  if (verb == "delete") return deleteObject(services_, call, *kind);
  if (verb == "deletecollection") return deleteCollection(services_, call, *kind);
  return notAllowed();
}

const Connector* Router::connectorOf(const ServedKind& kind, const RequestInfo& info) const {
  if (info.subresource.empty() || !isRead(info)) return nullptr;
  const auto& connectors = services_.dependencies.connectors;
  const auto found = connectors.find(kind.type.resource() + "/" + info.subresource);
  return found == connectors.end() ? nullptr : &found->second;
}

Result<http::Response> Router::connect(
    const Call& call, const ServedKind& kind, const Connector& connector) {
  BERTH_TRY(const auto stored, services_.objects.read(call.context, kind, call.info.key()));
  BERTH_TRY(const auto object, parseJson(stored->bytes));
  return connector(call.context, object.document, call.target);
}

}  // namespace berth::api
