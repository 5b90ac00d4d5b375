/// @file
/// Actor: something that acts by itself, in turns.
///
/// Informers, workers, the lease and the sync scheduler are Actors.  None of
/// them waits: a turn does what is due and says when it wants the next one.
/// Waiting is left to the Runner, of which there are two.  ThreadRunner gives
/// each Actor a std::jthread; SimulatedRunner gives all of them one thread and
/// a clock that jumps from turn to turn, so that a week passes in a second and
/// the same seed gives the same week.
#pragma once

#include <functional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/context.hpp"

namespace berth {

class Actor {
 public:
  virtual ~Actor() = default;

  /// Called by one thread at a time.  Returns when it wants the next turn;
  /// Time::max() means not before it is woken.
  virtual Time turn(const Context& context, Time now) = 0;
};

/// Wakes one actor: its next turn is at once.  Callable from any thread, at any
/// time, also during the actor's own turn (then another turn follows).
using Waker = std::function<void()>;

class Runner {
 public:
  virtual ~Runner() = default;
  /// The actor must outlive the runner's stop.  Its first turn is at once.
  virtual Waker add(std::string name, Actor& actor) = 0;
};

}  // namespace berth
