// Tokens that must not come in, each by its name.
#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "tests/unit/controller/identity/issuer_fixture.hpp"

namespace berth::identity {
namespace {

class HostileTokenTest : public IssuerFixture {
 protected:
  static std::string header(const Json& change) { return rsa().sign(claims(), change); }
  static std::string claim(const Json& change) { return rsa().sign(claimsWith(change)); }
  static std::string good() { return rsa().sign(claims()); }

  /// What the part is changed to; the signature is right for what is there then.
  static std::string rawHeader(const std::string& text) {
    return rsa().signParts(text, claims().dump());
  }
  static std::string rawClaims(const std::string& text) {
    return rsa().signParts(R"({"alg":"RS256","kid":"rsa"})", text);
  }
  /// Signed as an HMAC under `key`, with whatever the header says.
  static std::string mac(const std::string& key, const Json& change = Json::object()) {
    Json names = {{"kid", "rsa"}};
    names.merge_patch(change);
    return JwtSigner(key).sign(claims(), names);
  }
  static std::string part(const std::string& token, int index) {
    std::size_t start = 0;
    for (; index > 0; --index) start = token.find('.', start) + 1;
    return token.substr(start, token.find('.', start) - start);
  }
  static std::string withSignature(const std::string& token, const std::string& signature) {
    return token.substr(0, token.rfind('.') + 1) + toBase64Url(signature);
  }

