/// @file
/// Restarts: how often a tenant ended by itself, and how long to wait before it is
/// started again.
///
/// The first start after an end is at once.  One that keeps ending soon after its
/// start is started ever later, up to five minutes apart; a minute of running
/// forgives.  An end by SIGKILL or SIGTERM from outside is somebody's hand, not a
/// crash, and is forgiven ten times.  Thread-safe.
#pragma once

#include <map>
#include <optional>
#include <string>

#include "core/base/guarded.hpp"
#include "core/object/meta.hpp"
#include "reconcilers/providers/docker/container.hpp"

namespace berth::clientdeployment {

/// The wait before start number `streak` in a row of short lives.  Pure.
Duration restartDelay(int streak, bool byHand);

struct RestartRecord {
  std::int64_t restarts = 0;
  std::optional<int> lastExitCode;
  std::string lastExitReason;  // Error, OOMKilled, Completed
  int streak = 0;
};

class Restarts {
 public:
  /// What is left to wait before the ended container may start again.
  Duration delayLeft(const Uid& uid, const docker::ContainerState& ended, Time now);
  void countRestart(const Uid& uid);
  [[nodiscard]] RestartRecord recordOf(const Uid& uid) const;
  void forget(const Uid& uid);

 private:
  struct Entry {
    RestartRecord record;
    std::string lastEnd;  // container and time of its end, so that it counts once
    Time notBefore{};
  };
  Guarded<std::map<Uid, Entry>> entries_;
};

}  // namespace berth::clientdeployment
