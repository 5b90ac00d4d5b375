#include "controller/api/access_reviews.hpp"

#include "controller/api/status.hpp"

namespace berth::api {
namespace {

Json userInfo(const User& user) {
  Json info = {{"username", user.name}, {"groups", user.groups}};
  if (!user.uid.empty()) info["uid"] = user.uid;
  if (!user.extra.empty()) info["extra"] = user.extra;
  return info;
}

Result<Json> reviewSelf(const Call& call, Json document) {
  document["status"] = {{"userInfo", userInfo(call.user)}};
  return document;
}

/// What is asked about, as the request that it would be.
Result<RequestInfo> readAttributes(const ResourceType& type, const Json& document) {
  const auto* resource = findPath(document, "spec.resourceAttributes");
  const auto* path = findPath(document, "spec.nonResourceAttributes");
  if ((resource == nullptr) == (path == nullptr))
    return invalid(
        type,
        "",
        {invalidValue(
            "spec.resourceAttributes",
            resource == nullptr ? Json() : *resource,
            "exactly one of nonResourceAttributes or resourceAttributes must be specified")});
  if (path != nullptr)
    return RequestInfo{.verb = stringAt(*path, "verb"), .path = stringAt(*path, "path")};
  return RequestInfo{
      .verb = stringAt(*resource, "verb"),
      .isResource = true,
      .group = stringAt(*resource, "group"),
      .version = stringAt(*resource, "version"),
      .namespaceName = stringAt(*resource, "namespace"),
      .plural = stringAt(*resource, "resource"),
      .name = stringAt(*resource, "name"),
      .subresource = stringAt(*resource, "subresource")};
}

}  // namespace

Reviews accessReviews(const Authorizer& authorizer) {
  const ResourceType selfType{
      "authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false};
  return {
      {"selfsubjectreviews.authentication.k8s.io", reviewSelf},
      {selfType.resource(),
       [&authorizer, selfType](const Call& call, Json document) -> Result<Json> {
         BERTH_TRY(const auto info, readAttributes(selfType, document));
         document["status"] = {{"allowed", authorizer.allow(call.user, info).has_value()}};
         return document;
       }}};
}

}  // namespace berth::api
