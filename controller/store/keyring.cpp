#include "controller/store/keyring.hpp"

#include <algorithm>
#include <sys/stat.h>

#include "core/crypto/aead.hpp"
#include "core/crypto/digest.hpp"
#include "core/crypto/encoding.hpp"
#include "core/crypto/private_file.hpp"

namespace berth::store {
namespace {

constexpr std::size_t kIdDigits = 8;
constexpr const char* kHeading =
    "# Keep a copy of this file: without it, the Secrets of the store are lost.\n"
    "# The first key encrypts, every key decrypts.\n";

std::string idOf(const Secret& key) {
  return sha256Hex("berth sealing key " + key.reveal()).substr(0, kIdDigits);
}

Result<SealingKey> parseLine(std::string_view line, std::size_t number) {
  const Error invalid{
      Reason::Invalid, "line " + std::to_string(number) + " is not an id and its key in base64"};
  const auto space = line.find(' ');
  if (space == std::string_view::npos) return invalid;
  auto bytes = fromBase64(line.substr(space + 1));
  if (!bytes || bytes->size() != kAeadKeyBytes) return invalid;
  SealingKey key{std::string(line.substr(0, space)), Secret(*std::move(bytes))};
  if (key.id != idOf(key.key))
    return Error{
        Reason::Invalid, "line " + std::to_string(number) + ": the key is not the one of its id"};
  return key;
}

}  // namespace

SealingKey makeSealingKey(Random& random) {
  Secret key = makeAeadKey(random);
  std::string id = idOf(key);
  return {std::move(id), std::move(key)};
}

Result<Keyring> Keyring::parse(std::string_view text) {
  std::vector<SealingKey> keys;
  std::size_t number = 0;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    ++number;
    if (line.empty() || line.front() == '#') continue;
    BERTH_TRY(auto key, parseLine(line, number));
    keys.push_back(std::move(key));
  }
  if (keys.empty()) return Error{Reason::Invalid, "there is no key in it"};
  return Keyring(std::move(keys));
}

std::string Keyring::text() const {
  std::string text = kHeading;
  for (const auto& key : keys_) text += key.id + ' ' + toBase64(key.key.reveal()) + '\n';
  return text;
}

const SealingKey* Keyring::find(std::string_view id) const {
  const auto found = std::ranges::find(keys_, id, &SealingKey::id);
  return found == keys_.end() ? nullptr : &*found;
}

Result<Keyring> readKeyring(const std::string& path) {
  BERTH_TRY(const auto text, readFile(path));
  struct stat facts {};
  if (::stat(path.c_str(), &facts) == 0 && (facts.st_mode & S_IRWXO) != 0)
    return Error{Reason::Forbidden, path + " may be read by everybody: chmod 600 " + path};
  auto keyring = Keyring::parse(text);
  if (!keyring) return during(path, std::move(keyring).error());
  return keyring;
}

Result<> writeKeyring(const std::string& path, const Keyring& keyring) {
  return writePrivateFile(path, keyring.text());
}

}  // namespace berth::store
