#include "core/crypto/digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include "core/base/result.hpp"
#include "core/crypto/encoding.hpp"

namespace berth {

namespace {

const unsigned char* bytesOf(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

}  // namespace

std::string sha256(std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  SHA256(bytesOf(bytes), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()));
  return digest;
}

std::string sha256Hex(std::string_view bytes) { return toHex(sha256(bytes)); }

std::string hmacSha256(const Secret& key, std::string_view bytes) {
  std::string digest(SHA256_DIGEST_LENGTH, '\0');
  const auto& text = key.reveal();
  const auto* made = HMAC(
      EVP_sha256(),
      text.data(),
      static_cast<int>(text.size()),
      bytesOf(bytes),
      bytes.size(),
      reinterpret_cast<unsigned char*>(digest.data()),
      nullptr);
  BERTH_ASSERT(made != nullptr);
  return digest;
}

bool equalConstantTime(std::string_view a, std::string_view b) {
  return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace berth
