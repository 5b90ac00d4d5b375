#include <algorithm>
#include <ostream>
#include <sstream>

#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/output.hpp"
#include "cli/table.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

namespace {

class Get final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    selection_.addSelectors(flags);
    selection_.addFiles(flags);
    flags.add(
        "output,o", outputText_, "FORMAT", "wide, yaml, json, name, jsonpath=, custom-columns=");
    flags.add("watch,w", watch_, "after that, show every change");
    flags.add("watch-only", watchOnly_, "show changes only");
    flags.add("output-watch-events", watchEvents_, "with -w, show what kind of change it was");
    flags.add("sort-by", sortBy_, "JSONPATH", "order by a field: .metadata.creationTimestamp");
    flags.add("no-headers", noHeaders_, "without the line of headers");
    flags.add("show-labels", showLabels_, "with a column of all labels");
    flags.add("label-columns,L", labelColumns_, "KEY", "with columns for these labels");
    flags.add("show-managed-fields", managedFields_, "keep managedFields in yaml and json");
    flags.add("ignore-not-found", ignoreNotFound_, "an object that is not there is no error");
    flags.add("raw", raw_, "PATH", "print the server's answer for a path");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    if (!raw_.empty()) return printRaw(session);
    BERTH_TRY(output_, Output::parse(outputText_));
    BERTH_TRY(auto targets, resolve(session, words));
    if (watch_ || watchOnly_) {
      if (targets.size() != 1) return usageError("--watch needs one kind, or one object");
      return watch(session, targets[0]);
    }
    return output_.isTable() ? printTables(session, targets) : printDocuments(session, targets);
  }

 private:
  Result<int> printRaw(Session& session) {
    BERTH_TRY(auto* api, session.api());
    BERTH_TRY(const auto body, api->callRaw({.path = raw_, .accept = "application/json, */*"}));
    session.out() << body;
    return kExitOk;
  }

  Result<std::vector<Target>> resolve(Session& session, const std::vector<std::string>& words) {
    if (selection_.files.empty()) return findTargets(session, words, selection_.allNamespaces);
    BERTH_TRY(const auto objects, findObjects(session, words, selection_));
    std::vector<Target> targets;
    for (const auto& object : objects) targets.push_back(object.target);
    return targets;
  }

  [[nodiscard]] RestRequest request(const Target& target, bool table) const {
    auto request =
        target.name.empty() ? listRequest(target, selection_) : RestRequest{.path = target.path()};
    if (table) request.accept = kTableAccept;
    if (table && !sortBy_.empty()) request.query.emplace_back("includeObject", "Object");
    return request;
  }

  /// One answer, empty when it is not there and need not be.
  Result<Json> fetch(Session& session, const Target& target, bool table) {
    BERTH_TRY(auto* api, session.api());
    auto answer =
        target.name.empty() ? api->list(request(target, table)) : api->call(request(target, table));
    if (!answer && ignoreNotFound_ && answer.error().reason == Reason::NotFound) return Json();
    return answer;
  }

  // ---- tables

  [[nodiscard]] TableOptions tableOptions(const Target& target, bool manyKinds) const {
    TableOptions options{
        .wide = output_.form() == Output::Form::Wide,
        .headers = !noHeaders_,
        .withNamespace = selection_.allNamespaces && target.type->namespaced,
        .showLabels = showLabels_};
    for (const auto& entry : labelColumns_) {
      std::istringstream list(entry);
      for (std::string key; std::getline(list, key, ',');) options.labelColumns.push_back(key);
    }
    if (manyKinds) options.namePrefix = target.type->displayName();
    return options;
  }

  Result<int> printTables(Session& session, const std::vector<Target>& targets) {
    Outcome outcome(session);
    const bool manyKinds = std::ranges::any_of(
        targets, [&](const Target& target) { return target.type != targets[0].type; });
    std::size_t shown = 0;
    std::size_t tables = 0;
    for (std::size_t i = 0; i < targets.size();) {
      Json whole;
      const auto& first = targets[i];
      for (; i < targets.size() && targets[i].type == first.type; ++i) {
        auto table = fetch(session, targets[i], true);
        if (!table) {
          outcome.fail(table.error());
          continue;
        }
        if (!table->is_null()) append(whole, asTable(*std::move(table), session.wall()));
      }
      if (whole.is_null() || whole["rows"].empty()) continue;
      BERTH_CHECK(sortItems(whole["rows"], "object"));
      if (tables++ > 0) session.out() << '\n';
      shown += whole["rows"].size();
      session.out() << TablePrinter(tableOptions(first, manyKinds)).print(whole);
    }
    const bool named = !targets.empty() && !targets[0].name.empty();
    if (shown == 0 && outcome.code() == 0 && !named) BERTH_CHECK(tellNone(session, targets));
    return outcome.code();
  }

  static Json asTable(Json answer, Time now) {
    if (stringAt(answer, "kind") != "Table") answer = plainTable(answer, now);
    return answer;
  }

  static void append(Json& whole, Json table) {
    if (whole.is_null()) {
      whole = std::move(table);
      if (!whole["rows"].is_array()) whole["rows"] = Json::array();
      return;
    }
    for (auto& row : table["rows"]) whole["rows"].push_back(std::move(row));
  }

  Result<> tellNone(Session& session, const std::vector<Target>& targets) {
    session.err() << "No resources found";
    const bool scoped =
        std::ranges::any_of(targets, [](const Target& target) { return target.type->namespaced; });
    if (scoped && !selection_.allNamespaces) {
      BERTH_TRY(const auto space, session.namespaceName());
      session.err() << " in " << space << " namespace.";
    }
    session.err() << '\n';
    return Ok{};
  }

  Result<> sortItems(Json& items, const std::string& member) const {
    if (sortBy_.empty()) return Ok{};
    BERTH_TRY(const auto path, JsonPath::parse(sortBy_));
    const auto key = [&](const Json& item) {
      const auto found = path.find(member.empty() ? item : item[member]);
      return found.empty() ? Json() : *found[0];
    };
    std::vector<Json> sorted(items.begin(), items.end());
    std::ranges::stable_sort(sorted, std::ranges::less(), key);
    items = std::move(sorted);
    return Ok{};
  }

  // ---- documents

  Result<int> printDocuments(Session& session, const std::vector<Target>& targets) {
    Outcome outcome(session);
    Json items = Json::array();
    const bool one = targets.size() == 1 && !targets[0].name.empty();
    for (const auto& target : targets) {
      auto answer = fetch(session, target, false);
      if (!answer) {
        outcome.fail(answer.error());
        continue;
      }
      if (answer->is_null()) continue;
      if (!target.name.empty()) {
        items.push_back(*std::move(answer));
        continue;
      }
      for (auto& item : (*answer)["items"]) {
        item["apiVersion"] = target.type->apiVersion();
        item["kind"] = target.type->kind;
        items.push_back(std::move(item));
      }
    }
    BERTH_CHECK(sortItems(items, ""));
    if (one && items.empty()) return outcome.code();
    Json document = one ? std::move(items[0]) : makeList(std::move(items));
    if (!managedFields_) dropManagedFields(document);
    session.out() << output_.print(document);
    return outcome.code();
  }

  // ---- watching

  Result<int> watch(Session& session, Target target) {
    BERTH_TRY(auto* api, session.api());
    const bool table = output_.isTable();
    TablePrinter printer(tableOptions(target, false));
    auto following = request(target, table);
    BERTH_TRY(auto answer, target.name.empty() ? api->list(following) : api->call(following));
    const auto revision = stringAt(answer, "metadata.resourceVersion");
    if (!watchOnly_) {
      if (table) {
        show(session, printer, "ADDED", asTable(std::move(answer), session.wall()));
      } else if (target.name.empty()) {
        for (const auto& item : answer["items"]) show(session, printer, "ADDED", item);
      } else {
        show(session, printer, "ADDED", answer);
      }
    }
    std::erase_if(following.query, [](const auto& entry) { return entry.first == "limit"; });
    if (!target.name.empty()) {
      following.query.emplace_back("fieldSelector", "metadata.name=" + target.name);
      target.name.clear();
      following.path = target.path();
    }
    following.query.emplace_back("watch", "true");
    following.query.emplace_back("resourceVersion", revision);
    BERTH_CHECK(api->watch(following, [&](const Json& event) {
      const auto type = stringAt(event, "type");
      if (type != "BOOKMARK") show(session, printer, type, event["object"]);
      return session.out().good();
    }));
    return kExitOk;
  }

  void show(Session& session, TablePrinter& printer, const std::string& type, Json object) {
    if (output_.isTable()) {
      const auto table = asTable(std::move(object), session.wall());
      session.out()
          << (watchEvents_ ? printer.printWithLead(table, "EVENT", type) : printer.print(table));
    } else {
      if (!managedFields_) dropManagedFields(object);
      if (output_.form() == Output::Form::Yaml && shown_) session.out() << "---\n";
      shown_ = true;
      session.out() << output_.print(object);
    }
    session.out().flush();
  }

  Selection selection_;
  std::string outputText_;
  Output output_;
  bool watch_ = false;
  bool watchOnly_ = false;
  bool watchEvents_ = false;
  std::string sortBy_;
  bool noHeaders_ = false;
  bool showLabels_ = false;
  std::vector<std::string> labelColumns_;
  bool managedFields_ = false;
  bool ignoreNotFound_ = false;
  bool shown_ = false;  // a document, so that the next is divided from it
  std::string raw_;
};

}  // namespace

std::unique_ptr<Command> makeGet() { return std::make_unique<Get>(); }

}  // namespace berth::cli
