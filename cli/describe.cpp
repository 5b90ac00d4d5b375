#include <ostream>

#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/describe_text.hpp"
#include "cli/exit_codes.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

namespace {

class Describe final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    selection_.addSelectors(flags);
    selection_.addFiles(flags);
    flags.add("show-events", showEvents_, "with the object's events (--show-events=false without)");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    selection_.all = true;
    BERTH_TRY(const auto objects, findObjects(session, words, selection_));
    Outcome outcome(session);
    bool first = true;
    for (const auto& entry : objects) {
      auto text = describe(session, entry);
      if (!text) {
        outcome.fail(std::move(text).error());
        continue;
      }
      session.out() << (first ? "" : "\n\n") << *text;
      first = false;
    }
    if (objects.empty()) session.err() << "No resources found\n";
    return outcome.code();
  }

 private:
  Result<std::string> describe(Session& session, const ObjectTarget& entry) {
    BERTH_TRY(auto* api, session.api());
    BERTH_TRY(const auto object, api->call({.path = entry.target.path()}));
    const Json noEvents;
    if (!showEvents_) return describeText(object, noEvents, session.wall());
    BERTH_TRY(const auto* discovery, session.discovery());
    const auto events = discovery->find("events");
    if (!events) return describeText(object, noEvents, session.wall());
    const auto space = entry.target.namespaceName.empty() ? "default" : entry.target.namespaceName;
    const auto found = api->list(
        {.path = (*events)->path(space, ""),
         .query = {
             {"fieldSelector",
              "involvedObject.uid=" + stringAt(object, "metadata.uid") +
                  ",involvedObject.name=" + stringAt(object, "metadata.name")},
             {"limit", "500"}}});
    const Json list = found && found->contains("items") ? (*found)["items"] : Json::array();
    return describeText(object, list, session.wall());
  }

  Selection selection_;
  bool showEvents_ = true;
};

}  // namespace

std::unique_ptr<Command> makeDescribe() { return std::make_unique<Describe>(); }

}  // namespace berth::cli
