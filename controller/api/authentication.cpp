#include "controller/api/authentication.hpp"

#include <algorithm>

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

bool User::isIn(std::string_view group) const {
  return std::ranges::find(groups, group) != groups.end();
}

Authenticator::Authenticator(const std::vector<StaticToken>& tokens) {
  for (const auto& token : tokens) {
    auto groups = token.groups;
    groups.emplace_back("system:authenticated");
    entries_.push_back(
        {sha256(token.token.reveal()), {.name = token.user, .groups = std::move(groups)}});
  }
}

Result<User> Authenticator::authenticate(const http::Request& request) const {
  const auto header = request.headers.get("Authorization");
  if (!header.empty()) {
    if (!hasScheme(header)) return unauthorized();
    const auto digest = sha256(header.substr(kBearer.size()));
    const User* found = nullptr;
    for (const auto& entry : entries_)
      if (equalConstantTime(entry.digest, digest)) found = &entry.user;
    if (found == nullptr) return unauthorized();
    return *found;
  }
  if (request.peerCommonName.empty()) return User{};
  auto groups = request.peerOrganizations;
  groups.emplace_back("system:authenticated");
  return User{.name = request.peerCommonName, .groups = std::move(groups)};
}

}  // namespace berth::api
