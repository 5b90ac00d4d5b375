/// @file
/// FakeProber: a Prober without sockets.  Tests and the simulator say who answers
/// what; nothing happens between two calls of probe().  Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <optional>
#include <string>

#include "core/base/guarded.hpp"
#include "reconcilers/providers/hosts/prober.hpp"

namespace berth::hosts {

class FakeProber final : public Prober {
 public:
  /// The HTTP status of whoever listens at an address and port; nullopt: refused.
  /// FakeDocker::httpStatus is one.
  using Answer = std::function<std::optional<int>(const std::string& address, int port)>;

  /// The clock must outlive it.
  FakeProber(const Clock& clock, Answer answer);

  void set(const std::string& key, const ProbeSpec& spec) override;
  void remove(const std::string& key) override;
  [[nodiscard]] std::optional<ProbeResult> latest(const std::string& key) const override;
  void onChange(ProbeCallback callback) override;

  /// Probes all that are due now, and calls back.
  void probe();
  /// When probe() next has something to do; Time::max() when nothing is set.
  [[nodiscard]] Time nextDue() const;
  /// What is set now.
  [[nodiscard]] std::map<std::string, ProbeSpec> specs() const;

 private:
  struct Target {
    ProbeSpec spec;
    Time due{};
    std::optional<ProbeResult> latest;
  };
  struct State {
    std::map<std::string, Target> targets;
    ProbeCallback callback;
  };

  const Clock& clock_;
  Answer answer_;
  Guarded<State> state_;
};

}  // namespace berth::hosts
