#include "tests/support/simulation/users.hpp"

#include <array>

#include "berth/v1alpha1/client_deployment.hpp"
#include "reconcilers/marks.hpp"

namespace berth::simulation {

namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;
using v1alpha1::ClientDeployment;

constexpr std::array kTenants = {"t1", "t2", "t3"};
constexpr std::array kPolicies = {"Snapshot", "Retain", "Delete"};

ObjectKey keyOf(const std::string& name) { return {kNamespace, name}; }

bool isOurs(const docker::FakeContainer& container) {
  return container.state.labels.contains(mark::kUid);
}

}  // namespace

Time Users::turn(const Context&, Time now) {
  endOutages(now);
  writeRows();
  if (!world_.nemesis.resting() && now >= nextAction_) {
    if (world_.promises.size() < 2 || pick(2) == 0) {
      actOnTenants();
    } else {
      actOnEngine();
    }
    const std::uint64_t longest = world_.nemesis.has(Family::UserStorm) ? 6'000 : 30'000;
    nextAction_ = now + milliseconds(pick(longest));
  }
  return now + seconds(3);
}

void Users::actOnTenants() {
  const std::string name = kTenants.at(pick(kTenants.size()));
  const auto tenant = world_.stored(ClientDeployment::kType, keyOf(name));
  if (tenant.is_null()) {
    create(name);
  } else if (pick(3) == 0) {
    remove(tenant);
  } else {
    change(tenant);
  }
}

void Users::create(const std::string& name) {
  const Json mode = {{"name", "MODE"}, {"value", std::to_string(++changes_)}};
  const Json spec = {
      {"image", "tenant:1"},
      {"env", Json::array({mode})},
      {"resources", {{"memory", "700Mi"}}},
      {"storage", {{"deletionPolicy", kPolicies.at(pick(kPolicies.size()))}}}};
  const Json tenant = {{"metadata", {{"name", name}, {"namespace", kNamespace}}}, {"spec", spec}};
  const auto made = world_.users().create({}, ClientDeployment::kType, tenant);
  // Nothing happens to users' calls: only a name whose end is not over is refused.
  BERTH_ASSERT(made || made.error().reason == Reason::AlreadyExists);
  if (!made) return;
  world_.nemesis.note("user creates " + name);
  world_.promises[stringAt(*made, "metadata.uid")] = {.name = name, .spec = (*made)["spec"]};
}

void Users::change(const Json& tenant) {
  if (findPath(tenant, "metadata.deletionTimestamp") != nullptr) return;
  auto wanted = tenant;
  auto& spec = wanted["spec"];
  switch (pick(4)) {
    case 0:
      spec["env"][0]["value"] = std::to_string(++changes_);
      break;
    case 1:
      spec["resources"]["memory"] = std::to_string(700 + pick(3) * 100) + "Mi";
      break;
    case 2:
      spec["image"] = spec["image"] == "tenant:1" ? "tenant:2" : "tenant:1";
      break;
    default:
      spec["state"] = spec["state"] == "Running" ? "Stopped" : "Running";
  }
  const auto stored = world_.users().replace({}, ClientDeployment::kType, wanted);
  if (!stored) return;
  world_.nemesis.note("user changes " + stringAt(tenant, "metadata.name"));
  world_.promises[stringAt(tenant, "metadata.uid")].spec = (*stored)["spec"];
}

void Users::remove(const Json& tenant) {
  const auto name = stringAt(tenant, "metadata.name");
  const auto uid = stringAt(tenant, "metadata.uid");
  if (!world_.users().remove({}, ClientDeployment::kType, keyOf(name), uid)) return;
  world_.nemesis.note("user deletes " + name);
  world_.promises[uid].deleted = true;
}

