#include "controller/api/access_reviews.hpp"

#include "controller/api/status.hpp"

namespace berth::api {
namespace {

constexpr const char* kGroup = "authorization.k8s.io";
const ResourceType kSelfAccess{
    kGroup, "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", false};
const ResourceType kAccess{kGroup, "v1", "SubjectAccessReview", "subjectaccessreviews", false};
const ResourceType kLocalAccess{
    kGroup, "v1", "LocalSubjectAccessReview", "localsubjectaccessreviews", true};

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

/// Whose right is asked about.
Result<User> readSubject(const ResourceType& type, const Json& document) {
  User user{.name = stringAt(document, "spec.user"), .groups = {}};
  if (const auto* groups = findPath(document, "spec.groups"))
    user.groups = groups->get<std::vector<std::string>>();
  if (user.name.empty() && user.groups.empty())
    return invalid(
        type,
        "",
        {invalidValue("spec.user", user.name, "at least one of user or group must be specified")});
  return user;
}

Json answered(Json document, const Authorizer::Decision& decision) {
  document["status"] = {{"allowed", decision.allowed}};
  if (!decision.reason.empty()) document["status"]["reason"] = decision.reason;
  return document;
}

Review selfAccessReview(const Authorizer& authorizer) {
  return [&authorizer](const Call& call, Json document) -> Result<Json> {
    BERTH_TRY(const auto request, readAttributes(kSelfAccess, document));
    return answered(std::move(document), authorizer.decide(call.user, request));
  };
}

Review accessReview(const Authorizer& authorizer, const ResourceType& type) {
  return [&authorizer, &type](const Call& call, Json document) -> Result<Json> {
    BERTH_TRY(const auto request, readAttributes(type, document));
    const bool elsewhere = type.namespaced && request.namespaceName != call.info.namespaceName;
    if (elsewhere)
      return invalid(
          type,
          "",
          {invalidValue(
              "spec.resourceAttributes.namespace",
              request.namespaceName,
              "must match metadata.namespace")});
    BERTH_TRY(const auto user, readSubject(type, document));
    return answered(std::move(document), authorizer.decide(user, request));
  };
}

Review rulesReview(const Authorizer& authorizer) {
  return [&authorizer](const Call& call, Json document) -> Result<Json> {
    const auto space = stringAt(document, "spec.namespace");
    if (space.empty()) return badRequest("no namespace on request");
    Json resourceRules = Json::array();
    Json pathRules = Json::array();
    for (const auto& rule : authorizer.policy()->rulesOf(call.user, space))
      (rule.nonResourceUrls.empty() ? resourceRules : pathRules).push_back(ruleDocument(rule));
    document["status"] = {
        {"incomplete", false},
        {"resourceRules", std::move(resourceRules)},
        {"nonResourceRules", std::move(pathRules)}};
    return document;
  };
}

}  // namespace

Json userInfo(const User& user) {
  Json info = {{"username", user.name}, {"groups", user.groups}};
  if (!user.uid.empty()) info["uid"] = user.uid;
  if (!user.extra.empty()) info["extra"] = user.extra;
  return info;
}

Reviews accessReviews(const Authorizer& authorizer) {
  return {
      {"selfsubjectreviews.authentication.k8s.io", reviewSelf},
      {kSelfAccess.resource(), selfAccessReview(authorizer)},
      {kAccess.resource(), accessReview(authorizer, kAccess)},
      {kLocalAccess.resource(), accessReview(authorizer, kLocalAccess)},
      {"selfsubjectrulesreviews.authorization.k8s.io", rulesReview(authorizer)}};
}

}  // namespace berth::api
