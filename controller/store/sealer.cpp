#include "controller/store/sealer.hpp"

#include <algorithm>
#include <charconv>

#include "core/crypto/aead.hpp"
#include "core/crypto/encoding.hpp"

namespace berth::store {
namespace {

constexpr std::string_view kMagic = "bs1.";

void append(std::string& text, std::string_view part) {
  text += std::to_string(part.size());
  text += ':';
  text += part;
}

std::string associated(
    const std::string& storeId, const SealedPlace& place, std::size_t revisionAt) {
  std::string text(kMagic);
  for (const std::string_view part :
       {std::string_view(storeId),
        std::string_view(place.resource),
        std::string_view(place.key.namespaceName),
        std::string_view(place.key.name),
        std::string_view(place.uid)})
    append(text, part);
  append(text, std::to_string(place.base));
  append(text, std::to_string(revisionAt));
  return text;
}

std::string_view takePart(std::string_view& text) {
  const auto end = std::min(text.find('.'), text.size());
  const auto part = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return part;
}

Error altered() { return {Reason::Invalid, "its encrypted text was altered"}; }

std::string join(
    const SealingKey& key,
    const SealedPlace& place,
    std::size_t revisionAt,
    const std::string& wrappedKey,
    std::string_view text) {
  std::string sealed = sealOf(key.id);
  sealed += std::to_string(place.base) + '.' + std::to_string(revisionAt) + '.';
  sealed += toBase64Url(wrappedKey);
  sealed += '.';
  sealed += text;
  return sealed;
}

Body bodyOf(std::string sealed) {
  const std::size_t end = sealed.size();
  return {std::move(sealed), end};
}

}  // namespace

struct Sealer::Parts {
  Secret dataKey;
  std::size_t revisionAt = 0;
  std::string associated;
  std::string_view text;  // in base64
};

std::string sealOf(const std::string& keyId) { return std::string(kMagic) + keyId + '.'; }

std::string keyIdOf(std::string_view seal) {
  const auto id = seal.substr(std::min(kMagic.size(), seal.size()));
  return seal.starts_with(kMagic) && id.ends_with('.') ? std::string(id.substr(0, id.size() - 1))
                                                       : "";
}

bool isSealed(std::string_view bytes) { return !bytes.starts_with('{'); }

Revision baseOf(std::string_view bytes) {
  if (!isSealed(bytes)) return 0;
  takePart(bytes);
  takePart(bytes);
  const auto digits = takePart(bytes);
  Revision base = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), base);
  return base;
}

void Sealer::use(Keyring keyring) {
  auto shared = std::make_shared<const Keyring>(std::move(keyring));
  keyring_.with([&](auto& current) { current.swap(shared); });
}

std::shared_ptr<const Keyring> Sealer::keyring() const {
  return keyring_.with([](const auto& current) { return current; });
}

Body Sealer::seal(const SealedPlace& place, const Body& body) const {
  const auto keys = keyring();
  const Secret dataKey = makeAeadKey(random_);
  const auto belongs = associated(storeId_, place, body.revisionAt);
  return bodyOf(join(
      keys->first(),
      place,
      body.revisionAt,
      encryptAead(keys->first().key, dataKey.reveal(), belongs, random_),
      toBase64Url(encryptAead(dataKey, body.bytes, belongs, random_))));
}

Result<Sealer::Parts> Sealer::parse(const SealedPlace& place, std::string_view bytes) const {
  if (!bytes.starts_with(kMagic)) return altered();
  bytes.remove_prefix(kMagic.size());
  const auto id = takePart(bytes);
  const auto keys = keyring();
  const auto* key = keys->find(id);
  if (key == nullptr)
    return Error{
        Reason::NotFound,
        "it is encrypted with key " + std::string(id) + ", which is not in the key file"};
  if (takePart(bytes) != std::to_string(place.base))
    return Error{Reason::Invalid, "its encrypted text is that of another version"};
  Parts parts;
  const auto digits = takePart(bytes);
  const auto* const end = digits.data() + digits.size();
  if (std::from_chars(digits.data(), end, parts.revisionAt).ptr != end) return altered();
  const auto wrapped = fromBase64Url(takePart(bytes));
  if (!wrapped) return altered();
  parts.associated = associated(storeId_, place, parts.revisionAt);
  BERTH_TRY(auto dataKey, decryptAead(key->key, *wrapped, parts.associated));
  parts.dataKey = Secret(std::move(dataKey));
  parts.text = bytes;
  return parts;
}

Result<Body> Sealer::open(const SealedPlace& place, const Body& body) const {
  if (!isSealed(body.bytes)) return body;
  BERTH_TRY(const auto parts, parse(place, body.bytes));
  const auto text = fromBase64Url(parts.text);
  if (!text) return altered();
  BERTH_TRY(auto document, decryptAead(parts.dataKey, *text, parts.associated));
  if (parts.revisionAt > document.size()) return altered();
  return Body{std::move(document), parts.revisionAt};
}

Result<Body> Sealer::reseal(const SealedPlace& place, const Body& body) const {
  if (!isSealed(body.bytes)) return seal(place, body);
  BERTH_TRY(const auto parts, parse(place, body.bytes));
  const auto keys = keyring();
  return bodyOf(join(
      keys->first(),
      place,
      parts.revisionAt,
      encryptAead(keys->first().key, parts.dataKey.reveal(), parts.associated, random_),
      parts.text));
}

}  // namespace berth::store
