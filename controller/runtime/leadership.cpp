#include "controller/runtime/leadership.hpp"

#include <algorithm>

namespace berth::runtime {

Leadership::Leadership(store::Leases& leases, const Clock& clock, Options options)
    : leases_(leases), clock_(clock), options_(std::move(options)) {
  if (options_.metrics != nullptr)
    isMaster_ = options_.metrics->gauge(
        "leader_election_master_status",
        "1 while this process holds the lease.",
        {{"name", options_.lease}});
}

Time Leadership::turn(const Context& context, Time now) {
  if (state_.with([](const State& state) { return state.resigned; })) return Time::max();
  Context call = context;
  call.epoch = {};
  call.deadline = now + options_.renew;
  const auto lease = leases_.tryLease(call, options_.lease, options_.holder, options_.ttl);
  if (lease && lease->held) {
    lead(*lease, now);
    return now + options_.renew;
  }
  if (lease || !term()) endTerm();  // without an answer, the term lasts as long as it lasts
  if (!lease) return now + std::min(options_.renew, Duration(std::chrono::seconds(1)));
  state_.with([](State& state) { state.known = true; });
  // Soon after it may have become free, and often enough to see it given up.
  return now + std::clamp(lease->left, Duration(std::chrono::milliseconds(100)), options_.renew);
}

void Leadership::lead(const store::LeaseState& lease, Time asked) {
  const bool isNew = state_.with([&](State& state) {
    state.known = true;
    // Also when the term had run out unnoticed: workers may have seen that.
    const bool begins = !state.leads || state.token != lease.token || clock_.now() >= state.until;
    if (begins) {
      state.end.request_stop();
      state.end = std::stop_source();
    }
    state.leads = true;
    state.token = lease.token;
    // Counted from before the question, and with a margin for clocks that drift.
    state.until = asked + options_.ttl - options_.ttl / 10;
    return begins;
  });
  if (!isNew) return;
  isMaster_.set(1);
  options_.log.info("leading", {{"lease", options_.lease}, {"token", lease.token}});
  for (const auto& callback : onLead_) callback();
}

void Leadership::endTerm() {
  const auto ended = state_.with([](State& state) -> std::optional<std::stop_source> {
    if (!std::exchange(state.leads, false)) return std::nullopt;
    return state.end;
  });
  if (!ended) return;
  ended->request_stop();
  isMaster_.set(0);
  options_.log.warn("no longer leading", {{"lease", options_.lease}});
}

std::optional<Leadership::Term> Leadership::term() const {
  return state_.with([&](const State& state) -> std::optional<Term> {
    if (!state.leads || clock_.now() >= state.until) return std::nullopt;
    return Term{{options_.lease, state.token}, state.end.get_token()};
  });
}

bool Leadership::known() const {
  return state_.with([](const State& state) { return state.known; });
}

void Leadership::resign(const Context& context) {
  const bool held = state_.with([](State& state) {
    state.resigned = true;
    return state.leads;
  });
  endTerm();
  if (!held) return;
  if (const auto released = leases_.release(context, options_.lease, options_.holder); !released)
    options_.log.warn("lease not given up", {{"error", released.error()}});
}

}  // namespace berth::runtime
