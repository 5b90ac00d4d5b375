/// @file
/// Nemesis: decides, by chance, what goes wrong with each call of an interface.
///
/// Every decorator and fake asks before each call.  What can go wrong is a set of
/// families, of which each seed has a part only: a bug that one fault hides is found
/// by a seed without it.
///
/// One thread.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <set>
#include <string>
#include <string_view>

#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "core/run/simulated_runner.hpp"

namespace berth::simulation {

using Process = SimulatedRunner::Process;
/// What is not a controller: users, hands, bad luck.
constexpr Process kWorld = 0;

/// Ends a process in the middle of what it is doing.  No std::exception, so that no
/// boundary catches it.
struct Crash {
  Process process = kWorld;
};

enum class Family {
  CrashBefore,  // of a call
  CrashAfter,   // its effect
  LostRequest,  // nothing has happened
  LostReply,    // it has happened, nobody knows
  Interleave,   // others act in the middle of a pass
  Pause,        // the whole process stands still, and others go on
  StoreOutage,  // for a while
  EngineOutage,
  LostEvents,
  HeldRemovals,
  DaemonRestart,
  ContainerDeath,
  Hands,  // containers are removed and limits changed by hand
  SickTenants,
  UserStorm,
  SecondController,
};
std::string_view toString(Family family);

enum class Fate { Pass, LoseRequest, LoseReply };

/// The last lines, and a hash of all.
class Trace {
 public:
  /// A turn is in the hash, but not among the last lines: most are of no interest.
  void add(Time now, std::string_view line, bool isTurn = false);
  [[nodiscard]] std::uint64_t hash() const { return hash_; }
  [[nodiscard]] std::string tail() const;
  void echo(bool on) { echo_ = on; }

 private:
  static constexpr std::size_t kKept = 50;

  std::uint64_t hash_ = 14'695'981'039'346'656'037U;
  std::deque<std::string> lines_;
  bool echo_ = false;
};

class Nemesis {
 public:
  /// Lets others act: for `span`, at most `turns`; the whole process stands still or
  /// only the actor.
  using Others = std::function<void(Duration span, int turns, bool wholeProcess)>;

  Nemesis(Random& random, FakeClock& clock, SimulatedRunner& runner);

  [[nodiscard]] bool has(Family family) const { return families_.contains(family); }
  [[nodiscard]] const std::set<Family>& families() const { return families_; }
  void without(Family family) { families_.erase(family); }
  void onInterleave(Others others) { others_ = std::move(others); }

  /// Before a call.  Throws Crash.  `alone`: a lock is held, so that no other actor of
  /// this process may act.
  Fate before(std::string_view call, bool alone = false);
  /// Between turns: a crash that was due after a call's effect.
  void between(Process process);
  /// It is over: every call passes from now on.
  void rest() { resting_ = true; }
  [[nodiscard]] bool resting() const { return resting_; }
  [[nodiscard]] bool storeAway() const { return !resting_ && clock_.now() < storeAwayUntil_; }
  void awayWithStore(Duration span) { storeAwayUntil_ = clock_.now() + span; }
  /// A process that begins has no crash to come.
  void born(Process process) { doomed_.erase(process); }

  [[nodiscard]] bool chance(double probability) { return unit(random_) < probability; }
  [[nodiscard]] Random& random() { return random_; }
  Trace& trace() { return trace_; }
  void note(std::string_view line) {
    trace_.add(clock_.now(), "[" + std::to_string(runner_.running()) + "] " + std::string(line));
  }
  void noteTurn(std::string_view line) { trace_.add(clock_.now(), line, true); }

 private:
  void act(Process process, std::string_view call, bool alone);

  Random& random_;
  FakeClock& clock_;
  SimulatedRunner& runner_;
  Trace trace_;
  std::set<Family> families_;
  std::map<Family, double> rates_;
  std::set<Process> doomed_;
  Others others_;
  Time storeAwayUntil_{};
  bool resting_ = false;
};

/// Nothing has happened, and the caller may or may not be sure of that.
inline Error lostRequest(Nemesis& nemesis, std::string message) {
  return {nemesis.chance(0.5) ? Reason::Timeout : Reason::ServiceUnavailable, std::move(message)};
}

}  // namespace berth::simulation
