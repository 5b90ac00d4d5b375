/// @file
/// Sealer: encrypts what the store keeps of a Secret, and decrypts it again.
///
/// Each version has a random data key of its own (AES-256-GCM), which is encrypted
/// with the first key of the keyring, so that changing that key leaves the text as it
/// is.  What is sealed is bound to the store, the object's key and life, and the
/// revision that it replaced: put anywhere else, it does not open.
///
///     bs1.<key id>.<base>.<place>.<data key, encrypted>.<document, encrypted>
///
/// Thread-safe.
#pragma once

#include <memory>
#include <string>

#include "controller/store/keyring.hpp"
#include "controller/store/store.hpp"
#include "core/base/guarded.hpp"
#include "core/base/random.hpp"

namespace berth::store {

/// What a sealed text belongs to.
struct SealedPlace {
  std::string resource;
  ObjectKey key;
  Uid uid;
  Revision base = 0;  // see StoredObject
};

class Sealer {
 public:
  /// `storeId` is for the life of the store, copies and backups included.
  Sealer(Keyring keyring, std::string storeId, Random& random)
      : keyring_(std::make_shared<const Keyring>(std::move(keyring))),
        storeId_(std::move(storeId)),
        random_(random) {}

  void use(Keyring keyring);
  [[nodiscard]] std::shared_ptr<const Keyring> keyring() const;

  /// The revision's digits belong behind it.
  [[nodiscard]] Body seal(const SealedPlace& place, const Body& body) const;
  /// The document as it was before seal(), or as it is when it was never sealed.  Invalid
  /// when it was altered or moved; NotFound when its key is not in the keyring.
  [[nodiscard]] Result<Body> open(const SealedPlace& place, const Body& body) const;
  /// The same document, sealed with the first key.
  [[nodiscard]] Result<Body> reseal(const SealedPlace& place, const Body& body) const;

 private:
  struct Parts;
  [[nodiscard]] Result<Parts> parse(const SealedPlace& place, std::string_view bytes) const;

  Guarded<std::shared_ptr<const Keyring>> keyring_;
  const std::string storeId_;
  Random& random_;
};

/// What a text that was sealed with that key begins with.
std::string sealOf(const std::string& keyId);
/// The id of the key in what sealOf() gives; empty for anything else.
std::string keyIdOf(std::string_view seal);
/// Whether it is anything but a JSON document.
bool isSealed(std::string_view bytes);
/// The revision that a sealed text says it replaced; 0 when it was not sealed.
Revision baseOf(std::string_view bytes);

}  // namespace berth::store
