/// @file
/// Simulation: one seed: a fleet with everything that can go wrong, then quiet.
///
///   A  faults, users and bad luck, for a few minutes;
///   B  none of them: within 15 minutes everything is as declared;
///   C  ten minutes more: it stays so, and nothing is written.
///
/// The same seed gives the same run, to the last letter of its trace.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/support/simulation/planted.hpp"

namespace berth::simulation {

struct Settings {
  std::uint64_t seed = 1;
  Planted planted = {};
  bool echo = false;  // every line of the trace, as it comes
};

struct Outcome {
  std::uint64_t hash = 0;  // of the trace
  std::size_t turns = 0;
  std::int64_t restarts = 0;         // of controllers
  std::string code;                  // of what was violated: S14, L1, ... (checks.hpp)
  std::optional<std::string> wrong;  // what was violated, and the last lines of the trace
};

Outcome simulate(const Settings& settings);

}  // namespace berth::simulation
