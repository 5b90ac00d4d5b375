#include "controller/api/impersonation.hpp"

#include <algorithm>
#include <cctype>

#include "controller/api/status.hpp"

namespace berth::api {
namespace {

constexpr std::string_view kPrefix = "impersonate-";
constexpr std::string_view kExtraPrefix = "impersonate-extra-";
constexpr std::string_view kAccountPrefix = "system:serviceaccount:";
constexpr const char* kAuthenticated = "system:authenticated";
constexpr const char* kUnauthenticated = "system:unauthenticated";

std::string lower(std::string_view text) {
  std::string lowered(text);
  std::ranges::transform(
      lowered, lowered.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return lowered;
}

bool isPrefixed(std::string_view name) {
  return name.size() > kPrefix.size() && lower(name.substr(0, kPrefix.size())) == kPrefix;
}

struct Wanted {
  User user{.name = {}, .groups = {}};
  bool any = false;
};

Result<Wanted> readHeaders(const http::Headers& headers) {
  Wanted wanted;
  for (const auto& [given, value] : headers.all()) {
    if (!isPrefixed(given)) continue;
    wanted.any = true;
    const auto name = lower(given);
    if (name == "impersonate-user") {
      wanted.user.name = value;
    } else if (name == "impersonate-group") {
      wanted.user.groups.push_back(value);
    } else if (name == "impersonate-uid") {
      wanted.user.uid = value;
    } else if (name.starts_with(kExtraPrefix)) {
      // The key is percent-encoded, since header names cannot hold everything.
      BERTH_TRY(const auto key, http::parseTarget("/?" + name.substr(kExtraPrefix.size()) + "="));
      if (key.query.size() != 1) return badRequest("not a key: " + given);
      wanted.user.extra[key.query.begin()->first].push_back(value);
    }
  }
  if (wanted.any && wanted.user.name.empty())
    return badRequest("requested to impersonate groups, uid or extra without impersonating a user");
  return wanted;
}

/// Namespace and name of "system:serviceaccount:NS:NAME"; nothing for another user.
std::optional<ObjectKey> accountOf(const std::string& user) {
  if (!user.starts_with(kAccountPrefix)) return std::nullopt;
  const auto rest = user.substr(kAccountPrefix.size());
  const auto colon = rest.find(':');
  const bool sound = colon != std::string::npos && colon > 0 && colon + 1 < rest.size() &&
                     rest.find(':', colon + 1) == std::string::npos;
  return sound ? std::optional(ObjectKey{rest.substr(0, colon), rest.substr(colon + 1)})
               : std::nullopt;
}

RequestInfo asking(const char* group, const char* plural, const std::string& name) {
  return {
      .verb = "impersonate",
      .isResource = true,
      .group = group,
      .version = "v1",
      .plural = plural,
      .name = name};
}

Result<> checkAllowed(const Authorizer& authorizer, const User& caller, const User& wanted) {
  constexpr const char* kGroup = "authentication.k8s.io";
  auto whom = asking("", "users", wanted.name);
  if (const auto account = accountOf(wanted.name)) {
    whom = asking("", "serviceaccounts", account->name);
    whom.namespaceName = account->namespaceName;
  }
  BERTH_CHECK(authorizer.allow(caller, whom));
  for (const auto& group : wanted.groups)
    BERTH_CHECK(authorizer.allow(caller, asking("", "groups", group)));
  if (!wanted.uid.empty())
    BERTH_CHECK(authorizer.allow(caller, asking(kGroup, "uids", wanted.uid)));
  for (const auto& [key, values] : wanted.extra) {
    for (const auto& value : values) {
      auto extra = asking(kGroup, "userextras", value);
      extra.subresource = key;
      BERTH_CHECK(authorizer.allow(caller, extra));
    }
  }
  return Ok{};
}

/// The groups that nobody needs to be told.
void complete(User& user) {
  if (const auto account = accountOf(user.name); account && user.groups.empty())
    user.groups = {"system:serviceaccounts", "system:serviceaccounts:" + account->namespaceName};
  const auto* own = user.isAnonymous() ? kUnauthenticated : kAuthenticated;
  if (!user.isIn(own)) user.groups.emplace_back(own);
}

}  // namespace

Result<std::optional<User>> impersonated(
    const Authorizer& authorizer, const User& caller, const http::Headers& headers) {
  BERTH_TRY(auto wanted, readHeaders(headers));
  if (!wanted.any) return std::optional<User>();
  BERTH_CHECK(checkAllowed(authorizer, caller, wanted.user));
  complete(wanted.user);
  return std::optional(std::move(wanted.user));
}

}  // namespace berth::api
