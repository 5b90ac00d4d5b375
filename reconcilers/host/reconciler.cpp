#include "reconcilers/host/reconciler.hpp"

#include "core/object/quantity.hpp"
#include "reconcilers/host/address.hpp"
#include "reconcilers/host/orphans.hpp"
#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::host {

namespace {

using std::chrono::seconds;
using v1alpha1::Host;

constexpr Duration kHeartbeat = seconds(10);
constexpr Duration kRetry = seconds(3);
constexpr Duration kFactsLife = std::chrono::minutes(5);
constexpr Duration kCall = seconds(10);

std::string hostOf(const ObjectMeta& meta) {
  const auto found = meta.annotations.find(mark::kHost);
  return found == meta.annotations.end() ? "" : found->second;
}

}  // namespace

Result<Requeue> HostReconciler::reconcile(const Context& context, const ObjectKey& key) {
  const auto found = services_.hosts.get(key);
  if (!found) return Requeue::none();
  if (found->metadata.deletionTimestamp) return end(context, *found);

  auto host = *found;
  if (!hasFinalizer(host.metadata)) {
    BERTH_TRY(const auto stored, bindings_.set(context, host.metadata, {}));
    BERTH_TRY(host, decodeObject<Host>(stored));
  }
  auto limited = context;
  limited.deadline = services_.clock.now() + kCall;
  const auto sight = look(limited, host);
  BERTH_CHECK(report(context, std::move(host), sight));
  return later(sight.error ? kRetry : kHeartbeat);
}

/// Held while tenants are placed on it; then its network goes, and the Host.
Result<Requeue> HostReconciler::end(const Context& context, Host host) {
  if (!hasFinalizer(host.metadata)) {
    memory_.with([&](auto& memory) { memory.erase(host.metadata.uid); });
    return Requeue::none();
  }
  auto limited = context;
  limited.deadline = services_.clock.now() + kCall;
  auto sight = look(limited, host);
  if (sight.allocated.deployments > 0)
    sight.holds = "tenants are placed here; delete or move them first (kubectl get cd -A)";
  const auto machine = services_.machines.find(addressOf(host));
  if (sight.holds.empty() && machine) {
    const auto removed = removeNetwork(limited, *machine);
    if (!removed) sight.holds = removed.error().message;
  }
  if (!sight.holds.empty()) {
    BERTH_CHECK(report(context, std::move(host), sight));
    return later(kHeartbeat);
  }
  BERTH_CHECK(bindings_.release(context, host.metadata));
  return Requeue::none();
}

Sight HostReconciler::look(const Context& context, const Host& host) {
  Sight sight{.allocated = allocated(host.metadata.name)};
  const auto machine = services_.machines.find(addressOf(host));
  if (!machine) {
    sight.supported = false;
    return sight;
  }
  auto known = facts(context, host, *machine);
  if (known)
    sight.facts = *std::move(known);
  else
    sight.error = std::move(known).error();
  return sight;
}

Result<hosts::Facts> HostReconciler::facts(
    const Context& context, const Host& host, const Machine& machine) {
  const auto now = services_.clock.now();
  const auto& uid = host.metadata.uid;
  const auto known = memory_.with([&](const auto& memory) -> std::optional<Memory> {
    const auto found = memory.find(uid);
    return found == memory.end() ? std::nullopt : std::optional(found->second);
  });
  auto alive = machine.docker.engine.ping(context);
  if (!alive) {
    // When it is back it may be another one.
    memory_.with([&](auto& memory) { memory.erase(uid); });
    return std::move(alive).error();
  }
  if (known && now - known->readAt < kFactsLife) return known->facts;
  BERTH_TRY(auto facts, machine.facts.read(context));
  memory_.with([&](auto& memory) { memory[uid] = {facts, now}; });
  if (!known && services_.onReady) services_.onReady();
  if (!host.metadata.deletionTimestamp && !host.spec.paused) sweep(context, host, machine);
  return facts;
}

/// What fails here is done the next time.
void HostReconciler::sweep(const Context& context, const Host& host, const Machine& machine) {
  const auto orphans =
      removeOrphans(context, machine.docker, services_.client, services_.clusterId);
  if (!orphans) return;
  const auto note = [&](bool warning, const char* reason, const std::string& message) {
    services_.events.record(
        context,
        {.type = Host::kType,
         .key = host.metadata.key(),
         .uid = host.metadata.uid,
         .warning = warning,
         .reason = reason,
         .message = message});
  };
  for (const auto& name : orphans->removed)
    note(false, reason::kOrphanRemoved, "removed container " + name + ", whose deployment is gone");
  for (const auto& name : orphans->left)
    note(
        true,
        reason::kOrphanFound,
        "container " + name + " belongs to no deployment; adopt or remove it by hand");
}

Allocated HostReconciler::allocated(const std::string& hostName) const {
  Allocated sum;
  for (const auto& object : services_.deployments.list()) {
    if (hostOf(object->metadata) != hostName) continue;
    const auto& resources = object->spec.resources;
    ++sum.deployments;
    sum.memoryBytes += parseBytes(resources.memoryReservation).value_or(0);
    if (!resources.cpus.empty()) sum.cpuMillis += parseMillis(resources.cpus).value_or(0);
  }
  return sum;
}

Result<> HostReconciler::removeNetwork(const Context& context, const Machine& machine) {
  auto& networks = machine.docker.networks;
  BERTH_TRY(
      const auto ours,
      networks.list(
          context, {{mark::kClusterId, services_.clusterId}, {mark::kRole, mark::kTenantsRole}}));
  for (const auto& network : ours) BERTH_CHECK(networks.remove(context, network.id));
  return Ok{};
}

Result<> HostReconciler::report(const Context& context, Host host, const Sight& sight) {
  auto status = statusOf(host, sight, services_.clock.wall());
  if (status == host.status) return Ok{};
  const auto* before = findCondition(host.status.conditions, "Ready");
  const auto* after = findCondition(status.conditions, "Ready");
  if (before == nullptr || before->reason != after->reason)
    services_.events.record(
        context,
        {.type = Host::kType,
         .key = host.metadata.key(),
         .uid = host.metadata.uid,
         .warning = after->status != "True",
         .reason = after->reason,
         .message = after->message});
  host.status = std::move(status);
  const auto written = Writer<Host>(services_.client).updateStatus(context, host);
  if (!written) return written.error();
  return Ok{};
}

Requeue HostReconciler::later(Duration delay) {
  return Requeue::after(
      std::chrono::duration_cast<Duration>(delay * (0.8 + 0.4 * unit(services_.random))));
}

}  // namespace berth::host
