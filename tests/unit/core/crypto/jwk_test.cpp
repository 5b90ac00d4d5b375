#include "core/crypto/jwk.hpp"

#include <gmock/gmock.h>

#include "tests/support/tokens/jwt_signer.hpp"

namespace berth {
namespace {

using testing::HasSubstr;
using testing::SizeIs;

Json ecKey() {
  static const Json kKey = JwtSigner(JwtAlgorithm::ES256, "key-1").jwk();
  return kKey;
}

Json rsaKey() {
  static const Json kKey = JwtSigner(JwtAlgorithm::RS256, "key-1").jwk();
  return kKey;
}

Result<std::vector<VerificationKey>> readOne(Json key, const Json& change) {
  key.merge_patch(change);
  return parseJwkSet(Json({{"keys", {std::move(key)}}}).dump());
}

TEST(JwkSetTest, KeepsOfEachKeyItsIdAndTheAlgorithmOfItsKind) {
  const auto keys = parseJwkSet(jwkSet(
      {JwtSigner(JwtAlgorithm::RS256, "r"),
       JwtSigner(JwtAlgorithm::PS256, "p"),
       JwtSigner(JwtAlgorithm::ES256, "e"),
       JwtSigner(JwtAlgorithm::ES384, "f"),
       JwtSigner(JwtAlgorithm::EdDSA, "d")}));

  ASSERT_TRUE(keys.has_value());
  std::string ids;
  for (const auto& key : *keys) ids += key.id();
  EXPECT_EQ(ids, "rpefd");
  EXPECT_EQ(keys->at(1).algorithm(), JwtAlgorithm::PS256);
  EXPECT_EQ(keys->at(3).algorithm(), JwtAlgorithm::ES384);
}

TEST(JwkSetTest, TakesTheAlgorithmOfTheKindWhenNoneIsDeclared) {
  EXPECT_EQ(readOne(rsaKey(), {{"alg", nullptr}})->at(0).algorithm(), JwtAlgorithm::RS256);
  EXPECT_EQ(readOne(ecKey(), {{"alg", nullptr}})->at(0).algorithm(), JwtAlgorithm::ES256);
}

TEST(JwkSetTest, PassesOverWhatItCannotUse) {
  const auto keys =
      parseJwkSet(Json({{"keys", {{{"kty", "new"}}, "text", nullptr, ecKey()}}}).dump());

  ASSERT_TRUE(keys.has_value());
  EXPECT_THAT(*keys, SizeIs(1));
}

TEST(JwkSetTest, KeepsABoundedNumberOfKeys) {
  Json set = {{"keys", Json::array()}};
  for (std::size_t i = 0; i < 2 * kMaxJwkSetKeys; ++i) set["keys"].push_back(ecKey());

  EXPECT_THAT(*parseJwkSet(set.dump()), SizeIs(kMaxJwkSetKeys));
}

struct BadKey {
  const char* name;
  bool rsa;
  const char* change;
};

class BadJwkTest : public testing::TestWithParam<BadKey> {};

TEST_P(BadJwkTest, IsNotUsed) {
  const auto keys = readOne(GetParam().rsa ? rsaKey() : ecKey(), Json::parse(GetParam().change));

  ASSERT_FALSE(keys.has_value());
  EXPECT_EQ(keys.error().reason, Reason::Invalid);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    BadJwkTest,
    testing::Values(
        BadKey{"ForEncryption", false, R"({"use": "enc"})"},
        BadKey{"UseIsNoText", false, R"({"use": 7})"},
        BadKey{"SignsOnly", false, R"({"key_ops": ["sign"]})"},
        BadKey{"OperationsAreNoList", false, R"({"key_ops": "verify"})"},
        BadKey{"AlgorithmOfAnotherKind", false, R"({"alg": "RS256"})"},
        BadKey{"AlgorithmOfAnotherCurve", false, R"({"alg": "ES384"})"},
        BadKey{"AlgorithmNone", false, R"({"alg": "none"})"},
        BadKey{"AlgorithmIsNoText", false, R"({"alg": 256})"},
        BadKey{"SharedSecretWithAPublicKey", true, R"({"alg": "HS256"})"},
        BadKey{
            "SharedSecret",
            false,
            R"({"kty": "oct", "alg": "HS256", "k": "c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0c2VjcmV0"})"},
        BadKey{"UnknownCurve", false, R"({"crv": "secp256k1"})"},
        BadKey{
            "PointOffTheCurve", false, R"({"y": "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"})"},
        BadKey{"ShortCoordinate", false, R"({"x": "AAAA"})"},
        BadKey{"NoCoordinate", false, R"({"x": null})"},
        BadKey{"CoordinateIsNoText", false, R"({"x": [1]})"},
        BadKey{"ModulusOfZero", true, R"({"n": "AA"})"},
        BadKey{"NoModulus", true, R"({"n": null})"},
        BadKey{"ExponentOne", true, R"({"e": "AQ"})"},
        BadKey{"ExponentZero", true, R"({"e": "AA"})"},
        BadKey{"EvenExponent", true, R"({"e": "Ag"})"},
        BadKey{"HugeExponent", true, R"({"e": "AQABAQABAQABAQAB"})"},
        BadKey{"PaddedBase64", true, R"({"e": "AQAB=="})"}),
    [](const auto& row) { return row.param.name; });

TEST(JwkSetTest, RefusesAnRsaKeyBelow2048Bits) {
  EXPECT_FALSE(parseJwkSet(jwkSet({JwtSigner(JwtAlgorithm::RS256, "weak", 1024)})).has_value());
}

TEST(JwkSetTest, RefusesWhatIsNoSet) {
  for (const char* text : {"", "[]", "null", "{}", R"({"keys": {}})", R"({"keys": []})", "{"})
    EXPECT_FALSE(parseJwkSet(text).has_value()) << text;
  EXPECT_FALSE(parseJwkSet(std::string(kMaxJwkSetBytes + 1, ' ')).has_value());
}

TEST(VerificationKeyTest, OfASecretNeeds32Bytes) {
  EXPECT_FALSE(VerificationKey::fromSecret(Secret(std::string(31, 's'))).has_value());
  EXPECT_TRUE(VerificationKey::fromSecret(Secret(std::string(32, 's'))).has_value());
}

}  // namespace
}  // namespace berth
