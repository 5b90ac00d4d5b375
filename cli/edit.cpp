#include <ostream>

#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/files.hpp"
#include "cli/process.hpp"
#include "cli/targets.hpp"
#include "cli/three_way_merge.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::cli {

namespace {

constexpr const char* kPreamble =
    "# Edit the object below; lines that begin with # are passed over.  An empty file\n"
    "# ends the edit without a change.  What the server refuses is shown here again.\n";

std::string asComment(const std::string& text) {
  std::string comment = "#\n# ";
  for (const char c : text) {
    comment += c;
    if (c == '\n') comment += "# ";
  }
  return comment + "\n#\n";
}

/// Empty when only comments and blanks are left.
bool isBlank(const std::string& text) {
  bool comment = false;
  bool lineStart = true;
  for (const char c : text) {
    if (c == '\n') {
      comment = false;
      lineStart = true;
      continue;
    }
    if (lineStart && c == '#') comment = true;
    if (c != ' ' && c != '\t' && c != '\r') lineStart = false;
    if (!comment && c != ' ' && c != '\t' && c != '\r') return false;
  }
  return true;
}

class Edit final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    selection_.addFiles(flags);
    change_.addTo(flags);
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    BERTH_CHECK(change_.check());
    BERTH_TRY(const auto objects, findObjects(session, words, selection_));
    Outcome outcome(session);
    for (const auto& entry : objects) {
      auto done = editOne(session, entry.target);
      if (!done) outcome.fail(during(entry.target.text(), std::move(done).error()));
    }
    return outcome.code();
  }

 private:
  Result<> editOne(Session& session, const Target& target) {
    BERTH_TRY(auto* api, session.api());
    BERTH_TRY(auto original, api->call({.path = target.path()}));
    dropManagedFields(original);
    BERTH_TRY(const auto folder, TemporaryFolder::make());
    auto body = toYaml(original);
    std::string complaint;
    for (;;) {
      const auto shown = kPreamble + (complaint.empty() ? "#\n" : asComment(complaint)) + body;
      BERTH_TRY(const auto file, folder.write(target.name + ".yaml", shown));
      BERTH_CHECK(runEditor(session, file));
      BERTH_TRY(const auto edited, readFile(file));
      if (isBlank(edited) || edited == shown) {
        session.err() << "Edit cancelled, no changes made.\n";
        if (complaint.empty()) return Ok{};
        return Error{Reason::Invalid, complaint};
      }
      auto changed = send(session, *api, target, original, edited);
      if (changed) return Ok{};
      if (changed.error().reason != Reason::Invalid) return changed;
      complaint = changed.error().message;
      body = edited.substr(bodyStart(edited));
    }
  }

  /// The place after the leading comment lines.
  static std::size_t bodyStart(const std::string& text) {
    std::size_t at = 0;
    while (at < text.size() && text[at] == '#') {
      const auto end = text.find('\n', at);
      at = end == std::string::npos ? text.size() : end + 1;
    }
    return at;
  }

  static Result<> runEditor(Session& session, const std::string& file) {
    std::vector<std::string> command;
    for (const char* name : {"KUBE_EDITOR", "VISUAL", "EDITOR"})
      if (command.empty()) command = splitCommand(session.world().environment(name));
    if (command.empty()) command = {"vi"};
    command.push_back(file);
    BERTH_TRY(const int status, session.world().runProgram(command));
    if (status != 0)
      return Error{
          Reason::InternalError, command[0] + " ended with status " + std::to_string(status)};
    return Ok{};
  }

  Result<> send(
      Session& session,
      ApiClient& api,
      const Target& target,
      const Json& original,
      const std::string& edited) {
    auto documents = parseYaml(edited);
    if (!documents) return Error{Reason::Invalid, documents.error().message};
    if (documents->size() != 1) return Error{Reason::Invalid, "one document is expected"};
    const auto patch = mergePatchBetween(original, (*documents)[0].document);
    if (patch.empty()) {
      session.err() << "Edit cancelled, no changes made.\n";
      return Ok{};
    }
    if (change_.dryRun() == DryRun::Client) {
      change_.tell(session, target, (*documents)[0].document, "edited");
      return Ok{};
    }
    RestRequest request{
        .method = "PATCH",
        .path = target.path(),
        .query = {{"fieldManager", "kubectl-edit"}, {"fieldValidation", "Strict"}},
        .contentType = kMergePatch,
        .body = dumpJson(patch)};
    change_.addQuery(request);
    BERTH_TRY(const auto object, api.call(request));
    change_.tell(session, target, object, "edited");
    return Ok{};
  }

  Selection selection_;
  ChangeFlags change_;
};

}  // namespace

std::unique_ptr<Command> makeEdit() { return std::make_unique<Edit>(); }

}  // namespace berth::cli
