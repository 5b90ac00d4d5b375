/// @file
/// Jwt: a signed token (RFC 7519 in the compact form of RFC 7515), read strictly.
///
///     BERTH_TRY(const auto token, Jwt::parse(text));
///     if (!token.isSignedBy(key)) ...                  // before a claim is believed
///     BERTH_TRY(const auto end, checkClaims(token.claims(), rules, now));
///
/// Nothing in a token chooses how it is checked: a header that names or carries a key
/// (jwk, jku, x5u, x5c), an extension (crit, b64, zip) or another form (cty, enc) is
/// refused.  An Error's message says what is wrong and has nothing of the token in it.
/// Pure; thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/crypto/jwk.hpp"
#include "core/json/json.hpp"

namespace berth {

constexpr std::size_t kMaxJwtBytes = std::size_t{8} * 1024;

class Jwt {
 public:
  /// Unauthorized when it is malformed or wants what is not accepted.
  static Result<Jwt> parse(std::string_view text);

  [[nodiscard]] JwtAlgorithm algorithm() const { return algorithm_; }
  /// Empty when the header has none.
  [[nodiscard]] const std::string& keyId() const { return keyId_; }
  /// An object.  Anybody's word until isSignedBy().
  [[nodiscard]] const Json& claims() const { return claims_; }
  /// Whether the key is for the token's algorithm and has made its signature.
  [[nodiscard]] bool isSignedBy(const VerificationKey& key) const;

 private:
  JwtAlgorithm algorithm_ = JwtAlgorithm::HS256;
  std::string keyId_;
  Json claims_;
  std::string signedText_;
  std::string signature_;
};

struct ClaimRules {
  std::string issuer;
  std::vector<std::string> audiences;  // one of them at least
  Duration leeway = std::chrono::seconds(30);
};

/// Until when the token is good.  Unauthorized when `iss` is another, `aud` has none of
/// the audiences, `exp` is missing or over, `nbf` or `iat` lie ahead.
Result<Time> checkClaims(const Json& claims, const ClaimRules& rules, Time now);

}  // namespace berth
