#include "controller/api/authentication.hpp"

#include <algorithm>

#include "controller/identity/issuers.hpp"
#include "core/crypto/digest.hpp"

namespace berth::api {
namespace {

constexpr std::string_view kBearer = "Bearer ";

Error unauthorized() { return {Reason::Unauthorized, "Unauthorized"}; }

bool hasScheme(std::string_view header) {
  return header.size() > kBearer.size() &&
         std::ranges::equal(header.substr(0, kBearer.size()), kBearer, [](char a, char b) {
           return std::tolower(static_cast<unsigned char>(a)) ==
                  std::tolower(static_cast<unsigned char>(b));
         });
}

}  // namespace

Authenticator::Authenticator(const std::vector<StaticToken>& tokens, Dependencies dependencies)
    : deps_(dependencies) {
  for (const auto& token : tokens) {
    auto groups = token.groups;
    groups.emplace_back("system:authenticated");
    entries_.push_back(
        {sha256(token.token.reveal()), {.name = token.user, .groups = std::move(groups)}});
  }
}

Result<User> Authenticator::authenticateToken(
    const Context& context, std::string_view token) const {
  if (deps_.accessTokens != nullptr && AccessTokens::isOne(token))
    return deps_.accessTokens->authenticate(token);
  const auto digest = sha256(token);
  const User* found = nullptr;
  for (const auto& entry : entries_)
    if (equalConstantTime(entry.digest, digest)) found = &entry.user;
  if (found != nullptr) return *found;
  if (deps_.issuers == nullptr) return unauthorized();
  auto user = deps_.issuers->authenticate(context, token);
  // Why it was refused is for the log of the server, not for whoever sent it.
  if (!user && user.error().reason == Reason::Unauthorized) return unauthorized();
  return user;
}

Result<User> Authenticator::authenticate(
    const Context& context, const http::Request& request) const {
  const auto header = request.headers.get("Authorization");
  if (!header.empty()) {
    if (!hasScheme(header)) return unauthorized();
    return authenticateToken(context, header.substr(kBearer.size()));
  }
  if (request.peerCommonName.empty()) return User{};
  const Time end = request.peerValidUntil;
  if (deps_.clock.wall() >= end) return unauthorized();
  auto groups = request.peerOrganizations;
  groups.emplace_back("system:authenticated");
  return User{.name = request.peerCommonName, .groups = std::move(groups), .validUntil = end};
}

bool Authenticator::isGood(const User& user) const {
  return deps_.clock.wall() < user.validUntil &&
         (user.accessToken.empty() || deps_.accessTokens->isGood(user.accessToken));
}

}  // namespace berth::api
