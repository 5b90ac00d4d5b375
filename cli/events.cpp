#include <algorithm>
#include <ostream>

#include "cli/command.hpp"
#include "cli/describe_text.hpp"
#include "cli/exit_codes.hpp"
#include "cli/output.hpp"
#include "cli/tab_writer.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

namespace {

class Events final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    flags.add("all-namespaces,A", allNamespaces_, "in all namespaces");
    flags.add("for", object_, "KIND/NAME", "of one object only");
    flags.add("types", types_, "TYPE", "Normal, Warning");
    flags.add("watch,w", watch_, "after that, show new ones as they come");
    flags.add("no-headers", noHeaders_, "without the line of headers");
    flags.add("output,o", outputText_, "FORMAT", "yaml, json, name or jsonpath=...");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    if (!words.empty()) return usageError("unexpected \"" + words[0] + "\"", "--for KIND/NAME");
    BERTH_TRY(output_, Output::parse(outputText_));
    BERTH_TRY(const auto targets, findTargets(session, {"events"}, allNamespaces_));
    auto request = RestRequest{.path = targets[0].path()};
    BERTH_CHECK(addSelector(session, request));
    BERTH_TRY(auto* api, session.api());
    auto paged = request;
    paged.query.emplace_back("limit", "500");
    BERTH_TRY(auto list, api->list(paged));
    std::vector<Json> events(list["items"].begin(), list["items"].end());
    std::erase_if(events, [this](const Json& event) { return !isWanted(event); });
    std::ranges::stable_sort(events, std::ranges::less(), lastSeen);
    BERTH_CHECK(print(session, events));
    if (!watch_) return kExitOk;
    request.query.emplace_back("watch", "true");
    request.query.emplace_back("resourceVersion", stringAt(list, "metadata.resourceVersion"));
    Result<> printed = Ok{};
    BERTH_CHECK(api->watch(request, [&](const Json& event) {
      const auto type = stringAt(event, "type");
      if ((type == "ADDED" || type == "MODIFIED") && isWanted(event["object"]))
        printed = print(session, {event["object"]});
      return printed && session.out().good();
    }));
    BERTH_CHECK(printed);
    return kExitOk;
  }

 private:
  Result<> addSelector(Session& session, RestRequest& request) const {
    if (object_.empty()) return Ok{};
    BERTH_TRY(const auto targets, findTargets(session, {object_}));
    if (targets.empty() || targets[0].name.empty())
      return usageError("--for: \"" + object_ + "\" is not KIND/NAME");
    request.query.emplace_back(
        "fieldSelector",
        "involvedObject.kind=" + targets[0].type->kind + ",involvedObject.name=" + targets[0].name);
    return Ok{};
  }

  [[nodiscard]] bool isWanted(const Json& event) const {
    return types_.empty() || std::ranges::find(types_, stringAt(event, "type")) != types_.end();
  }

  Result<> print(Session& session, const std::vector<Json>& events) {
    if (!output_.isTable()) {
      session.out() << output_.print(makeList(events));
      return Ok{};
    }
    if (events.empty()) {
      session.err() << "No events found";
      if (!allNamespaces_) {
        BERTH_TRY(const auto space, session.namespaceName());
        session.err() << " in " << space << " namespace.";
      }
      session.err() << '\n';
      return Ok{};
    }
    const std::string lead = allNamespaces_ ? "NAMESPACE\t" : "";
    if (!noHeaders_ && !headerPrinted_)
      writer_.write(lead + "LAST SEEN\tTYPE\tREASON\tOBJECT\tMESSAGE\n");
    headerPrinted_ = true;
    for (const auto& event : events) writer_.write(line(event, session.wall()));
    session.out() << writer_.flush() << std::flush;
    return Ok{};
  }

  [[nodiscard]] std::string line(const Json& event, Time now) const {
    auto message = stringAt(event, "message");
    std::ranges::replace(message, '\n', ' ');
    std::string text = allNamespaces_ ? stringAt(event, "metadata.namespace") + "\t" : "";
    text +=
        eventAge(event, now) + "\t" + stringAt(event, "type") + "\t" + stringAt(event, "reason");
    return text + "\t" + stringAt(event, "involvedObject.kind") + "/" +
           stringAt(event, "involvedObject.name") + "\t" + message + "\n";
  }

  bool allNamespaces_ = false;
  std::string object_;
  std::vector<std::string> types_;
  bool watch_ = false;
  bool noHeaders_ = false;
  std::string outputText_;
  Output output_;
  bool headerPrinted_ = false;
  TabWriter writer_{TabLayout{.minimum = 6, .padding = 3, .remember = true}};
};

}  // namespace

std::unique_ptr<Command> makeEvents() { return std::make_unique<Events>(); }

}  // namespace berth::cli
