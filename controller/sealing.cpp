#include "controller/sealing.hpp"

#include "core/crypto/private_file.hpp"

namespace berth {
namespace {

using store::Keyring;
using store::RawRows;

constexpr Duration kLook = std::chrono::seconds(5);

Error missing(const std::string& keyFile, const std::string& key) {
  return {
      Reason::ServiceUnavailable,
      "Secrets of the store are encrypted with key " + key + ", which is not in " + keyFile +
          ": put the key file of this store there, or name it with --encryption-key-file"};
}

/// What the file has; made when the store has no key yet.
Result<Keyring> ensureKeyring(
    const std::string& keyFile, const std::string& noted, Random& random) {
  auto keyring = store::readKeyring(keyFile);
  if (keyring || keyring.error().reason != Reason::NotFound) return keyring;
  if (!noted.empty()) return missing(keyFile, noted);
  const Keyring made({store::makeSealingKey(random)});
  const auto written = createPrivateFile(keyFile, made.text());
  if (!written && written.error().reason != Reason::AlreadyExists) return written.error();
  return store::readKeyring(keyFile);
}

}  // namespace

Result<> checkKeys(RawRows& rows, const Keyring& keyring, const std::string& keyFile) {
  BERTH_TRY(const auto seals, rows.seals({}));
  for (const auto& [seal, count] : seals) {
    const auto key = store::keyIdOf(seal);
    if (!key.empty() && keyring.find(key) == nullptr) return missing(keyFile, key);
  }
  return Ok{};
}

Sealing::Sealing(
    store::OpenedStore& opened,
    const Options& options,
    Keyring keyring,
    std::string storeId,
    Random& random)
    : opened_(opened),
      options_(options),
      sealer_(std::move(keyring), std::move(storeId), random),
      store_(*opened.store, sealer_),
      watcher_(*this, sealer_.keyring()->text()) {}

Result<std::unique_ptr<Sealing>> Sealing::open(
    store::OpenedStore& opened, const Options& options, Random& random) {
  if (opened.rows == nullptr)
    return std::unique_ptr<Sealing>(
        new Sealing(opened, options, Keyring({store::makeSealingKey(random)}), "memory", random));
  BERTH_TRY(auto state, opened.rows->sealingState({}, {}));
  BERTH_TRY(auto keyring, ensureKeyring(options.keyFile, state.key, random));
  // Of two first starts with two files, one is told so here.
  BERTH_TRY(state, opened.rows->sealingState({}, keyring.first().id));
  if (keyring.find(state.key) == nullptr) return missing(options.keyFile, state.key);
  BERTH_CHECK(checkKeys(*opened.rows, keyring, options.keyFile));
  return std::unique_ptr<Sealing>(
      new Sealing(opened, options, std::move(keyring), std::move(state.storeId), random));
}

std::unique_ptr<Actor> Sealing::makeResealer() {
  if (opened_.rows == nullptr) return nullptr;
  return std::make_unique<store::Resealer>(*opened_.rows, sealer_, options_.log, options_.metrics);
}

Time Sealing::Watcher::turn(const Context&, Time now) {
  const auto& options = sealing_.options_;
  if (sealing_.opened_.rows == nullptr) return Time::max();
  const auto text = readFile(options.keyFile);
  if (!text || *text == text_) return now + kLook;
  auto keyring = store::readKeyring(options.keyFile);
  const auto checked = keyring ? checkKeys(*sealing_.opened_.rows, *keyring, options.keyFile)
                               : Result<>(keyring.error());
  if (checked) {
    const auto first = keyring->first().id;
    sealing_.sealer_.use(*std::move(keyring));
    options.log.info("read the key file again", {{"key", first}});
  } else {
    options.log.error("the key file was not read again", {{"error", checked.error()}});
  }
  text_ = *text;
  return now + kLook;
}

}  // namespace berth
