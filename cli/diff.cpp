#include <ostream>

#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/manifests.hpp"
#include "cli/process.hpp"
#include "cli/three_way_merge.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::cli {

namespace {

constexpr int kDiffFailed = 2;  // above 1: an error, as kubectl has it
constexpr int kConflictTries = 5;

class Diff final : public Command {
 public:
  void addFlags(FlagSet& flags) override { selection_.addFiles(flags); }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    if (!words.empty() || selection_.files.empty())
      return usageError("nothing to compare", "give -f FILE, a folder, or -");
    auto code = compare(session);
    if (code) return code;
    const int own = session.fail(code.error());
    return own > 1 ? own : kDiffFailed;
  }

 private:
  Result<int> compare(Session& session) {
    BERTH_TRY(
        auto manifests, readManifests(session.world(), selection_.files, selection_.recursive));
    BERTH_TRY(const auto folder, TemporaryFolder::make());
    BERTH_CHECK(folder.write("LIVE/.keep", ""));
    BERTH_CHECK(folder.write("MERGED/.keep", ""));
    for (auto& manifest : manifests) {
      auto done = writePair(session, manifest, folder);
      if (!done) return during(manifest.place(), std::move(done).error());
    }
    auto command = splitCommand(session.world().environment("KUBECTL_EXTERNAL_DIFF"));
    if (command.empty()) command = {"diff", "-u", "-N"};
    command.push_back(folder.path() + "/LIVE");
    command.push_back(folder.path() + "/MERGED");
    session.out().flush();
    return session.world().runProgram(command);
  }

  /// One file of what is, and one of what would be.
  static Result<> writePair(Session& session, Manifest& manifest, const TemporaryFolder& folder) {
    BERTH_TRY(const auto target, targetOf(session, manifest.document));
    if (target.type->namespaced) manifest.document["metadata"]["namespace"] = target.namespaceName;
    BERTH_TRY(auto* api, session.api());
    Result<Json> merged = Error{};
    Json live;
    for (int attempt = 0; attempt < kConflictTries; ++attempt) {
      auto found = api->call({.path = target.path()});
      if (!found && found.error().reason != Reason::NotFound) return std::move(found).error();
      live = found ? *std::move(found) : Json();
      merged = tryOut(*api, target, manifest.document, live);
      if (merged || merged.error().reason != Reason::Conflict) break;
    }
    if (!merged) return during(target.text(), std::move(merged).error());
    const auto name = target.type->group + "." + target.type->version + "." + target.type->kind +
                      "." + target.namespaceName + "." + target.name;
    if (!live.is_null()) BERTH_CHECK(folder.write("LIVE/" + name, shown(live, *merged, "before")));
    BERTH_CHECK(folder.write("MERGED/" + name, shown(*merged, live, "after")));
    return Ok{};
  }

  /// What the server would store.
  static Result<Json> tryOut(
      ApiClient& api, const Target& target, const Json& document, const Json& live) {
    const auto manifest = withLastApplied(document);
    RestRequest request{
        .method = "POST",
        .path = target.type->path(target.namespaceName, ""),
        .query = {{"dryRun", "All"}, {"fieldManager", "kubectl-client-side-apply"}},
        .contentType = "application/json",
        .body = dumpJson(manifest)};
    if (live.is_null()) return api.call(request);
    BERTH_TRY(const auto lastApplied, lastAppliedOf(live));
    auto patch = threeWayMerge(lastApplied, manifest, live);
    if (patch.empty()) return live;
    patch["metadata"]["resourceVersion"] = stringAt(live, "metadata.resourceVersion");
    request.method = "PATCH";
    request.path = target.path();
    request.contentType = kMergePatch;
    request.body = dumpJson(patch);
    return api.call(request);
  }

  /// Without what differs at every write, and without the values of Secrets.
  static std::string shown(Json object, const Json& other, const char* side) {
    dropManagedFields(object);
    if (object["metadata"].contains("annotations"))
      object["metadata"]["annotations"].erase(kLastApplied);
    if (stringAt(object, "kind") != "Secret" || !object.contains("data")) return toYaml(object);
    for (auto& [key, value] : object["data"].items()) {
      const auto* counterpart = findPath(other, "data");
      const bool same =
          counterpart != nullptr && counterpart->contains(key) && (*counterpart)[key] == value;
      value = same ? "***" : std::string("*** (") + side + ")";
    }
    return toYaml(object);
  }

  Selection selection_;
};

}  // namespace

std::unique_ptr<Command> makeDiff() { return std::make_unique<Diff>(); }

}  // namespace berth::cli
