#include "controller/key_commands.hpp"

#include <algorithm>
#include <filesystem>
#include <map>

#include "controller/sealing.hpp"
#include "controller/store_options.hpp"
#include "core/base/file_lock.hpp"

namespace berth {
namespace {

using store::Keyring;
using store::SealingKey;

constexpr const char* kSummary =
    "The keys that encrypt Secrets in the store.\n\n"
    "  status   which keys there are, and how much each encrypts\n"
    "  rotate   makes a key with which all Secrets are encrypted anew\n"
    "  add      makes a key that only decrypts as yet\n"
    "  use ID   makes a key of the file the one that encrypts\n"
    "  prune    removes the keys that nothing in the store needs";

struct Call {
  StoreOptions options;
  std::string word;
  std::string id;
};

struct Usage {
  std::map<std::string, std::int64_t> rows;  // by the id of the key that sealed them
  std::string noted;                         // the key that the store was last sealed with
};

Result<Usage> usage(const StoreOptions& options) {
  const SystemClock clock;
  SystemRandom random;
  BERTH_TRY(const auto opened, store::openStoreToRead(options.storeUrl(), clock, random));
  BERTH_TRY(const auto seals, opened.rows->seals({}));
  Usage usage;
  for (const auto& [seal, count] : seals) usage.rows[store::keyIdOf(seal)] += count;
  BERTH_TRY(auto state, opened.rows->sealingState({}, {}));
  usage.noted = std::move(state.key);
  return usage;
}

Result<std::string> status(const Call& call, const Keyring& keyring) {
  BERTH_TRY(auto used, usage(call.options));
  auto& rows = used.rows;
  std::string text = "KEY       ROWS\n";
  for (const auto& key : keyring.keys()) {
    text += key.id + "  " + std::to_string(rows[key.id]);
    text += key.id == keyring.first().id ? "  encrypts\n" : "\n";
    rows.erase(key.id);
  }
  for (const auto& [id, count] : rows)
    text += (id.empty() ? "(plain)   " : id + "  ") + std::to_string(count) +
            (id.empty() ? "\n" : "  not in the file\n");
  return text;
}

Result<std::string> save(const Call& call, std::vector<SealingKey> keys, const std::string& what) {
  BERTH_CHECK(store::writeKeyring(call.options.keyFile(), Keyring(std::move(keys))));
  return what + "\n";
}

Result<std::string> rotate(const Call& call, std::vector<SealingKey> keys) {
  SystemRandom random;
  keys.insert(keys.begin(), store::makeSealingKey(random));
  const std::string id = keys.front().id;
  return save(
      call,
      std::move(keys),
      id +
          " encrypts; a running controller encrypts all Secrets anew within a minute.\n"
          "Keep a copy of " +
          call.options.keyFile() + ", then: berth-controller keys prune");
}

Result<std::string> add(const Call& call, std::vector<SealingKey> keys) {
  SystemRandom random;
  keys.push_back(store::makeSealingKey(random));
  const std::string id = keys.back().id;
  return save(
      call,
      std::move(keys),
      id + " decrypts; give the file to all controllers, then: berth-controller keys use " + id);
}

Result<std::string> use(const Call& call, std::vector<SealingKey> keys) {
  const auto found = std::ranges::find(keys, call.id, &SealingKey::id);
  if (found == keys.end())
    return Error{Reason::Invalid, "there is no key '" + call.id + "' in " + call.options.keyFile()};
  std::rotate(keys.begin(), found, found + 1);
  return save(call, std::move(keys), call.id + " encrypts");
}

/// Controllers read the file every five seconds: before that, one of them may still
/// encrypt with what is about to be removed.
Result<> checkAge(const std::string& keyFile) {
  constexpr Duration kReadByAll = std::chrono::seconds(15);
  std::error_code problem;
  const auto changed = std::filesystem::last_write_time(keyFile, problem);
  if (problem) return Error{Reason::ServiceUnavailable, keyFile + ": " + problem.message()};
  const auto age = SystemClock().wall() - std::chrono::file_clock::to_sys(changed);
  if (age >= kReadByAll) return Ok{};
  return Error{
      Reason::Conflict,
      "keys: " + keyFile +
          " was changed a moment ago, and not every controller may have read it: try again in "
          "15 seconds"};
}

Result<std::string> prune(const Call& call, std::vector<SealingKey> keys) {
  BERTH_TRY(auto used, usage(call.options));
  std::string removed;
  const std::string first = keys.front().id;
  BERTH_CHECK(checkAge(call.options.keyFile()));
  // One that still encrypts with an older key would lose what it encrypts.
  if (used.noted != first)
    return Error{
        Reason::Conflict, "keys: no controller has encrypted everything with " + first + " yet"};
  std::erase_if(keys, [&](const SealingKey& key) {
    const bool unused = key.id != first && used.rows[key.id] == 0;
    if (unused) removed += key.id + " removed\n";
    return unused;
  });
  if (removed.empty()) return std::string("every key is needed\n");
  removed.pop_back();
  return save(call, std::move(keys), removed);
}

}  // namespace

Result<std::string> keysCommand(const std::vector<std::string>& arguments) {
  Call call;
  auto flag = arguments.begin();
  for (std::string* word : {&call.word, &call.id})
    if (flag != arguments.end() && !flag->starts_with('-')) *word = *flag++;
  const std::vector<std::string> flags(flag, arguments.end());
  BERTH_TRY(
      const auto text,
      loadOptions({"berth-controller keys", kSummary, BERTH_VERSION}, call.options, flags));
  if (text) return *text;
  const bool named = call.word == "use";
  if (named == call.id.empty())
    return Error{Reason::Invalid, "keys: say status, rotate, add, use ID or prune"};

  BERTH_TRY(const auto lock, FileLock::take(call.options.keyFile() + ".lock"));
  BERTH_TRY(const auto keyring, store::readKeyring(call.options.keyFile()));
  if (call.word == "status") return status(call, keyring);
  if (call.word == "rotate") return rotate(call, keyring.keys());
  if (call.word == "add") return add(call, keyring.keys());
  if (call.word == "use") return use(call, keyring.keys());
  if (call.word == "prune") return prune(call, keyring.keys());
  return Error{
      Reason::Invalid, "keys: '" + call.word + "' is none of status, rotate, add, use, prune"};
}

}  // namespace berth
