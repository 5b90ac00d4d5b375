#include "controller/identity/issuer.hpp"

namespace berth::identity {
namespace {

constexpr std::size_t kMostGroups = 256;
constexpr std::size_t kMostNameBytes = 512;

Error refused(const char* why) { return {Reason::Unauthorized, why}; }

/// By its whole name, or by the path to it; nullptr when absent or null.
const Json* claimAt(const Json& claims, const std::string& name) {
  const auto found = claims.find(name);
  const Json* value = found != claims.end() ? &*found : findPath(claims, name);
  return value == nullptr || value->is_null() ? nullptr : value;
}

bool isReserved(const std::string& name) { return name.starts_with("system:"); }

bool isName(const Json& value) {
  return value.is_string() && !value.get_ref<const std::string&>().empty() &&
         value.get_ref<const std::string&>().size() <= kMostNameBytes;
}

bool meets(const Json& claims, const ClaimRequirement& requirement) {
  const Json* value = claimAt(claims, requirement.claim);
  if (value == nullptr) return requirement.mayBeAbsent;
  if (value->is_boolean()) return requirement.value == (value->get<bool>() ? "true" : "false");
  return value->is_string() && *value == requirement.value;
}

bool matches(const Jwt& token, const std::vector<VerificationKey>& keys) {
  for (const auto& key : keys)
    if ((token.keyId().empty() || token.keyId() == key.id()) && token.isSignedBy(key)) return true;
  return false;
}

bool knows(const std::vector<VerificationKey>& keys, const std::string& id) {
  return std::ranges::any_of(keys, [&](const auto& key) { return key.id() == id; });
}

Result<std::vector<std::string>> groupsOf(const Json& claims, const ClaimMapping& mapping) {
  std::vector<std::string> groups;
  const Json* value = mapping.claim.empty() ? nullptr : claimAt(claims, mapping.claim);
  if (value == nullptr) return groups;
  const Json list = value->is_array() ? *value : Json::array({*value});
  for (const auto& item : list) {
    if (!isName(item) || groups.size() == kMostGroups)
      return refused("token: its groups are no list of names");
    auto group = mapping.prefix + item.get<std::string>();
    if (!isReserved(group)) groups.push_back(std::move(group));
  }
  return groups;
}

}  // namespace

Issuer::Issuer(IssuerConfiguration configuration, FetchKeys fetch, const Clock& clock)
    : configuration_(std::move(configuration)), clock_(clock) {
  if (fetch) keys_.emplace(std::move(fetch), clock);
}

Result<User> Issuer::verify(const Context& context, const Jwt& token) {
  // A token that is over need not have anybody fetch keys.
  BERTH_TRY(const auto end, checkClaims(token.claims(), configuration_.rules, clock_.wall()));
  BERTH_CHECK(checkSignature(context, token));
  for (const auto& requirement : configuration_.requirements)
    if (!meets(token.claims(), requirement)) return refused("token: a claim is not as required");
  BERTH_TRY(auto user, userOf(token.claims()));
  user.validUntil = end;
  return user;
}

Result<> Issuer::checkSignature(const Context& context, const Jwt& token) {
  const auto bad = refused("token: its signature is not of the issuer");
  if (token.algorithm() == JwtAlgorithm::HS256) {
    if (configuration_.key && token.isSignedBy(*configuration_.key)) return Ok{};
    return bad;
  }
  if (!keys_) return bad;
  const auto keys = keys_->current();
  if (keys && matches(token, *keys)) return Ok{};
  if (keys && !token.keyId().empty() && knows(*keys, token.keyId())) return bad;
  BERTH_TRY(const auto newer, keys_->newerThan(context, keys));
  if (!newer)
    return Error{Reason::ServiceUnavailable, "the keys of the token's issuer are not known"};
  if (newer != keys && matches(token, *newer)) return Ok{};
  return bad;
}

Result<User> Issuer::userOf(const Json& claims) const {
  const Json* name = claimAt(claims, configuration_.userName.claim);
  if (name == nullptr || !isName(*name)) return refused("token: no user name");
  if (configuration_.userName.claim == "email") {
    const Json* verified = claimAt(claims, "email_verified");
    if (verified != nullptr && *verified != true) return refused("token: the email is unverified");
  }
  User user{.name = configuration_.userName.prefix + name->get<std::string>()};
  if (isReserved(user.name)) return refused("token: the user name is the server's own");
  BERTH_TRY(user.groups, groupsOf(claims, configuration_.groups));
  user.groups.emplace_back("system:authenticated");
  if (!configuration_.uidClaim.empty()) user.uid = stringAt(claims, configuration_.uidClaim);
  for (const auto& [key, claim] : configuration_.extra)
    if (const Json* value = claimAt(claims, claim); value != nullptr && isName(*value))
      user.extra[key] = {value->get<std::string>()};
  return user;
}

}  // namespace berth::identity
