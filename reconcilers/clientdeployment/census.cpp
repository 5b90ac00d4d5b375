#include "reconcilers/clientdeployment/census.hpp"

#include <algorithm>
#include <charconv>

#include "core/object/condition.hpp"
#include "core/object/quantity.hpp"
#include "reconcilers/clientdeployment/desired.hpp"
#include "reconcilers/marks.hpp"

namespace berth::clientdeployment {

namespace {

using v1alpha1::ClientDeployment;
using v1alpha1::Host;

int portOf(const ClientDeployment& object) {
  if (object.spec.hostPort) return static_cast<int>(*object.spec.hostPort);
  const auto text = annotationOf(object.metadata, mark::kHostPort);
  int port = 0;
  std::from_chars(text.data(), text.data() + text.size(), port);
  return port;
}

std::string groupOf(const ClientDeployment& object, const std::string& label) {
  const auto found = object.metadata.labels.find(label);
  return found == object.metadata.labels.end() ? "" : found->second;
}

Candidate candidateOf(const Host& host) {
  const auto& spec = host.spec;
  Candidate candidate{
      .name = host.metadata.name,
      .labels = host.metadata.labels,
      .ready = isTrue(host.status.conditions, "Ready") && !host.metadata.deletionTimestamp,
      .unschedulable = spec.unschedulable || spec.paused,
      .maxDeployments = spec.maxDeployments,
      .memoryBytes = promisableMemory(host),
      .firstPort = static_cast<int>(spec.portRange.first),
      .lastPort = static_cast<int>(spec.portRange.last)};
  for (const auto& taint : spec.taints)
    candidate.taints.push_back({taint.key, taint.value, taint.effect});
  return candidate;
}

Wish wishOf(const ClientDeployment& object) {
  const auto& placement = object.spec.placement;
  Wish wish{
      .uid = object.metadata.uid,
      .memoryBytes = promisedMemory(object.spec),
      .hostName = placement.hostName,
      .hostSelector = placement.hostSelector,
      .group = groupOf(object, placement.spreadBy)};
  if (object.spec.hostPort) wish.hostPort = static_cast<int>(*object.spec.hostPort);
  for (const auto& toleration : placement.tolerations)
    wish.tolerations.push_back(
        {toleration.key, toleration.operatorValue, toleration.value, toleration.effect});
  return wish;
}

}  // namespace

Placement Census::place(const ClientDeployment& object) {
  return promises_.with([&](Promises& promises) {
    const auto wish = wishOf(object);
    auto placement = clientdeployment::place(wish, candidates(object, promises));
    if (!placement.host.empty())
      promises.byUid[wish.uid] = {placement.host, placement.port, wish.memoryBytes, wish.group};
    return placement;
  });
}

std::optional<int> Census::replacePort(
    const ClientDeployment& object, const std::string& host, int taken) {
  return promises_.with([&](Promises& promises) -> std::optional<int> {
    const auto all = candidates(object, promises);
    const auto found = std::ranges::find(all, host, &Candidate::name);
    if (found == all.end()) return std::nullopt;
    auto& refused = promises.refusedPorts[object.metadata.uid];
    refused.insert(taken);
    const auto port = choosePort(object.metadata.uid, *found, refused);
    if (port)
      promises.byUid[object.metadata.uid] = {
          host,
          *port,
          promisedMemory(object.spec),
          groupOf(object, object.spec.placement.spreadBy)};
    return port;
  });
}

void Census::forget(const Uid& uid) {
  promises_.with([&](Promises& promises) {
    promises.byUid.erase(uid);
    promises.refusedPorts.erase(uid);
  });
}

std::vector<Candidate> Census::candidates(
    const ClientDeployment& object, Promises& promises) const {
  std::map<std::string, Candidate> byName;
  for (const auto& host : hosts_.list()) byName[host->metadata.name] = candidateOf(*host);
  const auto count = [&](const Promise& promise) {
    const auto found = byName.find(promise.host);
    if (found == byName.end()) return;
    auto& candidate = found->second;
    ++candidate.deployments;
    candidate.promisedBytes += promise.memoryBytes;
    if (promise.port != 0) candidate.ports.insert(promise.port);
    if (!promise.group.empty()) ++candidate.groups[promise.group];
  };
  for (const auto& other : deployments_.list()) {
    const auto host = annotationOf(other->metadata, mark::kHost);
    if (host.empty()) continue;
    promises.byUid.erase(other->metadata.uid);  // the cache has it now
    if (other->metadata.uid == object.metadata.uid) continue;
    count(
        {host,
         portOf(*other),
         promisedMemory(other->spec),
         groupOf(*other, object.spec.placement.spreadBy)});
  }
  for (const auto& [uid, promise] : promises.byUid)
    if (uid != object.metadata.uid) count(promise);

  std::vector<Candidate> all;
  for (auto& [name, candidate] : byName) all.push_back(std::move(candidate));
  return all;
}

std::int64_t promisedMemory(const v1alpha1::ClientDeploymentSpec& spec) {
  return parseBytes(spec.resources.memoryReservation).value_or(0);
}

std::int64_t promisableMemory(const Host& host) {
  const auto& allocatable = host.status.allocatable;
  const auto bytes = allocatable ? parseBytes(allocatable->memory).value_or(0) : 0;
  return bytes * host.spec.overcommit.memoryPercent / 100;
}

}  // namespace berth::clientdeployment
