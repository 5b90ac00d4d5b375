#include <algorithm>
#include <ostream>

#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

namespace {

/// label and annotate differ in the member of metadata, and in their words.
struct Flavor {
  const char* member;   // "labels"
  const char* manager;  // "kubectl-label"
  const char* set;      // "labeled"
  const char* removed;  // "unlabeled"
  const char* same;     // "not labeled"
};

class ChangePairs final : public Command {
 public:
  explicit ChangePairs(const Flavor& flavor) : flavor_(flavor) {}

  void addFlags(FlagSet& flags) override {
    flags.add("selector,l", selection_.labels, "SELECTOR", "of the objects with these labels");
    flags.add("field-selector", selection_.fields, "SELECTOR", "by field: metadata.name=a");
    flags.add("all-namespaces,A", selection_.allNamespaces, "in all namespaces");
    flags.add("all", selection_.all, "of all of the kind in the namespace");
    selection_.addFiles(flags);
    change_.addTo(flags);
    flags.add("overwrite", overwrite_, "change a key that has another value");
    flags.add("list", list_, "print them");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    BERTH_CHECK(change_.check());
    std::vector<std::string> objectsNamed;
    for (const auto& word : words) {
      const bool removal = word.size() > 1 && word.back() == '-' && !objectsNamed.empty();
      if (word.find('=') != std::string::npos) {
        pairs_[word.substr(0, word.find('='))] = word.substr(word.find('=') + 1);
      } else if (removal) {
        pairs_[word.substr(0, word.size() - 1)] = nullptr;
      } else {
        objectsNamed.push_back(word);
      }
    }
    if (pairs_.empty() && !list_)
      return usageError("nothing to change", "KEY=VALUE sets, KEY- removes, --list shows");
    BERTH_TRY(const auto objects, findObjects(session, objectsNamed, selection_));
    Outcome outcome(session);
    for (const auto& entry : objects) {
      auto done = changeOne(session, entry.target);
      if (!done) outcome.fail(during(entry.target.text(), std::move(done).error()));
    }
    return outcome.code();
  }

 private:
  Result<> changeOne(Session& session, const Target& target) {
    BERTH_TRY(auto* api, session.api());
    BERTH_TRY(auto object, api->call({.path = target.path()}));
    auto& present = object["metadata"][flavor_.member];
    if (!present.is_object()) present = Json::object();
    if (list_) {
      for (const auto& [key, value] : present.items())
        session.out() << key << '=' << plainText(value) << '\n';
      if (pairs_.empty()) return Ok{};
    }
    BERTH_TRY(const auto wanted, difference(present));
    const char* verb = verbFor(wanted);
    if (wanted.empty() || change_.dryRun() == DryRun::Client) {
      change_.tell(session, target, object, verb);
      return Ok{};
    }
    RestRequest request{
        .method = "PATCH",
        .path = target.path(),
        .query = {{"fieldManager", flavor_.manager}},
        .contentType = kMergePatch,
        .body = dumpJson({{"metadata", {{flavor_.member, wanted}}}})};
    change_.addQuery(request);
    BERTH_TRY(const auto after, api->call(request));
    change_.tell(session, target, after, verb);
    return Ok{};
  }

  /// The pairs that are not so yet; null removes.
  [[nodiscard]] Result<Json> difference(const Json& present) const {
    Json wanted = Json::object();
    for (const auto& [key, value] : pairs_.items()) {
      const auto found = present.find(key);
      const bool there = found != present.end();
      if (value.is_null() ? !there : there && *found == value) continue;
      if (there && !value.is_null() && !overwrite_)
        return withHint(
            Error{
                Reason::AlreadyExists,
                "\"" + key + "\" already has the value " + plainText(*found)},
            "--overwrite changes it");
      wanted[key] = value;
    }
    return wanted;
  }

  [[nodiscard]] const char* verbFor(const Json& wanted) const {
    if (wanted.empty()) return flavor_.same;
    const bool sets =
        std::ranges::any_of(wanted, [](const Json& value) { return !value.is_null(); });
    return sets ? flavor_.set : flavor_.removed;
  }

  Flavor flavor_;
  Selection selection_;
  ChangeFlags change_;
  Json pairs_ = Json::object();
  bool overwrite_ = false;
  bool list_ = false;
};

}  // namespace

std::unique_ptr<Command> makeLabel() {
  return std::make_unique<ChangePairs>(
      Flavor{"labels", "kubectl-label", "labeled", "unlabeled", "not labeled"});
}

std::unique_ptr<Command> makeAnnotate() {
  return std::make_unique<ChangePairs>(
      Flavor{"annotations", "kubectl-annotate", "annotated", "annotated", "annotated"});
}

}  // namespace berth::cli
