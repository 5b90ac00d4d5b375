/// @file
/// Requests that two readers may understand differently, each with a second one,
/// /smuggled, hidden where one of them takes it for a body.
#pragma once

#include <string>
#include <vector>

namespace berth::http::testing {

struct Probe {
  std::string name;
  std::string bytes;
  /// Whether the request is a sound one, to be handled once; else it must be refused.
  bool sound = false;
};

/// Each asks for "/probe-NAME".
std::vector<Probe> smugglingProbes();

}  // namespace berth::http::testing
