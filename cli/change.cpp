#include "cli/change.hpp"

#include <ostream>

#include "cli/exit_codes.hpp"

namespace berth::cli {

void ChangeFlags::addTo(FlagSet& flags) {
  flags.add(
      "dry-run",
      dryRunText_,
      "MODE",
      "none; client prints what would be sent; server has it checked but not stored");
  flags.add("output,o", outputText_, "FORMAT", "name, yaml, json or jsonpath=...");
}

Result<> ChangeFlags::check() {
  if (dryRunText_.value == "client") {
    dryRun_ = DryRun::Client;
  } else if (dryRunText_.value == "server") {
    dryRun_ = DryRun::Server;
  } else if (dryRunText_.value != "none") {
    return usageError("--dry-run: \"" + dryRunText_.value + "\" is not none, client or server");
  }
  BERTH_TRY(output_, Output::parse(outputText_));
  return Ok{};
}

void ChangeFlags::addQuery(RestRequest& request) const {
  if (dryRun_ == DryRun::Server) request.query.emplace_back("dryRun", "All");
}

void ChangeFlags::tell(
    Session& session, const Target& target, const Json& object, const std::string& verb) {
  if (!output_.isTable()) {
    auto shown = object;
    dropManagedFields(shown);
    if (output_.form() == Output::Form::Yaml && told_) session.out() << "---\n";
    told_ = true;
    session.out() << output_.print(shown);
    return;
  }
  session.out() << target.text() << ' ' << verb;
  if (dryRun_ == DryRun::Client) session.out() << " (dry run)";
  if (dryRun_ == DryRun::Server) session.out() << " (server dry run)";
  session.out() << std::endl;
}

}  // namespace berth::cli
