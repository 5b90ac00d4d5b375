/// @file
/// JwtSigner: makes keys, JWK sets and tokens, right and wrong ones, for tests.
///
///     const JwtSigner signer(JwtAlgorithm::ES256, "key-1");
///     const auto keys = parseJwkSet(jwkSet({signer}));
///     const auto token = signer.sign({{"sub", "alice"}});
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "core/crypto/jwk.hpp"
#include "core/json/json.hpp"

namespace berth {

class JwtSigner {
 public:
  /// With a new key; `size` is of RSA's modulus in bits.
  JwtSigner(JwtAlgorithm algorithm, std::string keyId, int size = 2048);
  /// HS256.
  explicit JwtSigner(std::string secret) : secret_(std::move(secret)) {}

  /// Header {alg, typ, kid}, overlaid with `header`; a null removes a member.
  [[nodiscard]] std::string sign(const Json& claims, const Json& header = Json::object()) const;
  /// The same of parts that are given as they are.
  [[nodiscard]] std::string signParts(const std::string& header, const std::string& claims) const;
  /// Raw, as JWS has it.
  [[nodiscard]] std::string signature(const std::string& text) const;

  /// The public half.
  [[nodiscard]] Json jwk() const;
  [[nodiscard]] std::string publicPem() const;

 private:
  JwtAlgorithm algorithm_ = JwtAlgorithm::HS256;
  std::string keyId_;
  std::string secret_;
  std::shared_ptr<evp_pkey_st> key_;
};

std::string jwkSet(const std::vector<JwtSigner>& signers);

}  // namespace berth
