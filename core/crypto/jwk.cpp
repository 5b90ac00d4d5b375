#include "core/crypto/jwk.hpp"

#include <algorithm>
#include <array>

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "core/crypto/openssl.hpp"
#include "core/json/json.hpp"

namespace berth {
namespace {

constexpr std::size_t kLeastSecretBytes = 32;
constexpr int kLeastRsaBits = 2048;
constexpr int kMostRsaBits = 8192;
constexpr std::size_t kMostExponentBytes = 8;
constexpr std::size_t kEd25519Bytes = 32;

using Number = std::unique_ptr<BIGNUM, openssl::Freeing<BN_free>>;
using Builder = std::unique_ptr<OSSL_PARAM_BLD, openssl::Freeing<OSSL_PARAM_BLD_free>>;
using Parameters = std::unique_ptr<OSSL_PARAM, openssl::Freeing<OSSL_PARAM_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, openssl::Freeing<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, openssl::Freeing<EVP_MD_CTX_free>>;
using Signature = std::unique_ptr<ECDSA_SIG, openssl::Freeing<ECDSA_SIG_free>>;

const unsigned char* bytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Number numberOf(std::string_view bytes) {
  return Number(BN_bin2bn(bytesOf(bytes), static_cast<int>(bytes.size()), nullptr));
}

/// The bytes of a member in base64url; empty when it is absent or not that.
std::string bytesAt(const Json& jwk, const char* member) {
  const auto found = jwk.find(member);
  if (found == jwk.end() || !found->is_string()) return {};
  return fromBase64Url(found->get_ref<const std::string&>()).value_or("");
}

/// nullptr when the numbers make no key.
openssl::Key makeKey(const char* type, OSSL_PARAM* parameters) {
  const KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, type, nullptr));
  EVP_PKEY* made = nullptr;
  if (!context || EVP_PKEY_fromdata_init(context.get()) != 1 ||
      EVP_PKEY_fromdata(context.get(), &made, EVP_PKEY_PUBLIC_KEY, parameters) != 1)
    return nullptr;
  openssl::Key key(made);
  const KeyContext check(EVP_PKEY_CTX_new_from_pkey(nullptr, key.get(), nullptr));
  if (!check || EVP_PKEY_public_check(check.get()) != 1) return nullptr;
  return key;
}

openssl::Key readRsa(const Json& jwk) {
  const auto modulus = bytesAt(jwk, "n");
  const auto exponent = bytesAt(jwk, "e");
  if (modulus.empty() || modulus.size() > kMostRsaBits / 8 || exponent.empty() ||
      exponent.size() > kMostExponentBytes)
    return nullptr;
  const auto n = numberOf(modulus);
  const auto e = numberOf(exponent);
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!n || !e || !builder || BN_num_bits(n.get()) < kLeastRsaBits || BN_is_one(e.get()) ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_N, n.get()) != 1 ||
      OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_RSA_E, e.get()) != 1)
    return nullptr;
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return makeKey("RSA", parameters.get());
}

openssl::Key readEc(const Json& jwk, const char* group, std::size_t coordinateBytes) {
  const auto x = bytesAt(jwk, "x");
  const auto y = bytesAt(jwk, "y");
  if (x.size() != coordinateBytes || y.size() != coordinateBytes) return nullptr;
  const auto point = '\x04' + x + y;
  const Builder builder(OSSL_PARAM_BLD_new());
  if (!builder ||
      OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, group, 0) != 1 ||
      OSSL_PARAM_BLD_push_octet_string(
          builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(), point.size()) != 1)
    return nullptr;
  const Parameters parameters(OSSL_PARAM_BLD_to_param(builder.get()));
  return makeKey("EC", parameters.get());
}

openssl::Key readEd25519(const Json& jwk) {
  const auto x = bytesAt(jwk, "x");
  if (x.size() != kEd25519Bytes) return nullptr;
  return openssl::Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytesOf(x), x.size()));
}

struct PublicKey {
  openssl::Key key;
  JwtAlgorithm algorithm;
};

/// Of the kind that `kty` and `crv` tell; the algorithm is what such keys are for.
PublicKey readPublicKey(const Json& jwk) {
  const auto type = stringAt(jwk, "kty");
  const auto curve = stringAt(jwk, "crv");
  if (type == "RSA")
    return {
        readRsa(jwk), stringAt(jwk, "alg") == "PS256" ? JwtAlgorithm::PS256 : JwtAlgorithm::RS256};
  if (type == "EC" && curve == "P-256") return {readEc(jwk, "P-256", 32), JwtAlgorithm::ES256};
  if (type == "EC" && curve == "P-384") return {readEc(jwk, "P-384", 48), JwtAlgorithm::ES384};
  if (type == "OKP" && curve == "Ed25519") return {readEd25519(jwk), JwtAlgorithm::EdDSA};
  return {nullptr, JwtAlgorithm::HS256};
}

bool isForVerifying(const Json& jwk) {
  if (const auto use = jwk.find("use"); use != jwk.end() && *use != "sig") return false;
  const auto operations = jwk.find("key_ops");
  return operations == jwk.end() ||
         (operations->is_array() && std::ranges::find(*operations, "verify") != operations->end());
}