  std::map<std::string, std::string> tokens_;
};

std::string deep(int levels) { return std::string(std::size_t(levels), '['); }

TEST_F(HostileTokenTest, FixturesOwnTokenIsGood) {
  EXPECT_TRUE(verify(good()).has_value());
  EXPECT_TRUE(verify(ec().sign(claims())).has_value());
}

TEST_F(HostileTokenTest, FormsAreRefused) {
  const auto token = good();
  const auto h = part(token, 0);
  const auto c = part(token, 1);
  const auto s = part(token, 2);
  tokens_ = {
      {"empty", ""},
      {"dots only", ".."},
      {"one part", h},
      {"two parts", h + "." + c},
      {"no signature", h + "." + c + "."},
      {"no claims", h + ".." + s},
      {"no header", "." + c + "." + s},
      {"four parts", token + "."},
      {"five parts, as encrypted tokens have", h + "." + c + "." + s + ".AAAA.AAAA"},
      {"padding", h + "=." + c + "." + s},
      {"padded signature", token + "=="},
      {"blank before", " " + token},
      {"line end after", token + "\n"},
      {"line end within", h + ".\n" + c + "." + s},
      {"NUL after", token + std::string(1, '\0')},
      {"plain base64", h + "." + c + "." + toBase64(*fromBase64Url(s))},
      {"bits left over in the last letter", token.substr(0, token.size() - 1) + "B"},
      {"JSON serialization",
       R"({"protected":")" + h + R"(","payload":")" + c + R"(","signature":")" + s + R"("})"},
      {"longer than 8 KiB", claim({{"pad", std::string(8000, 'x')}})},
      {"a signature of another token",
       h + "." + c + "." + part(rsa().sign(claimsWith({{"sub", "bob"}})), 2)},
      {"claims exchanged", h + "." + part(claim({{"sub", "bob"}}), 1) + "." + s},
      {"header exchanged", part(header({{"typ", nullptr}}), 0) + "." + c + "." + s},
      {"not JSON in the header", rawHeader("RS256")},
      {"a list as header", rawHeader(R"([{"alg":"RS256"}])")},
      {"a list as claims", rawClaims("[1]")},
      {"null as claims", rawClaims("null")},
      {"text behind the claims", rawClaims(claims().dump() + "x")},
      {"claims nested deeply", rawClaims(R"({"a":)" + deep(64) + "}")},
      {"claims not UTF-8", rawClaims("{\"iss\":\"\xff\xfe\"}")},
      {"iss twice", rawClaims(R"({"iss":"evil",)" + claims().dump().substr(1))},
      {"a nested member twice", rawClaims(R"({"a":{"b":1,"b":2},)" + claims().dump().substr(1))},
      {"alg twice", rawHeader(R"({"alg":"none","alg":"RS256","kid":"rsa"})")},
      {"alg twice by escape", rawHeader(R"({"\u0061lg":"none","alg":"RS256","kid":"rsa"})")},
  };

  for (const auto& [name, text] : tokens_) EXPECT_FALSE(verify(text).has_value()) << name;
}

TEST_F(HostileTokenTest, HeadersAreRefused) {
  const auto chain = Json::array({"MIIB"});
  tokens_ = {
      {"alg none", header({{"alg", "none"}})},
      {"alg None", header({{"alg", "None"}})},
      {"alg NONE", header({{"alg", "NONE"}})},
      {"alg nOnE", header({{"alg", "nOnE"}})},
      {"alg none without a signature", withSignature(header({{"alg", "none"}}), "")},
      {"alg empty", header({{"alg", ""}})},
      {"alg missing", header({{"alg", nullptr}})},
      {"alg a number", header({{"alg", 256}})},
      {"alg a list", header({{"alg", {"RS256"}}})},
      {"alg in lower case", header({{"alg", "rs256"}})},
      {"alg with a blank", header({{"alg", "RS256 "}})},
      {"alg with a NUL", header({{"alg", std::string("RS256\0", 6)}})},
      {"alg RS384", header({{"alg", "RS384"}})},
      {"alg RS512", header({{"alg", "RS512"}})},
      {"alg PS256 with an RS256 key", header({{"alg", "PS256"}})},
      {"alg ES256 with an RSA key", header({{"alg", "ES256"}})},
      {"alg EdDSA with an RSA key", header({{"alg", "EdDSA"}})},
      {"alg HS384", header({{"alg", "HS384"}})},
      {"own key in jwk", header({{"jwk", rsa().jwk()}})},
      {"jku", header({{"jku", "https://evil.example/keys"}})},
      {"x5u", header({{"x5u", "https://evil.example/chain"}})},
      {"x5c", header({{"x5c", chain}})},
      {"crit unknown", header({{"crit", {"exp"}}, {"exp", 1}})},
      {"crit empty", header({{"crit", Json::array()}})},
      {"crit null", rawHeader(R"({"alg":"RS256","kid":"rsa","crit":null})")},
      {"b64 false", header({{"b64", false}, {"crit", {"b64"}}})},
      {"b64 true", header({{"b64", true}})},
      {"zip", header({{"zip", "DEF"}})},
      {"enc", header({{"enc", "A256GCM"}})},
      {"nested", header({{"cty", "JWT"}})},
      {"typ of another kind", header({{"typ", "secevent+jwt"}})},
      {"typ a number", header({{"typ", 1}})},
      {"kid unknown", header({{"kid", "another"}})},
      {"kid of the other key", header({{"kid", "ec"}})},
      {"kid a number", header({{"kid", 1}})},
      {"kid a path", header({{"kid", "../../../../dev/null"}})},
      {"kid with SQL", header({{"kid", "' UNION SELECT 'secret"}})},
      {"kid too long", header({{"kid", std::string(300, 'k')}})},
  };

  for (const auto& [name, text] : tokens_) EXPECT_FALSE(verify(text).has_value()) << name;
}

TEST_F(HostileTokenTest, SignaturesAreRefused) {
  const auto token = good();
  const auto elliptic = ec().sign(claims());
  const auto raw = *fromBase64Url(part(elliptic, 2));
  const std::string zero(32, '\0');
  const std::string order(
      "\xff\xff\xff\xff\x00\x00\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff"
      "\xbc\xe6\xfa\xad\xa7\x17\x9e\x84\xf3\xb9\xca\xc2\xfc\x63\x25\x51",
      32);
  const auto one = zero.substr(1) + '\1';
  tokens_ = {
      {"HMAC under the RSA key's PEM", mac(rsa().publicPem())},
      {"HMAC under the RSA key's modulus", mac(stringAt(rsa().jwk(), "n"))},
      {"HMAC under the EC key's PEM", mac(ec().publicPem(), {{"kid", "ec"}})},
      {"HMAC under an empty key", mac("")},
      {"HMAC under a zero byte", mac(std::string(1, '\0'))},
      {"HMAC without a kid", mac(rsa().publicPem(), {{"kid", nullptr}})},
      {"HMAC that says RS256", mac(rsa().publicPem(), {{"alg", "RS256"}})},
      {"another key of the same kid", JwtSigner(JwtAlgorithm::RS256, "rsa").sign(claims())},
      {"another EC key of the same kid", JwtSigner(JwtAlgorithm::ES256, "ec").sign(claims())},
      {"a P-384 key under a P-256 kid", JwtSigner(JwtAlgorithm::ES384, "ec").sign(claims())},
      {"RSA of zero bytes", withSignature(token, std::string(256, '\0'))},
      {"RSA of one", withSignature(token, std::string(255, '\0') + '\1')},
      {"RSA cut", withSignature(token, fromBase64Url(part(token, 2))->substr(1))},
      {"one byte", withSignature(token, "\1")},
      {"ECDSA of zeros", withSignature(elliptic, zero + zero)},
      {"ECDSA with r zero", withSignature(elliptic, zero + raw.substr(32))},
      {"ECDSA with s zero", withSignature(elliptic, raw.substr(0, 32) + zero)},
      {"ECDSA of the order", withSignature(elliptic, order + order)},
      {"ECDSA of ones", withSignature(elliptic, one + one)},
      {"ECDSA with r and s exchanged", withSignature(elliptic, raw.substr(32) + raw.substr(0, 32))},
      {"ECDSA cut", withSignature(elliptic, raw.substr(0, 63))},
      {"ECDSA with a byte more", withSignature(elliptic, raw + '\0')},
      {"ECDSA in DER",
       withSignature(
           elliptic, "\x30\x44\x02\x20" + raw.substr(0, 32) + "\x02\x20" + raw.substr(32))},
      {"a digest", withSignature(token, sha256(token.substr(0, token.rfind('.'))))},
  };

  for (const auto& [name, text] : tokens_) EXPECT_FALSE(verify(text).has_value()) << name;
}

TEST_F(HostileTokenTest, ClaimsAreRefused) {
  tokens_ = {
      {"no exp", claim({{"exp", nullptr}})},
      {"exp over", claim({{"exp", kNow - 31}})},
      {"exp a text", claim({{"exp", "9999999999"}})},
      {"exp negative", claim({{"exp", -1}})},
      {"exp huge", rawClaims(R"({"exp":1e400})")},
      {"nbf ahead", claim({{"nbf", kNow + 31}})},
      {"iat ahead", claim({{"iat", kNow + 31}})},
      {"no iss", claim({{"iss", nullptr}})},
      {"iss of another", claim({{"iss", "https://evil.example"}})},
      {"iss with a slash more", claim({{"iss", std::string(kUrl) + "/"}})},
      {"no aud", claim({{"aud", nullptr}})},
      {"aud of another", claim({{"aud", "web"}})},
      {"aud empty", claim({{"aud", Json::array()}})},
      {"no sub", claim({{"sub", nullptr}})},
      {"sub empty", claim({{"sub", ""}})},
      {"sub a number", claim({{"sub", 7}})},
      {"sub too long", claim({{"sub", std::string(600, 's')}})},
      {"groups an object", claim({{"groups", {{"a", 1}}}})},
      {"groups with a number", claim({{"groups", {"a", 1}}})},
      {"too many groups", claim({{"groups", std::vector<std::string>(257, "g")}})},
  };

  for (const auto& [name, text] : tokens_) EXPECT_FALSE(verify(text).has_value()) << name;
}

}  // namespace
}  // namespace berth::identity
