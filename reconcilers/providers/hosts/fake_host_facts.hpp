/// @file
/// FakeHostFacts: facts that a test sets.  Thread-safe.
#pragma once

#include <optional>
#include <utility>

#include "core/base/guarded.hpp"
#include "reconcilers/providers/hosts/host_facts.hpp"

namespace berth::hosts {

class FakeHostFacts final : public HostFacts {
 public:
  /// A machine with room for a few tenants.
  FakeHostFacts() {
    change([](Facts& facts) {
      facts.hostName = "fake";
      facts.machineId = "FAKE:ENGINE";
      facts.engineVersion = "20.10.24";
      facts.apiVersion = "1.41";
      facts.operatingSystem = "Debian GNU/Linux 12 (bookworm)";
      facts.kernel = "6.1.0";
      facts.architecture = "x86_64";
      facts.dataRoot = "/var/lib/docker";
      facts.cpus = 4;
      facts.memoryBytes = std::int64_t{8} << 30U;
      facts.memoryAvailableBytes = std::int64_t{6} << 30U;
      facts.diskBytes = std::int64_t{100} << 30U;
      facts.diskAvailableBytes = std::int64_t{80} << 30U;
    });
  }

  Result<Facts> read(const Context&) override {
    return state_.with([](State& state) -> Result<Facts> {
      if (auto error = std::exchange(state.nextError, std::nullopt)) return *error;
      return state.facts;
    });
  }

  template <class Function>
  void change(Function&& function) {
    state_.with([&](State& state) { function(state.facts); });
  }
  void failNext(Error error) {
    state_.with([&](State& state) { state.nextError = std::move(error); });
  }

 private:
  struct State {
    Facts facts;
    std::optional<Error> nextError;
  };
  Guarded<State> state_;
};

}  // namespace berth::hosts
