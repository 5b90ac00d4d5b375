#include "reconcilers/clientdeployment/health.hpp"

#include <algorithm>

namespace berth::clientdeployment {

namespace {

using std::chrono::seconds;
using v1alpha1::ClientDeploymentSpecProbes;

/// So that the answer that is waited for has come.
constexpr Duration kSlack = std::chrono::milliseconds(200);

std::string readyKey(const ObjectKey& key) { return key.text() + "#ready"; }
std::string liveKey(const ObjectKey& key) { return key.text() + "#live"; }

template <class Probe>
hosts::ProbeSpec specOf(const Probe& probe, const ProbeTarget& target) {
  return {
      .address = target.address,
      .port = target.port,
      .path = probe.path,
      .period = seconds(probe.periodSeconds),
      .timeout = seconds(probe.timeoutSeconds)};
}

void soonest(std::optional<Duration>& delay, Duration other) {
  other = std::max<Duration>(other, kSlack);
  if (!delay || other < *delay) delay = other;
}

}  // namespace

Health HealthMonitor::check(
    const ObjectKey& key, const ProbeTarget& target, const ClientDeploymentSpecProbes& probes) {
  const auto entry = entryFor(key, target);
  if (entry.started) return started(key, target, probes);
  return starting(key, entry, target, probes);
}

void HealthMonitor::forget(const ObjectKey& key) {
  entries_.with([&](auto& entries) { entries.erase(key); });
  prober_.remove(readyKey(key));
  prober_.remove(liveKey(key));
}

ObjectKey HealthMonitor::keyOf(const std::string& proberKey) {
  const auto slash = proberKey.find('/');
  const auto hash = proberKey.rfind('#');
  if (slash == std::string::npos || hash == std::string::npos || hash < slash) return {};
  return {proberKey.substr(0, slash), proberKey.substr(slash + 1, hash - slash - 1)};
}

HealthMonitor::Entry HealthMonitor::entryFor(const ObjectKey& key, const ProbeTarget& target) {
  const auto now = clock_.now();
  const auto known = entries_.with([&](auto& entries) -> std::optional<Entry> {
    const auto found = entries.find(key);
    if (found != entries.end() && found->second.instance == target.instance) return found->second;
    entries[key] = {target.instance, now, false};
    return std::nullopt;
  });
  if (known) return *known;
  // Answers of an earlier run say nothing about this one.
  prober_.remove(readyKey(key));
  prober_.remove(liveKey(key));
  return {target.instance, now, false};
}

Health HealthMonitor::starting(
    const ObjectKey& key,
    const Entry& entry,
    const ProbeTarget& target,
    const ClientDeploymentSpecProbes& probes) {
  const auto& probe = probes.startup;
  prober_.set(readyKey(key), specOf(probe, target));
  const auto latest = prober_.latest(readyKey(key));
  if (latest && latest->success()) {
    entries_.with([&](auto& entries) { entries[key].started = true; });
    return started(key, target, probes);
  }
  const Duration patience = seconds(probe.periodSeconds * probe.failureThreshold);
  const auto passed = clock_.now() - entry.since;
  if (passed >= patience)
    return {
        .state = HealthState::StartupFailed,
        .message = probe.path + " did not answer in time after the start" +
                   (latest ? ": " + latest->message : "")};
  Health health{.state = latest ? HealthState::Starting : HealthState::Unknown};
  if (latest) health.message = "waiting for " + probe.path + ": " + latest->message;
  soonest(health.lookAgain, patience - passed);
  return health;
}

Health HealthMonitor::started(
    const ObjectKey& key, const ProbeTarget& target, const ClientDeploymentSpecProbes& probes) {
  Health health{.state = HealthState::Healthy};
  prober_.set(readyKey(key), specOf(probes.readiness, target));
  const auto ready = prober_.latest(readyKey(key));
  if (ready && !ready->success()) {
    const auto left = probes.readiness.failureThreshold - ready->streak;
    if (left <= 0)
      health = {HealthState::Failing, probes.readiness.path + ": " + ready->message, {}};
    else
      soonest(health.lookAgain, seconds(left * probes.readiness.periodSeconds));
  }
  if (!probes.liveness.enabled) return health;

  const bool shared = probes.liveness.path == probes.readiness.path;
  if (!shared) prober_.set(liveKey(key), specOf(probes.liveness, target));
  const auto live = shared ? ready : prober_.latest(liveKey(key));
  if (!live || live->success()) return health;
  const Duration patience =
      seconds(probes.liveness.periodSeconds * probes.liveness.failureThreshold);
  const auto failed = clock_.now() - live->since;
  if (failed >= patience)
    return {HealthState::Hanging, probes.liveness.path + ": " + live->message, {}};
  soonest(health.lookAgain, patience - failed);
  return health;
}

}  // namespace berth::clientdeployment
