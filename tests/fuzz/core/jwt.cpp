// A token that is accepted is the text that an HMAC of its first two parts makes, and
// nothing else; sets of keys and claims are read without a crash.
#include "core/crypto/jwt.hpp"

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "tests/fuzz/target.hpp"

namespace {

using namespace berth;

const Secret& secret() {
  static const Secret kSecret("the secret of the fuzzer, 32 bytes");
  return kSecret;
}

void readToken(std::string_view text) {
  static const auto kKey = VerificationKey::fromSecret(secret()).value();
  const auto token = Jwt::parse(text);
  if (!token) {
    BERTH_ASSERT(token.error().reason == Reason::Unauthorized);
    return;
  }
  const auto end = text.rfind('.');
  const bool sound = text.substr(end + 1) == toBase64Url(hmacSha256(secret(), text.substr(0, end)));
  BERTH_ASSERT(token->isSignedBy(kKey) == (sound && token->algorithm() == JwtAlgorithm::HS256));
  static_cast<void>(checkClaims(token->claims(), {"https://a", {"b"}}, Time()));
}

void readKeys(std::string_view text) {
  const auto keys = parseJwkSet(text);
  if (!keys) return;
  BERTH_ASSERT(!keys->empty() && keys->size() <= kMaxJwkSetKeys);
  for (const auto& key : *keys) {
    BERTH_ASSERT(key.algorithm() != JwtAlgorithm::HS256);
    BERTH_ASSERT(!key.verifies("text", std::string(64, '\1')));
  }
}

/// Any claims under a header that is good.
void readClaims(std::string_view text) {
  constexpr const char* kHeader = "eyJhbGciOiJIUzI1NiJ9.";  // {"alg":"HS256"}
  readToken(kHeader + toBase64Url(text) + ".AAAA");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  auto text = fuzz::asText(data, size);
  switch (fuzz::takeChoice(text) % 3) {
    case 0:
      readKeys(text);
      break;
    case 1:
      readClaims(text);
      break;
    default:
      readToken(text);
  }
  return 0;
}
