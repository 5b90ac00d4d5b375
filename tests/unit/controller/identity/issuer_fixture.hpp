/// @file
/// IssuerFixture: an issuer with a key of each kind, and tokens of it.
#pragma once

#include <gmock/gmock.h>

#include "controller/identity/issuer.hpp"
#include "tests/support/tokens/jwt_signer.hpp"

namespace berth::identity {

class IssuerFixture : public testing::Test {
 protected:
  static constexpr const char* kUrl = "https://issuer.example";
  static constexpr std::int64_t kNow = 1'700'000'000;  // where a FakeClock begins

  static const JwtSigner& rsa() {
    static const JwtSigner kSigner(JwtAlgorithm::RS256, "rsa");
    return kSigner;
  }
  static const JwtSigner& ec() {
    static const JwtSigner kSigner(JwtAlgorithm::ES256, "ec");
    return kSigner;
  }
  static const JwtSigner& secret() {
    static const JwtSigner kSigner(std::string("a secret that both sides have had"));
    return kSigner;
  }

  static IssuerConfiguration configuration() {
    IssuerConfiguration made;
    made.rules = {.issuer = kUrl, .audiences = {"berth"}};
    made.userName = {"sub", "test:"};
    made.groups = {"groups", "test:"};
    return made;
  }

  static Json claims() {
    return {
        {"iss", kUrl},
        {"aud", "berth"},
        {"sub", "alice"},
        {"groups", {"staff"}},
        {"exp", kNow + 300}};
  }
  static Json claimsWith(const Json& change) {
    auto changed = claims();
    changed.merge_patch(change);
    return changed;
  }

  /// An issuer with the public keys of rsa() and ec().
  Result<User> verify(const std::string& text) { return verifyWith(configuration(), text); }

  Result<User> verifyWith(IssuerConfiguration chosen, const std::string& text) {
    const auto fetch = [](const Context&) -> Result<FetchedKeys> {
      return FetchedKeys{parseJwkSet(jwkSet({rsa(), ec()})).value(), std::nullopt};
    };
    Issuer issuer(std::move(chosen), fetch, clock_);
    BERTH_TRY(const auto token, Jwt::parse(text));
    return issuer.verify({}, token);
  }

  FakeClock clock_;
};

}  // namespace berth::identity
