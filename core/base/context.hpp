/// @file
/// Context: what every call that leaves the process carries along.
#pragma once

#include <compare>
#include <cstdint>
#include <stop_token>
#include <string>

#include "core/base/clock.hpp"

namespace berth {

/// The leader's fencing token: a lease's name and the number of its holder.  A
/// write or effect that carries an older one than the newest is refused.
struct Epoch {
  std::string lease;  // empty: not fenced
  std::int64_t token = 0;

  bool operator==(const Epoch&) const = default;
};

struct Context {
  Time deadline = Time::max();  // on Clock::now()'s scale
  Epoch epoch = {};
  std::stop_token stop = {};
  std::string actor = {};  // who acts, when a part of this process does; for the audit log
};

}  // namespace berth
