/// @file
/// Keyring: the keys that encrypt what is sealed in the store, which live in a file
/// outside of it.
///
///     # Keep a copy of this file: without it, the Secrets of the store are lost.
///     4f3c09ab 6Yk0...=
///     91d2e7f0 p3Vd...=
///
/// The first key seals, every key opens.  A key's id is part of its digest, so that a
/// key with a typing error is noticed.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "core/base/secret.hpp"

namespace berth::store {

struct SealingKey {
  std::string id;  // 8 hexadecimal digits
  Secret key;
};
SealingKey makeSealingKey(Random& random);

class Keyring {
 public:
  /// At least one; the first seals.
  explicit Keyring(std::vector<SealingKey> keys) : keys_(std::move(keys)) {}

  /// Invalid, without a word of a key, when the text is not a keyring.
  static Result<Keyring> parse(std::string_view text);
  [[nodiscard]] std::string text() const;

  [[nodiscard]] const SealingKey& first() const { return keys_.front(); }
  [[nodiscard]] const std::vector<SealingKey>& keys() const { return keys_; }
  /// nullptr when there is none.
  [[nodiscard]] const SealingKey* find(std::string_view id) const;

 private:
  std::vector<SealingKey> keys_;
};

/// NotFound when there is no file; Forbidden when everybody may read it.
Result<Keyring> readKeyring(const std::string& path);
Result<> writeKeyring(const std::string& path, const Keyring& keyring);

}  // namespace berth::store
