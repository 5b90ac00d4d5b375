#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/files.hpp"
#include "cli/targets.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::cli {

namespace {

class Patch final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    selection_.addFiles(flags);
    change_.addTo(flags);
    flags.add("patch,p", patch_, "PATCH", "the patch, as JSON or YAML");
    flags.add("patch-file", file_, "FILE", "the patch is in a file");
    flags.add("type", type_, "TYPE", "merge (RFC 7386), json (RFC 6902) or strategic");
    flags.add("subresource", subresource_, "NAME", "patch the object's status");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    BERTH_CHECK(change_.check());
    BERTH_TRY(const auto body, readPatch());
    const auto contentType = type_ == "merge"       ? kMergePatch
                             : type_ == "json"      ? "application/json-patch+json"
                             : type_ == "strategic" ? "application/strategic-merge-patch+json"
                                                    : nullptr;
    if (contentType == nullptr)
      return usageError("--type: \"" + type_ + "\" is not merge, json or strategic");
    BERTH_TRY(const auto objects, findObjects(session, words, selection_));
    BERTH_TRY(auto* api, session.api());
    Outcome outcome(session);
    for (const auto& [target, ignored] : objects) {
      auto done = patchOne(session, *api, target, {.contentType = contentType, .body = body});
      if (!done) outcome.fail(during(target.text(), std::move(done).error()));
    }
    return outcome.code();
  }

 private:
  Result<std::string> readPatch() {
    if (patch_.empty() == file_.empty()) return usageError("give one of --patch and --patch-file");
    std::string text = patch_;
    if (!file_.empty()) {
      BERTH_TRY(text, readFile(file_));
    }
    auto documents = parseYaml(text);
    if (!documents) return usageError("the patch: " + documents.error().message);
    if (documents->size() != 1) return usageError("the patch is not one document");
    return dumpJson((*documents)[0].document);
  }

  Result<> patchOne(Session& session, ApiClient& api, const Target& target, RestRequest request) {
    BERTH_TRY(const auto before, api.call({.path = target.path()}));
    request.method = "PATCH";
    request.path = target.path() + (subresource_.empty() ? "" : "/" + subresource_);
    request.query = {{"fieldManager", "kubectl-patch"}};
    if (change_.dryRun() == DryRun::Client) {
      change_.tell(session, target, before, "patched");
      return Ok{};
    }
    change_.addQuery(request);
    BERTH_TRY(const auto after, api.call(request));
    const bool changed = stringAt(before, "metadata.resourceVersion") !=
                             stringAt(after, "metadata.resourceVersion") ||
                         change_.dryRun() == DryRun::Server;
    change_.tell(session, target, after, changed ? "patched" : "patched (no change)");
    return Ok{};
  }

  Selection selection_;
  ChangeFlags change_;
  std::string patch_;
  std::string file_;
  std::string type_ = "merge";
  std::string subresource_;
};

}  // namespace

std::unique_ptr<Command> makePatch() { return std::make_unique<Patch>(); }

}  // namespace berth::cli
