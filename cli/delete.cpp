#include <algorithm>
#include <ostream>

#include "cli/change.hpp"
#include "cli/command.hpp"
#include "cli/exit_codes.hpp"
#include "cli/follow.hpp"
#include "cli/targets.hpp"

namespace berth::cli {

namespace {

constexpr auto kForEver = std::chrono::hours(24 * 7);

class Delete final : public Command {
 public:
  void addFlags(FlagSet& flags) override {
    selection_.addSelectors(flags);
    selection_.addFiles(flags);
    change_.addTo(flags);
    flags.add("all", selection_.all, "all of the kind in the namespace");
    flags.add("wait", wait_, "wait until the objects are gone (--wait=false does not)");
    flags.add("timeout", timeout_, "TIME", "how long to wait; 0 means as long as it takes");
    flags.add("ignore-not-found", ignoreNotFound_, "an object that is not there is no error");
    flags.add("cascade", cascade_, "HOW", "background, foreground or orphan: what it owns");
    flags.add("grace-period", gracePeriod_, "SECONDS", "time that the object gets to end");
    flags.add("force", force_, "with --grace-period=0");
    flags.add("now", now_, "with a grace period of one second");
  }

  Result<int> run(Session& session, const std::vector<std::string>& words) override {
    BERTH_CHECK(change_.check());
    BERTH_TRY(const auto limit, parseTimeout(timeout_));
    if (cascade_.value == "true") cascade_.value = "background";
    if (cascade_.value == "false") cascade_.value = "orphan";
    if (cascade_.value != "background" && cascade_.value != "foreground" &&
        cascade_.value != "orphan")
      return usageError(
          "--cascade: \"" + cascade_.value + "\" is not background, foreground or orphan");
    BERTH_TRY(auto objects, findObjects(session, words, selection_));
    if (objects.empty()) session.err() << "No resources found\n";
    if (!selection_.files.empty())
      std::ranges::reverse(objects);  // what came last may need the first
    Outcome outcome(session);
    std::vector<Gone> deleted;
    for (const auto& object : objects) {
      auto uid = deleteOne(session, object.target);
      if (!uid) {
        outcome.fail(during(object.target.text(), std::move(uid).error()));
      } else {
        deleted.push_back({object.target, *std::move(uid)});
      }
    }
    if (!wait_ || change_.dryRun() != DryRun::None) return outcome.code();
    const auto deadline = session.now() + (limit > Duration::zero() ? limit : Duration(kForEver));
    for (const auto& gone : deleted) {
      auto done = waitGone(session, gone, deadline);
      if (!done) outcome.fail(during(gone.target.text(), std::move(done).error()));
    }
    return outcome.code();
  }

 private:
  struct Gone {
    Target target;
    std::string uid;  // empty: it was not there
  };

  [[nodiscard]] Json options() const {
    std::string policy = cascade_.value;
    policy[0] = static_cast<char>(policy[0] - 'a' + 'A');
    Json body{{"propagationPolicy", policy}};
    if (gracePeriod_ >= 0) body["gracePeriodSeconds"] = gracePeriod_;
    if (force_) body["gracePeriodSeconds"] = 0;
    if (now_) body["gracePeriodSeconds"] = 1;
    if (change_.dryRun() == DryRun::Server) body["dryRun"] = Json::array({"All"});
    return body;
  }

  /// The uid of what was deleted; empty when it was not there and need not be.
  Result<std::string> deleteOne(Session& session, const Target& target) {
    if (change_.dryRun() == DryRun::Client) {
      tell(session, target);
      return std::string();
    }
    BERTH_TRY(auto* api, session.api());
    auto answer = api->call(
        {.method = "DELETE",
         .path = target.path(),
         .contentType = "application/json",
         .body = dumpJson(options())});
    if (!answer && answer.error().reason == Reason::NotFound && ignoreNotFound_)
      return std::string();
    if (!answer) return std::move(answer).error();
    tell(session, target);
    const bool goneAtOnce = stringAt(*answer, "kind") == "Status";
    return goneAtOnce ? std::string() : stringAt(*answer, "metadata.uid");
  }

  void tell(Session& session, const Target& target) const {
    session.out() << target.type->displayName() << " \"" << target.name << "\" "
                  << (force_ ? "force deleted" : "deleted");
    if (change_.dryRun() == DryRun::Client) session.out() << " (dry run)";
    if (change_.dryRun() == DryRun::Server) session.out() << " (server dry run)";
    session.out() << std::endl;
  }

  static Result<> waitGone(Session& session, const Gone& gone, Time deadline) {
    if (gone.uid.empty()) return Ok{};
    std::string blocked;
    BERTH_TRY(
        const bool done, followObject(session, gone.target, deadline, [&](const Json& object) {
          if (object.is_null() || stringAt(object, "metadata.uid") != gone.uid) return true;
          const auto* finalizers = findPath(object, "metadata.finalizers");
          blocked = finalizers == nullptr ? "" : dumpJson(*finalizers);
          return false;
        }));
    if (done) return Ok{};
    return withHint(
        Error{Reason::Timeout, "timed out waiting until it is gone"},
        blocked.empty() ? "" : "it still has the finalizers " + blocked);
  }

  Selection selection_;
  ChangeFlags change_;
  bool wait_ = true;
  std::string timeout_ = "0s";
  bool ignoreNotFound_ = false;
  OptionalText cascade_{.value = "background", .whenBare = "background"};
  int gracePeriod_ = -1;
  bool force_ = false;
  bool now_ = false;
};

}  // namespace

std::unique_ptr<Command> makeDelete() { return std::make_unique<Delete>(); }

}  // namespace berth::cli
