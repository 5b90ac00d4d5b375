#include "core/crypto/aead.hpp"

#include <memory>

#include <openssl/evp.h>

namespace berth {
namespace {

constexpr std::size_t kNonceBytes = 12;
constexpr std::size_t kTagBytes = 16;

struct Free {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }
};
using Cipher = std::unique_ptr<EVP_CIPHER_CTX, Free>;

std::string randomBytes(Random& random, std::size_t count) {
  std::string bytes;
  bytes.reserve(count);
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < count; ++i, bits >>= 8) {
    if (i % 8 == 0) bits = random.next();
    bytes += char(bits & 0xff);
  }
  return bytes;
}

const unsigned char* in(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* out(std::string& text, std::size_t at) {
  return reinterpret_cast<unsigned char*>(text.data()) + at;
}

/// With the key, the nonce and the associated text; `encrypting` is 1 or 0.
Cipher begin(
    const Secret& key, std::string_view nonce, std::string_view associated, int encrypting) {
  BERTH_ASSERT(key.reveal().size() == kAeadKeyBytes && nonce.size() == kNonceBytes);
  Cipher cipher(EVP_CIPHER_CTX_new());
  int written = 0;
  const bool begun =
      cipher != nullptr &&
      EVP_CipherInit_ex(
          cipher.get(), EVP_aes_256_gcm(), nullptr, in(key.reveal()), in(nonce), encrypting) == 1 &&
      EVP_CipherUpdate(cipher.get(), nullptr, &written, in(associated), int(associated.size())) ==
          1;
  BERTH_ASSERT(begun);
  return cipher;
}

}  // namespace

Secret makeAeadKey(Random& random) { return Secret(randomBytes(random, kAeadKeyBytes)); }

std::string encryptAead(
    const Secret& key, std::string_view plain, std::string_view associated, Random& random) {
  std::string sealed = randomBytes(random, kNonceBytes);
  const auto cipher = begin(key, sealed, associated, 1);
  sealed.resize(kNonceBytes + plain.size() + kTagBytes);
  int written = 0;
  const bool done =
      EVP_CipherUpdate(
          cipher.get(), out(sealed, kNonceBytes), &written, in(plain), int(plain.size())) == 1 &&
      EVP_CipherFinal_ex(cipher.get(), out(sealed, kNonceBytes + plain.size()), &written) == 1 &&
      EVP_CIPHER_CTX_ctrl(
          cipher.get(),
          EVP_CTRL_GCM_GET_TAG,
          int(kTagBytes),
          out(sealed, kNonceBytes + plain.size())) == 1;
  BERTH_ASSERT(done);
  return sealed;
}

Result<std::string> decryptAead(
    const Secret& key, std::string_view sealed, std::string_view associated) {
  const Error altered{Reason::Invalid, "it was altered, or belongs elsewhere"};
  if (sealed.size() < kNonceBytes + kTagBytes) return altered;
  const auto text = sealed.substr(kNonceBytes, sealed.size() - kNonceBytes - kTagBytes);
  std::string tag(sealed.substr(sealed.size() - kTagBytes));
  const auto cipher = begin(key, sealed.substr(0, kNonceBytes), associated, 0);
  std::string plain(text.size(), '\0');
  int written = 0;
  const bool done =
      EVP_CipherUpdate(cipher.get(), out(plain, 0), &written, in(text), int(text.size())) == 1 &&
      EVP_CIPHER_CTX_ctrl(cipher.get(), EVP_CTRL_GCM_SET_TAG, int(kTagBytes), tag.data()) == 1 &&
      EVP_CipherFinal_ex(cipher.get(), out(plain, text.size()), &written) == 1;
  if (!done) return altered;
  return plain;
}

}  // namespace berth
