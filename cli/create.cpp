#include <ostream>

#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/manifests.hpp"

namespace berth::cli {

namespace {

class Create final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    selection_.addFiles(flags);
    change_.addTo(flags);
    flags.add("validate", validate_, "MODE", "strict, warn or ignore: fields that are not known");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    BERTH_CHECK(change_.check());
    std::vector<Manifest> manifests;
    if (words.size() == 2 && (words[0] == "namespace" || words[0] == "ns")) {
      manifests.push_back(
          {{{"apiVersion", "v1"}, {"kind", "Namespace"}, {"metadata", {{"name", words[1]}}}},
           "namespace"});
    } else if (!words.empty() || selection_.files.empty()) {
      return usageError("nothing to create", "give -f FILE, or: create namespace NAME");
    } else {
      BERTH_TRY(manifests, readManifests(session.world(), selection_.files, selection_.recursive));
    }
    Outcome outcome(session);
    for (auto& manifest : manifests) {
      auto created = createOne(session, manifest);
      if (!created) outcome.fail(during(manifest.place(), std::move(created).error()));
    }
    return outcome.code();
  }

 private:
  Result<> createOne(Session& session, Manifest& manifest) {
    BERTH_TRY(auto target, targetOf(session, manifest.document));
    if (target.type->namespaced) manifest.document["metadata"]["namespace"] = target.namespaceName;
    if (change_.dryRun() == DryRun::Client) {
      change_.tell(session, target, manifest.document, "created");
      return Ok{};
    }
    BERTH_TRY(auto* api, session.api());
    const auto validation = validate_ == "ignore" || validate_ == "false" ? "Ignore"
                            : validate_ == "warn"                         ? "Warn"
                                                                          : "Strict";
    RestRequest request{
        .method = "POST",
        .path = target.type->path(target.namespaceName, ""),
        .query = {{"fieldManager", "kubectl-create"}, {"fieldValidation", validation}},
        .contentType = "application/json",
        .body = dumpJson(manifest.document)};
    change_.addQuery(request);
    auto object = api->call(request);
    if (!object) return during(target.text(), std::move(object).error());
    target.name = stringAt(*object, "metadata.name");
    change_.tell(session, target, *object, "created");
    return Ok{};
  }

  Selection selection_;
  ChangeFlags change_;
  std::string validate_ = "strict";
};

}  // namespace

std::unique_ptr<Command> makeCreate() { return std::make_unique<Create>(); }

}  // namespace berth::cli
