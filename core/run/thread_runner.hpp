/// @file
/// ThreadRunner: gives each Actor a thread of its own.
///
///   - between turns an actor's thread sleeps: an idle process wakes up for timers
///     only;
///   - a wake that comes during a turn causes one more turn;
///   - what a turn throws is told to `onEscape`, and the actor gets its next turn
///     a second later;
///   - stop() asks all actors to end (the turn's Context carries the stop token)
///     and waits for them; the destructor does it too, without a limit.
///
/// Thread-safe.  Wakers may outlive the runner.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/clock.hpp"
#include "core/run/actor.hpp"

namespace berth {

class ThreadRunner final : public Runner {
 public:
  using EscapeHandler = std::function<void(std::string_view actor, std::string_view what)>;

  /// The clock must be one that moves by itself, and outlive the runner.
  explicit ThreadRunner(const Clock& clock, EscapeHandler onEscape = {});
  ~ThreadRunner() override;
  ThreadRunner(const ThreadRunner&) = delete;
  ThreadRunner& operator=(const ThreadRunner&) = delete;

  Waker add(std::string name, Actor& actor) override;

  /// The names of the actors that were still in a turn after `patience`; empty when
  /// all have ended.  An actor that is added afterwards gets no turn.
  std::vector<std::string> stop(Duration patience);

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth
