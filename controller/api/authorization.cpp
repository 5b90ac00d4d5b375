#include "controller/api/authorization.hpp"

#include <algorithm>

namespace berth::api {
namespace {

bool isPublic(const RequestInfo& request) {
  const bool reads = request.verb == "get" || request.verb == "head";
  for (const auto* path : {"/version", "/healthz", "/livez", "/readyz"})
    if (reads && request.path == path) return true;
  return false;
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
  const auto where = request.namespaceName.empty()
                         ? std::string(" at the cluster scope")
                         : " in the namespace " + inQuotes(request.namespaceName);
  return {
      Reason::Forbidden,
      type.resource() + about + " is forbidden: User " + inQuotes(user.name) + " cannot " +
          request.verb + " resource " + inQuotes(resource) + " in API group " +
          inQuotes(request.group) + where};
}

Result<> MastersOnly::allow(const User& user, const RequestInfo& request) const {
  if (isPublic(request) || user.isIn("system:masters")) return Ok{};
  if (user.isAnonymous()) return Error{Reason::Unauthorized, "Unauthorized"};
  return forbidden(user, request);
}

}  // namespace berth::api