/// r and s, as JWS has them (RFC 7518, 3.4), as OpenSSL wants them; empty when they
/// have not the size of the curve.
std::string derOf(std::string_view signature, std::size_t coordinateBytes) {
  if (signature.size() != 2 * coordinateBytes) return {};
  const Signature pair(ECDSA_SIG_new());
  auto r = numberOf(signature.substr(0, coordinateBytes));
  auto s = numberOf(signature.substr(coordinateBytes));
  if (!pair || !r || !s || ECDSA_SIG_set0(pair.get(), r.get(), s.get()) != 1) return {};
  static_cast<void>(r.release());  // the pair's now
  static_cast<void>(s.release());
  unsigned char* bytes = nullptr;
  const int size = i2d_ECDSA_SIG(pair.get(), &bytes);
  if (size <= 0) return {};
  std::string der(reinterpret_cast<const char*>(bytes), static_cast<std::size_t>(size));
  OPENSSL_free(bytes);
  return der;
}

bool verify(
    EVP_PKEY* key, JwtAlgorithm algorithm, std::string_view text, std::string_view signature) {
  const DigestContext context(EVP_MD_CTX_new());
  EVP_PKEY_CTX* options = nullptr;  // the context's
  const EVP_MD* digest = algorithm == JwtAlgorithm::EdDSA   ? nullptr
                         : algorithm == JwtAlgorithm::ES384 ? EVP_sha384()
                                                            : EVP_sha256();
  if (!context || EVP_DigestVerifyInit(context.get(), &options, digest, nullptr, key) != 1)
    return false;
  if (algorithm == JwtAlgorithm::PS256 &&
      (EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) != 1 ||
       EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST) != 1))
    return false;
  return EVP_DigestVerify(
             context.get(), bytesOf(signature), signature.size(), bytesOf(text), text.size()) == 1;
}

}  // namespace

std::optional<JwtAlgorithm> parseJwtAlgorithm(std::string_view name) {
  using enum JwtAlgorithm;
  constexpr std::array<std::pair<std::string_view, JwtAlgorithm>, 6> kNames{
      {{"HS256", HS256},
       {"RS256", RS256},
       {"PS256", PS256},
       {"ES256", ES256},
       {"ES384", ES384},
       {"EdDSA", EdDSA}}};
  for (const auto& [spelling, algorithm] : kNames)
    if (name == spelling) return algorithm;
  return std::nullopt;
}

Result<VerificationKey> VerificationKey::fromSecret(Secret secret) {
  if (secret.reveal().size() < kLeastSecretBytes)
    return Error{Reason::Invalid, "a secret for HS256 has 32 bytes at least"};
  VerificationKey key;
  key.secret_ = std::move(secret);
  return key;
}

bool VerificationKey::verifies(std::string_view text, std::string_view signature) const {
  const auto verifyDer = [&](std::size_t coordinateBytes) {
    const auto der = derOf(signature, coordinateBytes);
    return !der.empty() && verify(publicKey_.get(), algorithm_, text, der);
  };
  bool sound = false;
  switch (algorithm_) {
    case JwtAlgorithm::HS256:
      return equalConstantTime(hmacSha256(secret_, text), signature);
    case JwtAlgorithm::ES256:
      sound = verifyDer(32);
      break;
    case JwtAlgorithm::ES384:
      sound = verifyDer(48);
      break;
    case JwtAlgorithm::RS256:
    case JwtAlgorithm::PS256:
    case JwtAlgorithm::EdDSA:
      sound = verify(publicKey_.get(), algorithm_, text, signature);
      break;
  }
  ERR_clear_error();
  return sound;
}

Result<std::vector<VerificationKey>> parseJwkSet(std::string_view text) {
  auto parsed = parseJson(text, {.maxBytes = kMaxJwkSetBytes, .maxDepth = 16});
  if (!parsed) return Error{Reason::Invalid, "the key set is not JSON"};
  const auto list =
      parsed->document.is_object() ? parsed->document.find("keys") : parsed->document.end();
  if (list == parsed->document.end() || !list->is_array())
    return Error{Reason::Invalid, "the key set has no list of keys"};
  std::vector<VerificationKey> keys;
  for (const auto& jwk : *list) {
    if (!jwk.is_object() || !isForVerifying(jwk)) continue;
    auto [publicKey, algorithm] = readPublicKey(jwk);
    const auto declared = jwk.find("alg");
    const bool agrees = declared == jwk.end() ||
                        (declared->is_string() &&
                         parseJwtAlgorithm(declared->get_ref<const std::string&>()) == algorithm);
    if (!publicKey || !agrees || keys.size() == kMaxJwkSetKeys) continue;
    VerificationKey key;
    key.id_ = stringAt(jwk, "kid");
    key.algorithm_ = algorithm;
    key.publicKey_ = std::move(publicKey);
    keys.push_back(std::move(key));
  }
  ERR_clear_error();
  if (keys.empty()) return Error{Reason::Invalid, "the key set has no key that can be used"};
  return keys;
}

}  // namespace berth
