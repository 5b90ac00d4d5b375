#include "reconcilers/providers/hosts/fake_prober.hpp"

#include <algorithm>
#include <utility>
#include <vector>

#include "reconcilers/providers/hosts/probe_result.hpp"

namespace berth::hosts {

FakeProber::FakeProber(const Clock& clock, Answer answer)
    : clock_(clock), answer_(std::move(answer)) {}

void FakeProber::set(const std::string& key, const ProbeSpec& spec) {
  state_.with([&](State& state) {
    auto& target = state.targets[key];
    if (target.due != Time{} && target.spec == spec) return;
    target = {spec, clock_.now(), std::nullopt};
  });
}

void FakeProber::remove(const std::string& key) {
  state_.with([&](State& state) { state.targets.erase(key); });
}

std::optional<ProbeResult> FakeProber::latest(const std::string& key) const {
  return state_.with([&](const State& state) -> std::optional<ProbeResult> {
    const auto found = state.targets.find(key);
    return found == state.targets.end() ? std::nullopt : found->second.latest;
  });
}

void FakeProber::onChange(ProbeCallback callback) {
  state_.with([&](State& state) { state.callback = std::move(callback); });
}

void FakeProber::probe() {
  const auto now = clock_.now();
  std::vector<std::string> changedKeys;
  for (const auto& [key, spec] : specs()) {
    const auto status = answer_(spec.address, spec.port);
    auto newest = status ? fromStatus(*status, now)
                         : ProbeResult{ProbeOutcome::Refused, 0, "connection refused", now, now, 1};
    state_.with([&](State& state) {
      const auto found = state.targets.find(key);
      if (found == state.targets.end() || found->second.due > now) return;
      bool changed = false;
      found->second.latest = follow(found->second.latest, std::move(newest), changed);
      found->second.due = now + spec.period;
      if (changed) changedKeys.push_back(key);
    });
  }
  const auto callback = state_.with([](State& state) { return state.callback; });
  if (!callback) return;
  for (const auto& key : changedKeys) callback(key);
}

Time FakeProber::nextDue() const {
  return state_.with([](const State& state) {
    Time due = Time::max();
    for (const auto& [key, target] : state.targets) due = std::min(due, target.due);
    return due;
  });
}

std::map<std::string, ProbeSpec> FakeProber::specs() const {
  return state_.with([](const State& state) {
    std::map<std::string, ProbeSpec> specs;
    for (const auto& [key, target] : state.targets) specs[key] = target.spec;
    return specs;
  });
}

}  // namespace berth::hosts
