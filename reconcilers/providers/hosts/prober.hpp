/// @file
/// Prober: asks tenants over HTTP, again and again, whether they are well.
///
/// One place probes all; reconcilers set what is to be probed and read the latest
/// answer, and are woken when an answer changes.  It is not the engine's health
/// check: a probe here costs microseconds, there a process in the container.
///
/// Thread-safe; no call waits.  EpollProber and FakeProber.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "core/base/clock.hpp"

namespace berth::hosts {

struct ProbeSpec {
  std::string address = "127.0.0.1";  // IPv4
  int port = 0;
  std::string path = "/health";
  Duration period = std::chrono::seconds(1);
  Duration timeout = std::chrono::seconds(1);

  bool operator==(const ProbeSpec&) const = default;
};

enum class ProbeOutcome { Success, Refused, TimedOut, BadStatus };

struct ProbeResult {
  ProbeOutcome outcome = ProbeOutcome::Refused;
  int status = 0;           // of the HTTP answer, 0 when there was none
  std::string message;      // for people: "connection refused", "HTTP 503"
  Time at{};                // of the latest answer, on Clock::now()'s scale
  Time since{};             // of the first answer in this unbroken row of the same kind
  std::int64_t streak = 0;  // how many in this row: all successes, or all failures

  [[nodiscard]] bool success() const { return outcome == ProbeOutcome::Success; }
};

/// Called when a probe's success turns to failure or back, and at its first answer;
/// from the prober's thread, without locks; must not block.
using ProbeCallback = std::function<void(const std::string& key)>;

class Prober {
 public:
  virtual ~Prober() = default;
  /// Begins to probe at once; the same spec again changes nothing, another one
  /// forgets the results so far.
  virtual void set(const std::string& key, const ProbeSpec& spec) = 0;
  /// After it returns, latest(key) is empty until the next set().
  virtual void remove(const std::string& key) = 0;
  /// nullopt before the first answer.  Success is any status from 200 to 399.
  [[nodiscard]] virtual std::optional<ProbeResult> latest(const std::string& key) const = 0;
  /// One callback; it replaces the one before.
  virtual void onChange(ProbeCallback callback) = 0;
};

}  // namespace berth::hosts
