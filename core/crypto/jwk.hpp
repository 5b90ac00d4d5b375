/// @file
/// Keys that verify the signatures of tokens, each with the one algorithm that it is for.
///
/// A key comes from a JWK set (RFC 7517) or is a secret that both sides have.  Its
/// algorithm is the set's or the configuration's word, never the token's.  Values;
/// thread-safe.
#pragma once

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/base/secret.hpp"

struct evp_pkey_st;

namespace berth {

enum class JwtAlgorithm { HS256, RS256, PS256, ES256, ES384, EdDSA };

/// Of "RS256"; nullopt for one that is not accepted, "none" among them.
std::optional<JwtAlgorithm> parseJwtAlgorithm(std::string_view name);

class VerificationKey {
 public:
  /// For HS256.  Invalid when it is shorter than 32 bytes.
  static Result<VerificationKey> fromSecret(Secret secret);

  [[nodiscard]] const std::string& id() const { return id_; }
  [[nodiscard]] JwtAlgorithm algorithm() const { return algorithm_; }
  [[nodiscard]] bool verifies(std::string_view text, std::string_view signature) const;

 private:
  friend Result<std::vector<VerificationKey>> parseJwkSet(std::string_view text);

  std::string id_;
  JwtAlgorithm algorithm_ = JwtAlgorithm::HS256;
  Secret secret_;                           // of HS256
  std::shared_ptr<evp_pkey_st> publicKey_;  // of all others
};

constexpr std::size_t kMaxJwkSetBytes = std::size_t{256} * 1024;
constexpr std::size_t kMaxJwkSetKeys = 32;

/// The keys of a set that verify signatures: RSA of 2048 bits at least, EC on P-256 and
/// P-384, Ed25519.  Those for other uses, of other kinds, too weak, or secret are passed
/// over.  Invalid when it is no set or none of its keys can be used.
Result<std::vector<VerificationKey>> parseJwkSet(std::string_view text);

}  // namespace berth
