/// @file
/// SimulatedRunner: gives all actors one thread, and a clock that jumps from turn
/// to turn.
///
/// Among the actors that are due, chance picks the next one, so that every order
/// that threads could bring about does come about, and the same seed brings it
/// about again.  Actors belong to processes, and a process can be dropped between
/// two turns, or out of the middle of one by an exception that step() lets
/// through: that is a crash.  step() may be called during a turn, too: then others
/// act in the middle of it, as another thread would.
///
/// One thread.  Wakers may outlive the runner.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "core/run/actor.hpp"

namespace berth {

class SimulatedRunner final : public Runner {
 public:
  using Process = int;

  /// Both must outlive the runner.
  SimulatedRunner(FakeClock& clock, Random& random) : clock_(clock), random_(random) {}

  /// Adds to the current process.
  Waker add(std::string name, Actor& actor) override;

  /// Actors that are added from now on belong to `process` (0 at first).
  void enter(Process process) { process_ = process; }
  /// Its actors get no turn again; wakers of theirs do nothing from now on.
  void drop(Process process);
  /// Until resume(), its actors get no turn; wakes and times are kept.
  void pause(Process process) { setPaused(process, true); }
  void resume(Process process) { setPaused(process, false); }

  /// Called before every turn, with the actor's name.
  void onTurn(std::function<void(Process process, std::string_view actor)> callback) {
    onTurn_ = std::move(callback);
  }

  /// Moves the clock to the next turn that is due until `until` and takes it; false
  /// when there is none (then the clock is moved to `until`).  What the turn throws
  /// comes through; its actor is then due again at once, unless dropped.
  bool step(Time until);
  /// The process whose turn it is; 0 between turns.
  [[nodiscard]] Process running() const { return running_; }
  /// Turns taken so far.
  [[nodiscard]] std::size_t turns() const { return turns_; }

 private:
  struct Slot {
    Process process = 0;
    std::string name;
    Actor* actor = nullptr;
    Time due{};
    bool woken = false;
    bool paused = false;
    bool inTurn = false;
  };

  void setPaused(Process process, bool paused);
  std::shared_ptr<Slot> next(Time until);

  FakeClock& clock_;
  Random& random_;
  std::vector<std::shared_ptr<Slot>> slots_;
  std::function<void(Process, std::string_view)> onTurn_;
  Process process_ = 0;
  Process running_ = 0;
  std::size_t turns_ = 0;
};

}  // namespace berth
