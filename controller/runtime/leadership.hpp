/// @file
/// Leadership: whether this process may act, by a lease in the store.
///
/// Of all controllers on one store the one that holds the lease acts; the others
/// keep their caches warm.  A term begins with a token that no other term has had,
/// and ends, at the latest, a safe time before the store would give the lease to
/// somebody else.  What was begun in a term and comes to the store after it is
/// refused there by its token.
///
/// Thread-safe.
#pragma once

#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <vector>

#include "controller/store/store.hpp"
#include "core/base/guarded.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"
#include "core/telemetry/metrics.hpp"

namespace berth::runtime {

class Leadership final : public Actor {
 public:
  struct Options {
    std::string lease = "berth-controller";
    std::string holder;  // a UUID made fresh at each process start
    Duration ttl = std::chrono::seconds(10);
    Duration renew = std::chrono::seconds(3);
    Log log = {};
    Metrics* metrics = nullptr;
  };

  struct Term {
    Epoch epoch;
    std::stop_token end;  // asked to stop when the term ends
  };

  /// Both must outlive it.
  Leadership(store::Leases& leases, const Clock& clock, Options options);

  /// Called, from the actor's thread, when a term begins.  Before the first turn only.
  void onLead(std::function<void()> callback) { onLead_.push_back(std::move(callback)); }

  /// Takes or renews the lease.
  Time turn(const Context& context, Time now) override;

  /// The term, if there is one at this moment.
  [[nodiscard]] std::optional<Term> term() const;
  /// Whether it is known who leads.
  [[nodiscard]] bool known() const;
  /// Ends the term and gives the lease up, for good.  Not during a turn.
  void resign(const Context& context);

 private:
  struct State {
    bool known = false;
    bool leads = false;
    bool resigned = false;
    Time until{};
    std::int64_t token = 0;
    std::stop_source end;
  };

  void lead(const store::LeaseState& lease, Time asked);
  void endTerm();

  store::Leases& leases_;
  const Clock& clock_;
  const Options options_;
  std::vector<std::function<void()>> onLead_;
  Gauge isMaster_;
  Guarded<State> state_;
};

}  // namespace berth::runtime
