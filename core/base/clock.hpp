/// @file
/// Clock: the only source of time.
///
/// `now()` never goes back and is for waiting and deadlines; `wall()` is what
/// the calendar says and is for timestamps that people read.  Both are Time, so
/// that the simulator moves them together.  Thread-safe.
#pragma once

#include <atomic>
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

#include "core/base/result.hpp"

namespace berth {

using Duration = std::chrono::nanoseconds;
using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

class Clock {
 public:
  virtual ~Clock() = default;
  [[nodiscard]] virtual Time now() const = 0;
  [[nodiscard]] virtual Time wall() const = 0;
};

/// The machine's clocks; now() is the steady clock anchored to the calendar at
/// the first call.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Time now() const override;
  [[nodiscard]] Time wall() const override;
};

/// A clock that a test or the simulator moves.
class FakeClock final : public Clock {
 public:
  explicit FakeClock(Time start = Time(std::chrono::seconds(1'700'000'000))) : time_(start) {}
  [[nodiscard]] Time now() const override { return time_.load(); }
  [[nodiscard]] Time wall() const override { return time_.load(); }
  void advance(Duration step) { time_ = time_.load() + step; }
  void moveTo(Time time) { time_ = time; }

 private:
  std::atomic<Time> time_;
};

/// RFC 3339 in UTC with whole seconds, as metadata.creationTimestamp has it.
std::string formatRfc3339(Time time);
/// RFC 3339 in UTC with microseconds, as Events and Leases have it (MicroTime).
std::string formatRfc3339Micro(Time time);
/// Any RFC 3339 time, with or without fraction and offset.
std::optional<Time> parseRfc3339(std::string_view text);
/// kubectl's short age: "4s", "2m42s", "3h12m", "3d".
std::string formatAge(Duration age);

}  // namespace berth
