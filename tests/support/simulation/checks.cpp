#include "tests/support/simulation/checks.hpp"

#include <algorithm>

#include "berth/v1alpha1/client_deployment.hpp"
#include "berth/v1alpha1/host.hpp"
#include "core/object/condition.hpp"
#include "core/object/quantity.hpp"
#include "reconcilers/marks.hpp"

namespace berth::simulation {

namespace {

using docker::FakeContainer;
using docker::FakeWorld;
using v1alpha1::ClientDeployment;

std::string labelOf(const docker::Labels& labels, const char* name) {
  const auto found = labels.find(name);
  return found == labels.end() ? "" : found->second;
}

std::optional<std::string> lookAt(
    World& world, const std::string& engine, const FakeContainer& container) {
  const auto uid = labelOf(container.state.labels, mark::kUid);
  // One that never ran only lends its mounts, to read a snapshot through.
  if (uid.empty() || !container.state.startedAt) return std::nullopt;
  auto& promise = world.promises[uid];
  const auto key = container.spec.env.find("WEBUI_SECRET_KEY");
  if (key == container.spec.env.end()) return "KEY container without secret key: " + promise.name;
  if (promise.secretKey.empty()) promise.secretKey = key->second;
  if (promise.secretKey != key->second) return "KEY changed: " + promise.name + " " + uid;
  for (const auto& mount : container.spec.mounts)
    if (mount.target == kMountPath) {
      promise.volume = mount.source;
      promise.engine = engine;
    }
  return std::nullopt;
}

std::optional<std::string> checkData(World& world, const Uid& uid, const Promise& promise) {
  if (promise.volume.empty()) return std::nullopt;
  std::optional<std::string> wrong;
  world.engines.at(promise.engine).docker.world([&](FakeWorld& engine) {
    const auto who = [&] { return promise.name + " " + uid; };
    if (!engine.volumes.contains(promise.volume)) {
      const auto policy = promise.spec["storage"]["deletionPolicy"];
      if (!promise.deleted)
        wrong = "S16 volume of a living tenant is gone: " + who();
      else if (policy == "Retain")
        wrong = "S16 retained volume is gone: " + who();
      else if (policy == "Snapshot" && !world.snapshots.archives().contains(uid))
        wrong = "S16 volume is gone without a snapshot: " + who();
      return;
    }
    // Rows are only ever added, one by one, to both: to compare the numbers is enough
    // and, at every turn, cheap.
    if (engine.data[promise.volume].rows.size() < promise.rows) wrong = "ROW lost: " + who();
  });
  return wrong;
}

std::optional<std::string> checkEngine(World& world, const std::string& name, Engine& engine) {
  std::optional<std::string> wrong;
  engine.docker.world([&](FakeWorld& seen) {
    for (const auto& [source, data] : seen.data)
      if (data.mostWriters > 1) wrong = "S14 two writers on " + source;
    const auto* foreign = seen.find(engine.foreign);
    if (foreign == nullptr || (!foreign->state.running() && foreign->stoppedByHand))
      wrong = "FOR somebody else's container was touched";
    for (const auto& [id, container] : seen.containers)
      if (auto found = lookAt(world, name, container)) wrong = found;
  });
  return wrong;
}

/// The containers of one tenant, wherever they are.
std::vector<FakeContainer> containersOf(World& world, const Uid& uid) {
  std::vector<FakeContainer> containers;
  for (auto& [name, engine] : world.engines)
    engine.docker.world([&](FakeWorld& seen) {
      for (const auto& [id, container] : seen.containers)
        if (labelOf(container.state.labels, mark::kUid) == uid) containers.push_back(container);
    });
  return containers;
}

void compareContainer(
    const ClientDeployment& tenant,
    const FakeContainer& container,
    std::vector<std::string>& unmet) {
  const auto& name = tenant.metadata.name;
  if (container.state.image != tenant.spec.image) unmet.push_back("L1 image of " + name);
  if (container.spec.env.at("MODE") != tenant.spec.env[0].value)
    unmet.push_back("L1 env of " + name);
  const auto memory = parseBytes(tenant.spec.resources.memory);
  if (!memory || container.state.resources.memoryBytes != *memory)
    unmet.push_back("L1 memory of " + name);
}

void compareTenant(World& world, const Json& document, std::vector<std::string>& unmet) {
  const auto decoded = decodeObject<ClientDeployment>(document);
  BERTH_ASSERT(decoded.has_value());
  const auto& tenant = *decoded;
  const auto& name = tenant.metadata.name;
  if (tenant.metadata.deletionTimestamp) return unmet.push_back("L1 still being deleted: " + name);
  if (world.promises[tenant.metadata.uid].spec != document["spec"])
    unmet.push_back("S6 a user's change was lost: " + name);
  if (tenant.status.observedGeneration != tenant.metadata.generation)
    unmet.push_back("L1 status is of an older generation: " + name);
  const auto containers = containersOf(world, tenant.metadata.uid);
  const auto running = std::ranges::count_if(
      containers, [](const FakeContainer& container) { return container.state.running(); });
  const bool wanted = tenant.spec.state != "Stopped";
  if (running != (wanted ? 1 : 0))
    return unmet.push_back("L1 " + std::to_string(running) + " containers run for " + name);
  if (!wanted) return;
  if (containers.size() != 1) unmet.push_back("LEAK container that does not run, of " + name);
  if (!isTrue(tenant.status.conditions, "Ready")) {
    const auto* ready = findCondition(tenant.status.conditions, "Ready");
    unmet.push_back(
        "L1 not Ready: " + name + ": " +
        (ready == nullptr ? "" : ready->reason + " " + ready->message));
  }
  for (const auto& container : containers)
    if (container.state.running()) compareContainer(tenant, container, unmet);
}

void findLeaks(World& world, const std::set<Uid>& living, std::vector<std::string>& unmet) {
  for (auto& [name, engine] : world.engines)
    engine.docker.world([&](FakeWorld& seen) {
      for (const auto& [id, container] : seen.containers) {
        const auto uid = labelOf(container.state.labels, mark::kUid);
        if (!uid.empty() && !living.contains(uid))
          unmet.push_back("LEAK container " + container.state.name);
      }
      for (const auto& [volume, state] : seen.volumes) {
        const auto uid = labelOf(state.labels, mark::kUid);
        if (uid.empty() || living.contains(uid)) continue;
        if (world.promises[uid].spec["storage"]["deletionPolicy"] != "Retain")
          unmet.push_back("LEAK volume " + volume);
      }
      const auto ours = std::ranges::count_if(seen.networks, [](const auto& entry) {
        return !labelOf(entry.second.labels, mark::kClusterId).empty();
      });
      if (ours > 1) unmet.push_back("LEAK networks on " + name);
    });
}

}  // namespace

std::optional<std::string> violation(World& world) {
  for (auto& [name, engine] : world.engines)
    if (auto wrong = checkEngine(world, name, engine)) return wrong;
  for (const auto& [uid, promise] : world.promises)
    if (auto wrong = checkData(world, uid, promise)) return wrong;
  return std::nullopt;
}

std::vector<std::string> unmet(World& world) {
  std::vector<std::string> unmet;
  std::set<Uid> living;
  for (const auto& host : world.storedAll(v1alpha1::Host::kType))
    living.insert(stringAt(host, "metadata.uid"));
  for (const auto& document : world.storedAll(ClientDeployment::kType)) {
    living.insert(stringAt(document, "metadata.uid"));
    compareTenant(world, document, unmet);
  }
  findLeaks(world, living, unmet);
  return unmet;
}

std::vector<std::string> writesSince(World& world, store::Revision revision) {
  std::vector<std::string> writes;
  const auto changes = world.store.changesSince({}, revision, 10'000);
  BERTH_ASSERT(changes.has_value());
  for (const auto& change : changes->changes)
    if (change.object->resource != "events")
      writes.push_back(change.object->resource + " " + change.object->key.text());
  return writes;
}

}  // namespace berth::simulation
