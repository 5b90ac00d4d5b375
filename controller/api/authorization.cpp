#include "controller/api/authorization.hpp"

namespace berth::api {
namespace {

/// So that a prober needs no credentials, and no role can take the answer away.
bool isHealth(const RequestInfo& request) {
  const bool reads = request.verb == "get" || request.verb == "head";
  const auto& path = request.path;
  return reads && (path == "/healthz" || path == "/livez" || path == "/readyz");
}

std::string inQuotes(const std::string& text) { return '"' + text + '"'; }

}  // namespace

Error forbidden(const User& user, const RequestInfo& request) {
  if (!request.isResource)
    return {
        Reason::Forbidden,
        "forbidden: User " + inQuotes(user.name) + " cannot " + request.verb + " path " +
            inQuotes(request.path)};
  const ResourceType type{request.group, request.version, {}, request.plural};
  const auto resource =
      request.subresource.empty() ? request.plural : request.plural + "/" + request.subresource;
  const auto about = request.name.empty() ? "" : " " + inQuotes(request.name);
  const auto& space = request.rightsNamespace();
  const auto where =
      space.empty() ? std::string(" at the cluster scope") : " in the namespace " + inQuotes(space);
  return {
      Reason::Forbidden,
      type.resource() + about + " is forbidden: User " + inQuotes(user.name) + " cannot " +
          request.verb + " resource " + inQuotes(resource) + " in API group " +
          inQuotes(request.group) + where};
}

Authorizer::Decision Authorizer::decide(const User& user, const RequestInfo& request) const {
  if (isHealth(request)) return {true, {}};
  if (user.isIn("system:masters")) return {true, {}};
  const auto policy = cache_.policy();
  const auto* grant = policy->find(user, request);
  return grant == nullptr ? Decision{} : Decision{true, "RBAC: allowed by " + grant->text()};
}

Result<> Authorizer::allow(const User& user, const RequestInfo& request) const {
  if (isHealth(request) || user.isIn("system:masters")) return Ok{};
  if (cache_.policy()->find(user, request) != nullptr) return Ok{};
  if (user.isAnonymous()) return Error{Reason::Unauthorized, "Unauthorized"};
  return forbidden(user, request);
}

}  // namespace berth::api
