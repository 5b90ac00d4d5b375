#include "core/crypto/jwt.hpp"

#include <algorithm>
#include <array>
#include <optional>

#include "core/crypto/encoding.hpp"

namespace berth {
namespace {

constexpr std::size_t kMaxDepth = 16;
constexpr std::size_t kMaxKeyIdBytes = 256;
constexpr double kEndOfCalendar = 253'402'300'799;  // 9999-12-31T23:59:59Z

Error refused(const char* why) { return {Reason::Unauthorized, why}; }

/// An object with each member once.
Result<Json> readObject(std::string_view part) {
  const auto text = fromBase64Url(part);
  if (!text) return refused("token: not base64url");
  auto parsed = parseJson(*text, {.maxBytes = kMaxJwtBytes, .maxDepth = kMaxDepth});
  if (!parsed || !parsed->document.is_object()) return refused("token: not a JSON object");
  if (!parsed->duplicateKeys.empty()) return refused("token: a member is there twice");
  return std::move(parsed->document);
}

bool isSoundType(const Json& header) {
  const auto found = header.find("typ");
  if (found == header.end()) return true;
  if (!found->is_string()) return false;
  auto type = found->get<std::string>();
  std::ranges::transform(type, type.begin(), [](char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
  });
  return type == "jwt" || type == "at+jwt" || type == "application/at+jwt";
}

/// The algorithm, when the header wants nothing beyond it and a key's id.
Result<JwtAlgorithm> checkHeader(const Json& header) {
  constexpr std::array kRefused{"jwk", "jku", "x5u", "x5c", "crit", "b64", "zip", "cty", "enc"};
  for (const auto* member : kRefused)
    if (header.contains(member)) return refused("token: its header wants what is not accepted");
  if (!isSoundType(header)) return refused("token: not of type JWT");
  const auto keyId = header.find("kid");
  if (keyId != header.end() &&
      (!keyId->is_string() || keyId->get_ref<const std::string&>().size() > kMaxKeyIdBytes))
    return refused("token: its key's id is not one");
  const auto name = header.find("alg");
  const auto algorithm = name == header.end() || !name->is_string()
                             ? std::nullopt
                             : parseJwtAlgorithm(name->get_ref<const std::string&>());
  if (!algorithm) return refused("token: its algorithm is not accepted");
  return *algorithm;
}

/// Absent, or a time of the calendar.
Result<std::optional<Time>> timeClaim(const Json& claims, const char* name) {
  const auto found = claims.find(name);
  if (found == claims.end()) return std::optional<Time>();
  const double seconds = found->is_number() ? found->get<double>() : -1;
  if (!(seconds >= 0 && seconds <= kEndOfCalendar)) return refused("token: a time is not one");
  // Nanoseconds of 64 bits end in 2262.
  constexpr double kMost = 9'000'000'000;
  return std::optional(Time(std::chrono::seconds(std::int64_t(std::min(seconds, kMost)))));
}

bool hasAudience(const Json& claims, const std::vector<std::string>& wanted) {
  const auto found = claims.find("aud");
  if (found == claims.end()) return false;
  const auto isWanted = [&](const Json& name) {
    return name.is_string() &&
           std::ranges::find(wanted, name.get_ref<const std::string&>()) != wanted.end();
  };
  return found->is_array() ? std::ranges::any_of(*found, isWanted) : isWanted(*found);
}

}  // namespace

Result<Jwt> Jwt::parse(std::string_view text) {
  if (text.size() > kMaxJwtBytes) return refused("token: too long");
  const auto first = text.find('.');
  const auto second = first == std::string_view::npos ? first : text.find('.', first + 1);
  if (second == std::string_view::npos || text.find('.', second + 1) != std::string_view::npos)
    return refused("token: not three parts");
  BERTH_TRY(const auto header, readObject(text.substr(0, first)));
  Jwt token;
  BERTH_TRY(token.algorithm_, checkHeader(header));
  token.keyId_ = stringAt(header, "kid");
  BERTH_TRY(token.claims_, readObject(text.substr(first + 1, second - first - 1)));
  auto signature = fromBase64Url(text.substr(second + 1));
  if (!signature || signature->empty()) return refused("token: no signature");
  token.signature_ = *std::move(signature);
  token.signedText_ = text.substr(0, second);
  return token;
}

bool Jwt::isSignedBy(const VerificationKey& key) const {
  return key.algorithm() == algorithm_ && key.verifies(signedText_, signature_);
}

Result<Time> checkClaims(const Json& claims, const ClaimRules& rules, Time now) {
  const auto issuer = claims.find("iss");
  if (issuer == claims.end() || *issuer != rules.issuer) return refused("token: another issuer");
  if (!hasAudience(claims, rules.audiences)) return refused("token: for another audience");
  BERTH_TRY(const auto end, timeClaim(claims, "exp"));
  BERTH_TRY(const auto begin, timeClaim(claims, "nbf"));
  BERTH_TRY(const auto issued, timeClaim(claims, "iat"));
  if (!end) return refused("token: without an end");
  if (now >= *end + rules.leeway) return refused("token: expired");
  if (begin && now + rules.leeway < *begin) return refused("token: not good yet");
  if (issued && now + rules.leeway < *issued) return refused("token: issued in the future");
  return *end + rules.leeway;
}

}  // namespace berth
