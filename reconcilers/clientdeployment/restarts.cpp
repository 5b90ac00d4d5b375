#include "reconcilers/clientdeployment/restarts.hpp"

#include <algorithm>

namespace berth::clientdeployment {

namespace {

constexpr Duration kForgives = std::chrono::minutes(1);
constexpr int kSigKill = 137;
constexpr int kSigTerm = 143;

}  // namespace

Duration restartDelay(int streak, bool byHand) {
  constexpr Duration kMost = std::chrono::minutes(5);
  const int late = streak - (byHand ? 10 : 1);
  if (late <= 0) return Duration::zero();
  if (late > 9) return kMost;
  return std::min<Duration>(std::chrono::seconds(1 << (late - 1)), kMost);
}

Duration Restarts::delayLeft(const Uid& uid, const docker::ContainerState& ended, Time now) {
  if (!ended.startedAt || !ended.finishedAt || *ended.finishedAt < *ended.startedAt)
    return Duration::zero();  // it has never run
  const auto end = ended.id + "@" + std::to_string(ended.finishedAt->time_since_epoch().count());
  const bool byHand =
      !ended.oomKilled && (ended.exitCode == kSigKill || ended.exitCode == kSigTerm);
  return entries_.with([&](auto& entries) -> Duration {
    auto& entry = entries[uid];
    if (entry.lastEnd != end) {
      entry.lastEnd = end;
      if (*ended.finishedAt - *ended.startedAt >= kForgives) entry.record.streak = 0;
      ++entry.record.streak;
      entry.record.lastExitCode = ended.exitCode;
      entry.record.lastExitReason =
          ended.oomKilled ? "OOMKilled" : (ended.exitCode == 0 ? "Completed" : "Error");
      entry.notBefore = now + restartDelay(entry.record.streak, byHand);
    }
    return std::max<Duration>(entry.notBefore - now, Duration::zero());
  });
}

void Restarts::countRestart(const Uid& uid) {
  entries_.with([&](auto& entries) { ++entries[uid].record.restarts; });
}

RestartRecord Restarts::recordOf(const Uid& uid) const {
  return entries_.with([&](const auto& entries) {
    const auto found = entries.find(uid);
    return found == entries.end() ? RestartRecord{} : found->second.record;
  });
}

void Restarts::forget(const Uid& uid) {
  entries_.with([&](auto& entries) { entries.erase(uid); });
}

}  // namespace berth::clientdeployment
