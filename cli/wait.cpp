#include <algorithm>
#include <cctype>
#include <ostream>

#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/follow.hpp"
#include "cli/jsonpath.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

namespace {

constexpr auto kForEver = std::chrono::hours(24 * 7);

bool sameWord(const std::string& a, const std::string& b) {
  return std::ranges::equal(
      a, b, [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

/// The condition of that type that speaks of the present generation; nullptr else.
const Json* currentCondition(const Json& object, const std::string& type) {
  const auto* conditions = findPath(object, "status.conditions");
  if (conditions == nullptr || !conditions->is_array()) return nullptr;
  const auto generation = integerAt(object, "metadata.generation");
  for (const auto& condition : *conditions) {
    if (!sameWord(stringAt(condition, "type"), type)) continue;
    const bool old = integerAt(condition, "observedGeneration", generation) < generation;
    return old ? nullptr : &condition;
  }
  return nullptr;
}

class Wait final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    selection_.addSelectors(flags);
    selection_.addFiles(flags);
    flags.add("all", selection_.all, "all of the kind in the namespace");
    flags.add(
        "for",
        goal_,
        "GOAL",
        "condition=TYPE[=STATUS], jsonpath='{PATH}'[=VALUE], create or delete");
    flags.add("timeout", timeout_, "TIME", "how long to wait; 0 looks once, below 0 is a week");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    BERTH_CHECK(parseGoal());
    BERTH_TRY(auto limit, parseTimeout(timeout_));
    if (limit < Duration::zero()) limit = kForEver;
    BERTH_TRY(const auto objects, findObjects(session, words, selection_));
    if (objects.empty()) return Error{Reason::NotFound, "no matching resources found"};
    const auto deadline = session.now() + limit;
    Outcome outcome(session);
    for (const auto& object : objects) {
      auto code = waitOne(session, object.target, deadline);
      if (!code) {
        outcome.fail(std::move(code).error());
      } else {
        outcome.note(*code);
      }
    }
    return outcome.code();
  }

 private:
  enum class Goal { Condition, JsonPath, Create, Delete };

  Result<> parseGoal() {
    if (sameWord(goal_, "delete") || sameWord(goal_, "create")) {
      kind_ = sameWord(goal_, "delete") ? Goal::Delete : Goal::Create;
      return Ok{};
    }
    if (goal_.starts_with("condition=")) {
      kind_ = Goal::Condition;
      type_ = goal_.substr(10);
      if (const auto equals = type_.find('='); equals != std::string::npos) {
        value_ = type_.substr(equals + 1);
        type_.resize(equals);
      }
      if (!type_.empty()) return Ok{};
    } else if (goal_.starts_with("jsonpath=")) {
      kind_ = Goal::JsonPath;
      const auto text = goal_.substr(9);
      const auto end = text.starts_with('{') ? text.rfind('}') : text.find('=') - 1;
      hasValue_ = end != std::string::npos && end + 1 < text.size();
      value_ = hasValue_ ? text.substr(end + 2) : "";
      BERTH_TRY(path_, cli::JsonPath::parse(text.substr(0, end + 1)));
      return Ok{};
    }
    return usageError(
        goal_.empty() ? "--for is missing" : "--for: \"" + goal_ + "\" is no goal",
        "--for=condition=Ready, --for=delete, --for=jsonpath='{.status.phase}'=Running");
  }

  [[nodiscard]] bool reached(const Json& object) const {
    switch (kind_) {
      case Goal::Delete:
        return object.is_null();
      case Goal::Create:
        return !object.is_null();
      case Goal::Condition: {
        const auto* condition = currentCondition(object, type_);
        return condition != nullptr && sameWord(stringAt(*condition, "status"), value_);
      }
      case Goal::JsonPath: {
        const auto found = path_.find(object);
        return !found.empty() && (!hasValue_ || plainText(*found[0]) == value_);
      }
    }
    return false;
  }

  /// Why waiting for Ready has become pointless; empty when it has not.
  [[nodiscard]] std::string stalled(const Json& object) const {
    const bool forReady =
        kind_ == Goal::Condition && sameWord(type_, "Ready") && sameWord(value_, "True");
    const auto* condition = forReady ? currentCondition(object, "Stalled") : nullptr;
    if (condition == nullptr || stringAt(*condition, "status") != "True") return {};
    return stringAt(*condition, "reason") + ": " + stringAt(*condition, "message");
  }

  Result<int> waitOne(Session& session, const Target& target, Time deadline) {
    std::string why;
    bool missing = false;
    BERTH_TRY(const bool done, followObject(session, target, deadline, [&](const Json& object) {
                missing = object.is_null() && (kind_ == Goal::Condition || kind_ == Goal::JsonPath);
                if (missing || reached(object)) return true;
                why = stalled(object);
                return !why.empty();
              }));
    if (missing)
      return Error{
          Reason::NotFound,
          target.type->plural + (target.type->group.empty() ? "" : "." + target.type->group) +
              " \"" + target.name + "\" not found"};
    if (!why.empty()) {
      session.fail(Error{Reason::Invalid, target.text() + " has stalled: " + why});
      return kExitStalled;
    }
    if (!done)
      return withHint(
          Error{
              Reason::Timeout,
              "timed out waiting for the condition on " + target.type->plural + "/" + target.name},
          session.program() + " describe " + target.type->plural + "/" + target.name);
    session.out() << target.text() << " condition met" << std::endl;
    return kExitOk;
  }

  Selection selection_;
  std::string goal_;
  Goal kind_ = Goal::Condition;
  std::string type_;
  std::string value_ = "True";
  bool hasValue_ = false;
  cli::JsonPath path_;
  std::string timeout_ = "30s";
};

}  // namespace

std::unique_ptr<Command> makeWait() { return std::make_unique<Wait>(); }

}  // namespace berth::cli
