/// @file
/// EventWriter: the EventRecorder that makes Event objects; EventSweeper, which
/// removes them after their time.
///
/// A note is only taken note of: the Event is written by the writer's own turn, so
/// that a slow store delays no reconcile.  A note that finds the queue full, or that
/// the store refuses, is counted and dropped.
///
/// Thread-safe.
#pragma once

#include <deque>
#include <string>

#include "controller/runtime/event_correlator.hpp"
#include "controller/runtime/watch_hub.hpp"
#include "core/base/guarded.hpp"
#include "core/reconcile/objects.hpp"
#include "core/run/late_waker.hpp"

namespace berth::runtime {

class EventWriter final : public Actor, public EventRecorder {
 public:
  struct Options {
    std::string component = "berth-controller";
    std::string instance;  // this process
    Log log = {};
    Metrics* metrics = nullptr;
  };

  /// Both must outlive it.
  EventWriter(ObjectClient& client, const Clock& clock, Options options);

  void wakeWith(Waker waker) { waker_.bind(std::move(waker)); }
  void record(const Context& context, EventNote note) override;
  Time turn(const Context& context, Time now) override;

 private:
  struct Pending {
    Epoch epoch;
    EventNote note;
    Time at{};
  };

  Result<> write(const Context& context, const Pending& pending);
  [[nodiscard]] Json eventOf(const Pending& pending, const EventCorrelator::Verdict& verdict) const;

  ObjectClient& client_;
  const Clock& clock_;
  const Options options_;
  Counter dropped_;
  LateWaker waker_;
  EventCorrelator correlator_;  // of the actor's thread
  Guarded<std::deque<Pending>> pending_;
};

class EventSweeper final : public Actor {
 public:
  /// All must outlive it.
  EventSweeper(const WatchHub& hub, ObjectClient& client, const Clock& clock, Duration ttl)
      : hub_(hub), client_(client), clock_(clock), ttl_(ttl) {}
  Time turn(const Context& context, Time now) override;

 private:
  const WatchHub& hub_;
  ObjectClient& client_;
  const Clock& clock_;
  Duration ttl_;
};

}  // namespace berth::runtime
