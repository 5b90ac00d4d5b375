#include "controller/api/token_review.hpp"

#include "controller/api/access_reviews.hpp"
#include "controller/api/status.hpp"
#include "controller/api/token_request.hpp"

namespace berth::api {
namespace {

/// Of the audiences that were asked for, those that mean this server.
Json ownOf(const Json& audiences) {
  Json own = Json::array();
  for (const auto& audience : audiences)
    if (audience.is_string() && isOwnAudience(audience.get_ref<const std::string&>()))
      own.push_back(audience);
  return own;
}

}  // namespace

Review tokenReview(const Authenticator& authenticator) {
  return [&authenticator](const Call& call, Json document) -> Result<Json> {
    auto& spec = document["spec"];
    const auto token = stringAt(spec, "token");
    spec.erase("token");
    if (token.empty())
      return invalid(
          "TokenReview.authentication.k8s.io",
          "",
          {requiredValue("spec.token", "the token to look at")});
    const auto asked = spec.value("audiences", Json::array());
    auto status = Json{{"authenticated", false}};
    const auto own = asked.empty() ? Json::array({kOwnAudience}) : ownOf(asked);
    const auto user = authenticator.authenticateToken(call.context, token);
    if (user && !own.empty())
      status = {{"authenticated", true}, {"user", userInfo(*user)}, {"audiences", own}};
    else if (!user && user.error().reason != Reason::Unauthorized)
      status["error"] = user.error().message;
    document["status"] = std::move(status);
    return document;
  };
}

}  // namespace berth::api
