/// @file
/// AES-256-GCM: text that only the holder of a key can read, and that nobody can
/// change or move elsewhere unnoticed.
///
/// `associated` is what the text belongs to: it is not in the result, and must be
/// the same when it is decrypted.
#pragma once

#include <string>
#include <string_view>

#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "core/base/secret.hpp"

namespace berth {

constexpr std::size_t kAeadKeyBytes = 32;

Secret makeAeadKey(Random& random);

/// The nonce (96 random bits), the ciphertext, the tag.  A key may do this 2^32 times.
std::string encryptAead(
    const Secret& key, std::string_view plain, std::string_view associated, Random& random);
/// Invalid when anything of it is not as it was encrypted.
Result<std::string> decryptAead(
    const Secret& key, std::string_view sealed, std::string_view associated);

}  // namespace berth
