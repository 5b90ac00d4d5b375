#include "reconcilers/clientdeployment/engine_watcher.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "reconcilers/clientdeployment/desired.hpp"
#include "reconcilers/host/address.hpp"
#include "reconcilers/marks.hpp"

namespace berth::clientdeployment {

namespace {

using std::chrono::seconds;

/// Without a wake, so that a Host that nobody told about is found.
constexpr Duration kIdle = seconds(30);
constexpr Duration kConnect = seconds(10);

constexpr auto kTelling = std::array<std::string_view, 9>{
    "start", "die", "stop", "oom", "destroy", "update", "rename", "pause", "unpause"};

Duration retryDelay(int failures) {
  return failures > 5 ? Duration(seconds(30)) : Duration(seconds(1 << (failures - 1)));
}

void wakeThrough(const Guarded<Waker>& waker) {
  const auto wake = waker.with([](const Waker& held) { return held; });
  if (wake) wake();
}

}  // namespace

Time EngineWatcher::turn(const Context& context, Time now) {
  std::set<std::string> names;
  Time next = now + kIdle;
  for (const auto& host : services_.hosts.list()) {
    const auto& name = host->metadata.name;
    names.insert(name);
    auto& watch = watches_[name];
    if (watch.stream) poll(name, watch, now);
    if (!watch.stream && now >= watch.nextTry) open(context, *host, watch, now);
    if (!watch.stream) next = std::min(next, watch.nextTry);
  }
  std::erase_if(watches_, [&](const auto& entry) { return !names.contains(entry.first); });
  return next;
}

void EngineWatcher::setWaker(Waker waker) {
  waker_->with([&](Waker& held) { held = std::move(waker); });
}

void EngineWatcher::wake() const { wakeThrough(*waker_); }

void EngineWatcher::open(
    const Context& context, const v1alpha1::Host& host, Watch& watch, Time now) {
  const auto machine = services_.machines.find(host::addressOf(host));
  if (!machine) {
    watch.nextTry = now + kIdle;
    return;
  }
  auto limited = context;
  limited.deadline = now + kConnect;
  auto stream = machine->docker.engine.events(limited, [waker = waker_] { wakeThrough(*waker); });
  if (!stream) {
    watch.nextTry = now + retryDelay(++watch.failures);
    return;
  }
  watch.stream = *std::move(stream);
  watch.failures = 0;
  // What happened before the stream began is found by looking.
  services_.enqueueHost(host.metadata.key(), Duration::zero());
  for (const auto& object : services_.deployments.list())
    if (annotationOf(object->metadata, mark::kHost) == host.metadata.name)
      services_.enqueueDeployment(object->metadata.key(), Duration::zero());
}

void EngineWatcher::poll(const std::string& host, Watch& watch, Time now) {
  const auto events = watch.stream->poll();
  if (!events) {
    watch.stream.reset();
    watch.nextTry = now;
    services_.enqueueHost({"", host}, Duration::zero());
    return;
  }
  for (const auto& event : *events) take(event);
}

void EngineWatcher::take(const docker::EngineEvent& event) const {
  const bool telling = std::ranges::find(kTelling, event.action) != kTelling.end();
  if (!telling || event.attribute(mark::kClusterId) != services_.clusterId) return;
  const ObjectKey key{event.attribute(mark::kNamespace), event.attribute(mark::kName)};
  if (!key.name.empty()) services_.enqueueDeployment(key, Duration::zero());
}

}  // namespace berth::clientdeployment