void Users::writeRows() {
  for (auto& [name, engine] : world_.engines) {
    std::vector<std::pair<std::string, Uid>> running;
    engine.docker.world([&](docker::FakeWorld& world) {
      for (const auto& [id, container] : world.containers)
        if (isOurs(container) && container.state.running())
          running.emplace_back(id, container.state.labels.at(mark::kUid));
    });
    for (const auto& [id, uid] : running) {
      const auto row = engine.docker.writeRow(id, kMountPath);
      if (row) ++world_.promises[uid].rows;
    }
  }
}

Engine& Users::anyEngine(std::string& name) {
  auto found = world_.engines.begin();
  std::advance(found, std::ptrdiff_t(pick(world_.engines.size())));
  name = found->first;
  return found->second;
}

std::string Users::anyContainer(Engine& engine) {
  std::vector<std::string> ids;
  engine.docker.world([&](docker::FakeWorld& world) {
    for (const auto& [id, container] : world.containers)
      if (isOurs(container) && container.state.running()) ids.push_back(id);
  });
  return ids.empty() ? "" : ids[pick(ids.size())];
}

void Users::actOnEngine() {
  constexpr std::array kFamilies = {
      Family::ContainerDeath,
      Family::Hands,
      Family::SickTenants,
      Family::DaemonRestart,
      Family::LostEvents,
      Family::HeldRemovals,
      Family::EngineOutage,
      Family::StoreOutage};
  const auto family = kFamilies.at(pick(kFamilies.size()));
  if (!world_.nemesis.has(family)) return;
  std::string name;
  auto& engine = anyEngine(name);
  const auto id = anyContainer(engine);
  world_.nemesis.note(std::string(toString(family)) + " " + name + " " + id);
  const Duration span = seconds(1 + std::int64_t(pick(60)));
  const auto set = [&](auto member, bool value) {
    engine.docker.world([&](docker::FakeWorld& world) { world.*member = value; });
    outageUntil_ = world_.clock.now() + span;
  };
  auto docker = engine.docker.roles();
  switch (family) {
    case Family::ContainerDeath:
      if (!id.empty()) engine.docker.crash(id, int(pick(2)) * 137);
      break;
    case Family::Hands:
      if (id.empty()) break;
      if (pick(2) == 0) {
        static_cast<void>(docker.containers.remove({}, id, true));
      } else {
        static_cast<void>(docker.settings.update(
            {},
            id,
            {.memoryBytes = 64 << 20U, .memorySwapBytes = 128 << 20U},
            docker::RestartPolicy::No));
      }
      break;
    case Family::SickTenants:
      engine.docker.world([&](docker::FakeWorld& world) {
        if (auto* container = world.find(id); !id.empty() && container != nullptr)
          container->health = pick(2) == 0 ? 0 : 503;
      });
      break;
    case Family::DaemonRestart:
      engine.docker.restartDaemon();
      break;
    case Family::LostEvents:
      set(&docker::FakeWorld::loseEvents, true);
      break;
    case Family::HeldRemovals:
      set(&docker::FakeWorld::holdRemovals, true);
      break;
    case Family::EngineOutage:
      engine.docker.setAway(true);
      outageUntil_ = world_.clock.now() + span;
      break;
    default:
      world_.nemesis.awayWithStore(span);
  }
}

void Users::endOutages(Time now) {
  if (now < outageUntil_ && !world_.nemesis.resting()) return;
  for (auto& [name, engine] : world_.engines) {
    bool held = false;
    bool away = false;
    engine.docker.world([&](docker::FakeWorld& world) {
      world.loseEvents = false;
      held = std::exchange(world.holdRemovals, false);
      away = world.away;
    });
    if (away) engine.docker.setAway(false);
    if (held) engine.docker.finishRemovals();
  }
}

void Users::rest() {
  endOutages(Time::max());
  // A tenant that never gets well again is no fault of the controller's.
  for (auto& [name, engine] : world_.engines)
    engine.docker.world([](docker::FakeWorld& world) {
      for (auto& [id, container] : world.containers) container.health = 200;
    });
}

}  // namespace berth::simulation
