#include "core/crypto/jwt.hpp"

#include <gmock/gmock.h>

#include "core/crypto/encoding.hpp"
#include "tests/support/tokens/jwt_signer.hpp"

namespace berth {
namespace {

using std::chrono::seconds;
using testing::HasSubstr;

constexpr std::int64_t kNow = 1'800'000'000;
const Time kTime(seconds{kNow});
const ClaimRules kRules{.issuer = "https://issuer.example", .audiences = {"berth", "other"}};

Json claims() {
  return {{"iss", kRules.issuer}, {"aud", "berth"}, {"sub", "alice"}, {"exp", kNow + 60}};
}

class JwtAlgorithmTest : public testing::TestWithParam<JwtAlgorithm> {
 protected:
  static JwtSigner signer() {
    return GetParam() == JwtAlgorithm::HS256 ? JwtSigner(std::string(32, 's'))
                                             : JwtSigner(GetParam(), "key-1");
  }
  static VerificationKey keyOf(const JwtSigner& signer) {
    if (GetParam() == JwtAlgorithm::HS256)
      return VerificationKey::fromSecret(Secret(std::string(32, 's'))).value();
    return parseJwkSet(jwkSet({signer})).value().at(0);
  }
};

TEST_P(JwtAlgorithmTest, VerifiesWhatItsKeyHasSigned) {
  const auto signer = this->signer();

  const auto token = Jwt::parse(signer.sign(claims()));

  ASSERT_TRUE(token.has_value()) << token.error().message;
  EXPECT_TRUE(token->isSignedBy(keyOf(signer)));
  EXPECT_EQ(token->algorithm(), GetParam());
  EXPECT_EQ(token->claims(), claims());
}

TEST_P(JwtAlgorithmTest, RefusesEverythingThatDiffersInOneBit) {
  const auto signer = this->signer();
  const auto key = keyOf(signer);
  const auto text = signer.sign(claims());

  for (std::size_t bit = 0; bit < text.size() * 8; ++bit) {
    auto changed = text;
    changed[bit / 8] = static_cast<char>(changed[bit / 8] ^ (1 << (bit % 8)));
    const auto token = Jwt::parse(changed);
    ASSERT_FALSE(token && token->isSignedBy(key)) << "bit " << bit << " of " << text;
  }
}

TEST_P(JwtAlgorithmTest, RefusesASignatureOfAnotherKey) {
  const auto key = keyOf(signer());
  const auto other = GetParam() == JwtAlgorithm::HS256 ? JwtSigner(std::string(32, 't'))
                                                       : JwtSigner(GetParam(), "key-1");

  EXPECT_FALSE(Jwt::parse(other.sign(claims()))->isSignedBy(key));
}

TEST_P(JwtAlgorithmTest, RefusesASignatureOfAnotherLength) {
  const auto signer = this->signer();
  const auto key = keyOf(signer);
  const auto text = signer.sign(claims());
  const auto dot = text.rfind('.') + 1;
  const auto signature = fromBase64Url(text.substr(dot)).value();

  for (const auto& other :
       {signature + '\0',
        '\0' + signature,
        signature.substr(1),
        signature.substr(0, signature.size() - 1),
        signature + signature,
        std::string(signature.size(), '\0'),
        std::string(signature.size(), '\xff')}) {
    const auto token = Jwt::parse(text.substr(0, dot) + toBase64Url(other));
    EXPECT_FALSE(token && token->isSignedBy(key)) << other.size();
  }
}

INSTANTIATE_TEST_SUITE_P(
    All,
    JwtAlgorithmTest,
    testing::Values(
        JwtAlgorithm::HS256,
        JwtAlgorithm::RS256,
        JwtAlgorithm::PS256,
        JwtAlgorithm::ES256,
        JwtAlgorithm::ES384,
        JwtAlgorithm::EdDSA));

TEST(JwtTest, IsReadAsRfc7515SignsIt) {
  // RFC 7515, appendix A.3.
  const auto keys = parseJwkSet(
      R"({"keys": [{"kty": "EC", "crv": "P-256",
          "x": "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU",
          "y": "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}]})");
  const auto token = Jwt::parse(
      "eyJhbGciOiJFUzI1NiJ9"
      ".eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0"
      "cnVlfQ"
      ".DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q");

  ASSERT_TRUE(token.has_value());
  EXPECT_TRUE(token->isSignedBy(keys->at(0)));
  EXPECT_EQ(token->claims()["iss"], "joe");
}

TEST(JwtTest, IsNotSignedByAKeyOfAnotherAlgorithm) {
  const JwtSigner signer(JwtAlgorithm::RS256, "key-1");
  const auto pss = JwtSigner(JwtAlgorithm::PS256, "key-1");
  const auto key = parseJwkSet(jwkSet({signer})).value().at(0);

  EXPECT_FALSE(Jwt::parse(pss.sign(claims()))->isSignedBy(key));
  EXPECT_FALSE(Jwt::parse(signer.sign(claims(), {{"alg", "PS256"}}))->isSignedBy(key));
}

TEST(JwtTest, ErrorsHaveNothingOfTheToken) {
  const JwtSigner signer(std::string(32, 's'));
  for (const auto& header :
       {Json{{"alg", "canary"}}, Json{{"crit", {"canary"}}}, Json{{"typ", "canary"}}}) {
    const auto token = Jwt::parse(signer.sign({{"canary", 1}}, header));
    ASSERT_FALSE(token.has_value());
    EXPECT_EQ(token.error().reason, Reason::Unauthorized);
    EXPECT_THAT(token.error().message, testing::Not(HasSubstr("canary")));
  }
}

TEST(ClaimsTest, OfATokenThatIsGoodTellItsEnd) {
  const auto end = checkClaims(claims(), kRules, kTime);

  ASSERT_TRUE(end.has_value());
  EXPECT_EQ(*end, kTime + seconds{90});
}

struct ClaimCase {
  const char* name;
  const char* change;
  bool good;
};

class ClaimsTableTest : public testing::TestWithParam<ClaimCase> {};

TEST_P(ClaimsTableTest, Decide) {
  auto document = claims();
  document.merge_patch(Json::parse(GetParam().change));

  const auto end = checkClaims(document, kRules, kTime);

  EXPECT_EQ(end.has_value(), GetParam().good);
  EXPECT_EQ(!end && end.error().reason == Reason::Unauthorized, !GetParam().good);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    ClaimsTableTest,
    testing::Values(
        ClaimCase{"NoIssuer", R"({"iss": null})", false},
        ClaimCase{"AnotherIssuer", R"({"iss": "https://issuer.example/"})", false},
        ClaimCase{"IssuerInAList", R"({"iss": ["https://issuer.example"]})", false},
        ClaimCase{"NoAudience", R"({"aud": null})", false},
        ClaimCase{"AnotherAudience", R"({"aud": "berths"})", false},
        ClaimCase{"NoneOfTheAudiences", R"({"aud": ["a", 7, {}]})", false},
        ClaimCase{"OneOfTheAudiences", R"({"aud": ["a", "other"]})", true},
        ClaimCase{"AudienceIsAnObject", R"({"aud": {"berth": 1}})", false},
        ClaimCase{"NoEnd", R"({"exp": null})", false},
        ClaimCase{"EndIsText", R"({"exp": "1900000000"})", false},
        ClaimCase{"EndIsNegative", R"({"exp": -1})", false},
        ClaimCase{"EndIsTooFar", R"({"exp": 1e300})", false},
        ClaimCase{"EndIsAfterWhatATimeHolds", R"({"exp": 99999999999})", true},
        ClaimCase{"EndIsAFraction", R"({"exp": 1800000060.5})", true},
        ClaimCase{"OverWithinTheLeeway", R"({"exp": 1799999971})", true},
        ClaimCase{"OverAtTheLeeway", R"({"exp": 1799999970})", false},
        ClaimCase{"BeginsWithinTheLeeway", R"({"nbf": 1800000030})", true},
        ClaimCase{"BeginsAfterTheLeeway", R"({"nbf": 1800000031})", false},
        ClaimCase{"BeginIsText", R"({"nbf": "1700000000"})", false},
        ClaimCase{"BeginIsTooFar", R"({"nbf": 1e300})", false},
        ClaimCase{"IssuedWithinTheLeeway", R"({"iat": 1800000030})", true},
        ClaimCase{"IssuedAfterTheLeeway", R"({"iat": 1800000031})", false},
        ClaimCase{"IssuedIsABoolean", R"({"iat": true})", false}),
    [](const auto& row) { return row.param.name; });

}  // namespace
}  // namespace berth
