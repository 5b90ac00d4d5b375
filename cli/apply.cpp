#include <ostream>

#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/manifests.hpp"
#include "cli/three_way_merge.hpp"

namespace berth::cli {

namespace {

constexpr int kConflictTries = 5;

/// What --validate says, as the API's fieldValidation.
Result<std::string> fieldValidation(const std::string& flag) {
  if (flag == "strict" || flag == "true") return std::string("Strict");
  if (flag == "warn") return std::string("Warn");
  if (flag == "ignore" || flag == "false") return std::string("Ignore");
  return usageError("--validate: \"" + flag + "\" is not strict, warn or ignore");
}

class Apply final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    selection_.addFiles(flags);
    change_.addTo(flags);
    flags.add("validate", validate_, "MODE", "strict, warn or ignore: fields that are not known");
    flags.add("field-manager", manager_, "NAME", "the writer that the server records");
    flags.add("server-side", serverSide_, "let the server merge");
    flags.add("force-conflicts", forceConflicts_, "with --server-side, take fields from others");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    if (!words.empty()) return usageError("unexpected \"" + words[0] + "\"", "files come with -f");
    if (selection_.files.empty())
      return usageError("nothing to apply", "give -f FILE, a folder, or -");
    BERTH_CHECK(change_.check());
    BERTH_TRY(validation_, fieldValidation(validate_));
    if (manager_.empty()) manager_ = serverSide_ ? "kubectl" : "kubectl-client-side-apply";
    BERTH_TRY(
        auto manifests, readManifests(session.world(), selection_.files, selection_.recursive));
    Outcome outcome(session);
    for (auto& manifest : manifests) {
      auto applied = applyOne(session, manifest);
      if (applied) continue;
      outcome.fail(during(manifest.place(), std::move(applied).error()));
      if (exitCodeOf(applied.error().reason) == kExitUnreachable) break;
    }
    return outcome.code();
  }

 private:
  Result<> applyOne(Session& session, Manifest& manifest) {
    BERTH_TRY(const auto target, targetOf(session, manifest.document));
    if (target.name.empty())
      return Error{Reason::Invalid, "metadata.name: required: apply finds objects by their name"};
    if (target.type->namespaced) manifest.document["metadata"]["namespace"] = target.namespaceName;
    auto applied = serverSide_ ? onServer(session, target, manifest.document)
                               : merge(session, target, manifest.document);
    if (!applied) return during(target.text(), std::move(applied).error());
    return Ok{};
  }

  [[nodiscard]] RestRequest writing(const char* method, std::string path) const {
    RestRequest request{
        .method = method, .path = std::move(path), .contentType = "application/json"};
    request.query = {{"fieldManager", manager_}, {"fieldValidation", validation_}};
    change_.addQuery(request);
    return request;
  }

  Result<> onServer(Session& session, const Target& target, const Json& document) {
    if (change_.dryRun() == DryRun::Client)
      return usageError("--dry-run=client does not go with --server-side", "use --dry-run=server");
    BERTH_TRY(auto* api, session.api());
    auto request = writing("PATCH", target.path());
    request.query.emplace_back("force", forceConflicts_ ? "true" : "false");
    request.contentType = "application/apply-patch+yaml";
    request.body = dumpJson(document);
    BERTH_TRY(const auto object, api->call(request));
    change_.tell(session, target, object, "serverside-applied");
    return Ok{};
  }

  Result<> merge(Session& session, const Target& target, const Json& document) {
    BERTH_TRY(auto* api, session.api());
    const auto manifest = withLastApplied(document);
    for (int attempt = 1;; ++attempt) {
      auto live = api->call({.path = target.path()});
      if (!live && live.error().reason != Reason::NotFound) return std::move(live).error();
      auto done =
          live ? update(session, target, manifest, *live) : create(session, target, manifest);
      const bool raced = !done && (done.error().reason == Reason::Conflict ||
                                   done.error().reason == Reason::AlreadyExists);
      if (!raced || attempt == kConflictTries) return done;
    }
  }

  Result<> create(Session& session, const Target& target, const Json& manifest) {
    if (change_.dryRun() == DryRun::Client) {
      change_.tell(session, target, manifest, "created");
      return Ok{};
    }
    BERTH_TRY(auto* api, session.api());
    auto request = writing("POST", target.type->path(target.namespaceName, ""));
    request.body = dumpJson(manifest);
    BERTH_TRY(const auto object, api->call(request));
    change_.tell(session, target, object, "created");
    return Ok{};
  }

  Result<> update(Session& session, const Target& target, const Json& manifest, const Json& live) {
    BERTH_TRY(const auto lastApplied, lastAppliedOf(live));
    if (lastApplied.empty())
      session.err() << "Warning: " << target.text() << " was not made by apply: the annotation "
                    << kLastApplied << " is missing and will be added\n";
    const auto patch = threeWayMerge(lastApplied, manifest, live);
    if (patch.empty()) {
      change_.tell(session, target, live, "unchanged");
      return Ok{};
    }
    if (change_.dryRun() == DryRun::Client) {
      auto merged = live;
      merged.merge_patch(patch);
      change_.tell(session, target, merged, "configured");
      return Ok{};
    }
    BERTH_TRY(auto* api, session.api());
    auto request = writing("PATCH", target.path());
    request.contentType = kMergePatch;
    request.body = dumpJson(patch);
    BERTH_TRY(const auto object, api->call(request));
    change_.tell(session, target, object, "configured");
    return Ok{};
  }

  Selection selection_;
  ChangeFlags change_;
  std::string validate_ = "strict";
  std::string validation_;
  std::string manager_;
  bool serverSide_ = false;
  bool forceConflicts_ = false;
};

}  // namespace

std::unique_ptr<Command> makeApply() { return std::make_unique<Apply>(); }

}  // namespace berth::cli
