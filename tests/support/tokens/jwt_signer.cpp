#include "tests/support/tokens/jwt_signer.hpp"

#include <openssl/core_names.h>
#include <openssl/ecdsa.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"

namespace berth {
namespace {

const char* nameOf(JwtAlgorithm algorithm) {
  switch (algorithm) {
    case JwtAlgorithm::HS256:
      return "HS256";
    case JwtAlgorithm::RS256:
      return "RS256";
    case JwtAlgorithm::PS256:
      return "PS256";
    case JwtAlgorithm::ES256:
      return "ES256";
    case JwtAlgorithm::ES384:
      return "ES384";
    case JwtAlgorithm::EdDSA:
      return "EdDSA";
  }
  return "";
}

EVP_PKEY* makeKey(JwtAlgorithm algorithm, int size) {
  switch (algorithm) {
    case JwtAlgorithm::HS256:
      return nullptr;
    case JwtAlgorithm::RS256:
    case JwtAlgorithm::PS256:
      return EVP_RSA_gen(static_cast<unsigned>(size));
    case JwtAlgorithm::ES256:
      return EVP_EC_gen("P-256");
    case JwtAlgorithm::ES384:
      return EVP_EC_gen("P-384");
    case JwtAlgorithm::EdDSA:
      return EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519");
  }
  return nullptr;
}

std::string numberAt(EVP_PKEY* key, const char* name, int width) {
  BIGNUM* number = nullptr;
  BERTH_ASSERT(EVP_PKEY_get_bn_param(key, name, &number) == 1);
  std::string bytes(static_cast<std::size_t>(width > 0 ? width : BN_num_bytes(number)), '\0');
  BN_bn2binpad(
      number, reinterpret_cast<unsigned char*>(bytes.data()), static_cast<int>(bytes.size()));
  BN_free(number);
  return toBase64Url(bytes);
}

/// From DER to r and s.
std::string rawPair(const std::string& der, int width) {
  const auto* bytes = reinterpret_cast<const unsigned char*>(der.data());
  ECDSA_SIG* pair = d2i_ECDSA_SIG(nullptr, &bytes, static_cast<long>(der.size()));
  BERTH_ASSERT(pair != nullptr);
  std::string raw(static_cast<std::size_t>(2 * width), '\0');
  auto* out = reinterpret_cast<unsigned char*>(raw.data());
  BN_bn2binpad(ECDSA_SIG_get0_r(pair), out, width);
  BN_bn2binpad(ECDSA_SIG_get0_s(pair), out + width, width);
  ECDSA_SIG_free(pair);
  return raw;
}

}  // namespace

JwtSigner::JwtSigner(JwtAlgorithm algorithm, std::string keyId, int size)
    : algorithm_(algorithm),
      keyId_(std::move(keyId)),
      key_(makeKey(algorithm, size), EVP_PKEY_free) {}

std::string JwtSigner::signature(const std::string& text) const {
  if (algorithm_ == JwtAlgorithm::HS256) return hmacSha256(Secret(secret_), text);
  EVP_MD_CTX* context = EVP_MD_CTX_new();
  EVP_PKEY_CTX* options = nullptr;
  const EVP_MD* digest = algorithm_ == JwtAlgorithm::EdDSA   ? nullptr
                         : algorithm_ == JwtAlgorithm::ES384 ? EVP_sha384()
                                                             : EVP_sha256();
  BERTH_ASSERT(EVP_DigestSignInit(context, &options, digest, nullptr, key_.get()) == 1);
  if (algorithm_ == JwtAlgorithm::PS256) {
    EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_DIGEST);
  }
  const auto* bytes = reinterpret_cast<const unsigned char*>(text.data());
  std::size_t size = 0;
  BERTH_ASSERT(EVP_DigestSign(context, nullptr, &size, bytes, text.size()) == 1);
  std::string made(size, '\0');
  auto* out = reinterpret_cast<unsigned char*>(made.data());
  BERTH_ASSERT(EVP_DigestSign(context, out, &size, bytes, text.size()) == 1);
  made.resize(size);
  EVP_MD_CTX_free(context);
  if (algorithm_ == JwtAlgorithm::ES256) return rawPair(made, 32);
  return algorithm_ == JwtAlgorithm::ES384 ? rawPair(made, 48) : made;
}

std::string JwtSigner::signParts(const std::string& header, const std::string& claims) const {
  const auto text = toBase64Url(header) + "." + toBase64Url(claims);
  return text + "." + toBase64Url(signature(text));
}

std::string JwtSigner::sign(const Json& claims, const Json& header) const {
  Json whole = {{"alg", nameOf(algorithm_)}, {"typ", "JWT"}};
  if (!keyId_.empty()) whole["kid"] = keyId_;
  whole.merge_patch(header);
  return signParts(whole.dump(), claims.dump());
}

Json JwtSigner::jwk() const {
  Json jwk = {{"kid", keyId_}, {"alg", nameOf(algorithm_)}, {"use", "sig"}};
  const bool small = algorithm_ == JwtAlgorithm::ES256;
  switch (algorithm_) {
    case JwtAlgorithm::HS256:
      return {{"kty", "oct"}, {"k", toBase64Url(secret_)}, {"alg", "HS256"}};
    case JwtAlgorithm::RS256:
    case JwtAlgorithm::PS256:
      jwk["kty"] = "RSA";
      jwk["n"] = numberAt(key_.get(), OSSL_PKEY_PARAM_RSA_N, 0);
      jwk["e"] = numberAt(key_.get(), OSSL_PKEY_PARAM_RSA_E, 0);
      return jwk;
    case JwtAlgorithm::ES256:
    case JwtAlgorithm::ES384:
      jwk["kty"] = "EC";
      jwk["crv"] = small ? "P-256" : "P-384";
      jwk["x"] = numberAt(key_.get(), OSSL_PKEY_PARAM_EC_PUB_X, small ? 32 : 48);
      jwk["y"] = numberAt(key_.get(), OSSL_PKEY_PARAM_EC_PUB_Y, small ? 32 : 48);
      return jwk;
    case JwtAlgorithm::EdDSA: {
      std::string bytes(32, '\0');
      std::size_t size = bytes.size();
      EVP_PKEY_get_raw_public_key(
          key_.get(), reinterpret_cast<unsigned char*>(bytes.data()), &size);
      jwk["kty"] = "OKP";
      jwk["crv"] = "Ed25519";
      jwk["x"] = toBase64Url(bytes);
      return jwk;
    }
  }
  return jwk;
}

std::string JwtSigner::publicPem() const {
  BIO* bio = BIO_new(BIO_s_mem());
  PEM_write_bio_PUBKEY(bio, key_.get());
  char* data = nullptr;
  const auto size = BIO_get_mem_data(bio, &data);
  std::string pem(data, static_cast<std::size_t>(size));
  BIO_free(bio);
  return pem;
}

std::string jwkSet(const std::vector<JwtSigner>& signers) {
  Json set = {{"keys", Json::array()}};
  for (const auto& signer : signers) set["keys"].push_back(signer.jwk());
  return set.dump();
}

}  // namespace berth
