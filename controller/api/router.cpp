#include "controller/api/router.hpp"

#include "controller/api/audit_handler.hpp"
#include "controller/api/builtin.hpp"
#include "controller/api/custom_kind.hpp"
#include "controller/api/health.hpp"
#include "controller/api/impersonation.hpp"
#include "controller/api/list_handlers.hpp"
#include "controller/api/object_handlers.hpp"
#include "controller/api/respond.hpp"
#include "controller/api/review_handler.hpp"
#include "controller/api/scale.hpp"
#include "controller/api/token_request.hpp"
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

http::Response identified(http::Response response, const std::string& id) {
  response.headers.set("Audit-Id", id);
  return response;
}

Json rootPaths() {
  return {
      {"paths",
       {"/api",
        "/apis",
        "/audit",
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
  const auto& clock = services_.dependencies.clock;
  const auto& log = services_.dependencies.log;
  Passage passage{.id = makeUuid(services_.dependencies.random)};
  auto target = http::parseTarget(request.target);
  if (!target) return identified(errorResponse(target.error(), {}), passage.id);
  const auto info = readRequest(request.method, *target);
  const auto start = clock.now();
  Asked asked{request, *target, info, services_.registry.current(), nullptr};
  if (info.isResource) asked.kind = asked.registry->find(info.group, info.version, info.plural);
  auto response = answerOrStatus(asked, passage);
  trail_.observe(request, info, passage, response.status);
  const auto took = clock.now() - start;
  metrics_.observe(info, asked.kind != nullptr, {response.status, took});
  if (log.enabled(LogLevel::Debug))
    log.debug(
        "request",
        {{"id", passage.id},
         {"user", passage.user.name},
         {"address", request.remoteAddress},
         {"verb", info.verb},
         {"path", info.path},
         {"status", response.status},
         {"took", took}});
  return identified(std::move(response), passage.id);
}

http::Response Router::answerOrStatus(Asked& asked, Passage& passage) {
  const auto& info = asked.info;
  Error error{Reason::InternalError, {}};
  try {
    auto response = answer(asked, passage);
    if (response) return *std::move(response);
    error = std::move(response).error();
  } catch (const std::exception& exception) {
    error.message = exception.what();
  }
  if (error.reason != Reason::InternalError)
    return errorResponse(error, detailsOf(info, asked.kind, error));
  // What went wrong inside is for the operator, who finds it by the answer's Audit-Id.
  services_.dependencies.log.error(
      "request failed",
      {{"id", passage.id}, {"path", info.path}, {"verb", info.verb}, {"what", error.message}});
  return errorResponse({Reason::InternalError, "Internal error occurred"}, {});
}

Result<http::Response> Router::answer(Asked& asked, Passage& passage) {
  const auto& info = asked.info;
  const Context context{
      .deadline = services_.dependencies.clock.now() + services_.options.requestTimeout};
  BERTH_TRY(passage.caller, services_.gate.authenticate(authenticator_, context, asked.request));
  passage.user = passage.caller;
  passage.known = true;
  const auto& authorizer = services_.authorizer;
  BERTH_TRY(const auto other, impersonated(authorizer, passage.caller, asked.request.headers));
  if (other) passage.user = *other;
  BERTH_CHECK(authorizer.allow(passage.user, info));
  passage.admitted = true;
  const Call call{
      asked.request, asked.target, info, passage.user, passage.id, context, passage.caller};
  if (!info.isResource) return answerPath(call, asked.registry);
  if (asked.kind == nullptr) BERTH_CHECK(lookAgain(context, asked));
  BERTH_TRY(auto response, answerResource(call, asked.kind));
  if (asked.kind != nullptr && !asked.kind->version->deprecationWarning.empty())
    addWarnings(response, {asked.kind->version->deprecationWarning});
  // Whoever has made a kind may use it at once.
  if (asked.kind != nullptr && isCustomKind(*asked.kind) && isWrite(info)) {
    static_cast<void>(services_.objects.catchUp(context));  // the write has taken place anyway
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
  if (path == "/audit") return answerAudit(services_, call);
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
  if (isTokenRequest(*kind, info)) return createToken(services_, call, *kind);
  if (!info.subresource.empty() && (verb == "create" || verb == "delete")) return notAllowed();
  if (kind->readOnly && (verb == "create" || verb == "update" || verb == "patch"))
    return notAllowed();
  if (info.subresource == "scale" && kind->hasScale()) return answerScale(services_, call, *kind);
  if (verb == "get") return getObject(services_, call, *kind);
  if (verb == "list") return listObjects(services_, call, *kind);
  if (verb == "watch") return watchObjects(services_, call, *kind);
  if (verb == "patch" && !info.name.empty()) return patchObject(services_, call, *kind);
  if (verb == "update" && !info.name.empty()) return replaceObject(services_, call, *kind);
  if (verb == "create" && info.name.empty()) return createObject(services_, call, *kind);
  if (verb == "delete") return deleteObject(services_, call, *kind);
  // Nobody means all namespaces at once; Kubernetes has no such verb either.
  if (verb == "deletecollection" && !isNamespace(*kind))
    return deleteCollection(services_, call, *kind);
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
