#include <algorithm>
#include <cctype>

#include "reconcilers/providers/docker/fake_core.hpp"

namespace berth::docker {
namespace {

constexpr std::int64_t kLeastMemory = 6 * 1024 * 1024;

Error noContainer(const std::string& id) { return {Reason::NotFound, "no such container: " + id}; }

Error removing(const std::string& id) {
  return makeFault(
      Reason::Conflict, fault::kRemoving, "container " + id + " is being removed: wait");
}

bool validName(const std::string& name) {
  const auto letter = [](char c) { return std::isalnum(static_cast<unsigned char>(c)) != 0; };
  return name.size() > 1 && letter(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
           return letter(c) || c == '_' || c == '.' || c == '-';
         });
}

Result<> checkLimits(const Resources& resources) {
  if (resources.memoryBytes != 0 && resources.memoryBytes < kLeastMemory)
    return Error{Reason::Invalid, "minimum memory limit allowed is 6MB"};
  const auto swap = resources.memorySwapBytes;
  if (swap > 0 && swap < resources.memoryBytes)
    return Error{Reason::Invalid, "memory and swap together must not be less than memory"};
  return Ok{};
}

const FakeImage* findImage(const FakeWorld& world, const std::string& image) {
  const auto parsed = parseImageReference(image);
  const auto found = world.images.find(parsed ? parsed->text() : image);
  if (found != world.images.end()) return &found->second;
  for (const auto& [reference, present] : world.images) {
    const auto& digests = present.state.digests;
    const bool named = std::find(digests.begin(), digests.end(), image) != digests.end();
    if (present.state.id == image || named) return &present;
  }
  return nullptr;
}

bool portTaken(const FakeWorld& world, const PortBinding& wish) {
  const auto sameAddress = [&](const std::string& address) {
    return address == wish.hostAddress || address == "0.0.0.0" || wish.hostAddress == "0.0.0.0";
  };
  for (const auto& [address, port] : world.takenPorts)
    if (port == wish.hostPort && sameAddress(address)) return true;
  for (const auto& [id, container] : world.containers)
    for (const auto& bound : container.state.ports)
      if (bound.hostPort == wish.hostPort && bound.protocol == wish.protocol &&
          sameAddress(bound.hostAddress))
        return true;
  return false;
}

Error failStart(FakeContainer& container, int exitCode, Error error) {
  container.state.exitCode = exitCode;
  container.state.error = error.message;
  return error;
}

Result<> bindPorts(FakeWorld& world, FakeContainer& container) {
  std::vector<PortBinding> bound;
  for (auto wish : container.spec.ports) {
    const bool free = wish.hostPort == 0;
    while (wish.hostPort == 0 || (free && portTaken(world, wish))) wish.hostPort = world.nextPort++;
    if (portTaken(world, wish)) {
      const auto place = wish.hostAddress + ":" + std::to_string(wish.hostPort);
      return failStart(
          container,
          128,
          makeFault(
              Reason::Conflict,
              fault::kPortTaken,
              "start " + container.state.name + ": " + place + " is already in use on the host"));
    }
    bound.push_back(wish);
  }
  container.state.ports = std::move(bound);
  return Ok{};
}

Result<> joinNetworks(FakeWorld& world, FakeContainer& container) {
  for (auto& joined : container.state.networks) {
    const auto isNamed = [&](const auto& entry) { return entry.second.name == joined.name; };
    const auto found = std::find_if(world.networks.begin(), world.networks.end(), isNamed);
    if (std::count_if(world.networks.begin(), world.networks.end(), isNamed) > 1)
      return failStart(
          container, 128, Error{Reason::Conflict, "network " + joined.name + " is ambiguous"});
    if (found == world.networks.end())
      return failStart(
          container, 128, Error{Reason::NotFound, "network " + joined.name + " not found"});
    joined.id = found->first;
    const auto number = world.nextId++;
    joined.address =
        "172.20." + std::to_string(number / 250 % 250) + "." + std::to_string(2 + number % 250);
  }
  return Ok{};
}

void leaveHost(FakeContainer& container) {
  container.state.ports.clear();
  for (auto& joined : container.state.networks) joined.address.clear();
  container.state.pid = 0;
}

void fillState(FakeCore::State& state, const FakeImage& image, FakeContainer& container) {
  const auto& spec = container.spec;
  auto& now = container.state;
  now.id = state.world.makeId();
  now.name = spec.name.empty() ? "fake_" + now.id.substr(0, 8) : spec.name;
  now.image = spec.image;
  now.imageId = image.state.id;
  now.labels = spec.labels;
  now.labels.insert(image.state.labels.begin(), image.state.labels.end());
  now.createdAt = state.now;
  now.env = spec.env;
  now.env.insert(image.env.begin(), image.env.end());
  now.command = spec.command;
  now.mounts = spec.mounts;
  now.networks = {{spec.network.empty() ? "bridge" : spec.network, "", ""}};
  now.resources = spec.resources;
  if (now.resources.memoryBytes != 0 && now.resources.memorySwapBytes == 0)
    now.resources.memorySwapBytes = 2 * now.resources.memoryBytes;
  now.restart = spec.restart;
  now.log = spec.log;
}

void takeLimits(const Resources& wanted, Resources& now) {
  const auto take = [](std::int64_t from, std::int64_t& to) {
    if (from != 0) to = from;  // 0 leaves it
  };
  take(wanted.memoryBytes, now.memoryBytes);
  take(wanted.memoryReservationBytes, now.memoryReservationBytes);
  take(wanted.memorySwapBytes, now.memorySwapBytes);
  take(wanted.nanoCpus, now.nanoCpus);
  take(wanted.pidsLimit, now.pidsLimit);
}

}  // namespace

FakeData& dataOf(FakeWorld& world, const std::string& source) {
  auto& data = world.data[source];
  if (data.lineage.empty()) data.lineage = "lineage-" + std::to_string(world.nextId++);
  return data;
}

Result<> startContainer(FakeCore::State& state, FakeContainer& container) {
  const auto* image = findImage(state.world, container.state.imageId);
  if (image != nullptr && image->cannotRun)
    return failStart(
        container,
        127,
        makeFault(
            Reason::Invalid,
            fault::kCannotRun,
            "start " + container.state.name + ": its program cannot be run"));
  BERTH_CHECK(bindPorts(state.world, container));
  if (auto joined = joinNetworks(state.world, container); !joined) {
    leaveHost(container);
    return joined;
  }
  auto& now = container.state;
  now.status = ContainerStatus::Running;
  now.exitCode = 0;
  now.oomKilled = false;
  now.error.clear();
  now.pid = 1000 + state.world.nextId++;
  now.startedAt = state.now;
  now.finishedAt.reset();
  container.stoppedByHand = false;
  for (const auto& mount : now.mounts) {
    auto& data = dataOf(state.world, mount.source);
    data.mostWriters = std::max(data.mostWriters, state.world.writersOf(mount.source));
  }
  emit(state, "start", container);
  return Ok{};
}

void endContainer(FakeCore::State& state, FakeContainer& container, int exitCode, bool oomKilled) {
  auto& now = container.state;
  now.status = ContainerStatus::Exited;
  now.exitCode = exitCode;
  now.oomKilled = oomKilled;
  now.finishedAt = state.now;
  leaveHost(container);
  if (oomKilled) emit(state, "oom", container);
  emit(state, "die", container);
}

void restartByPolicy(FakeCore::State& state, FakeContainer& container) {
  auto& now = container.state;
  if (container.stoppedByHand || now.status != ContainerStatus::Exited) return;
  const int retries = container.spec.restartRetries;
  const bool failed = now.exitCode != 0 && (retries == 0 || now.restartCount < retries);
  if (now.restart == RestartPolicy::No || (now.restart == RestartPolicy::OnFailure && !failed))
    return;
  ++now.restartCount;
  // One that cannot start stays as it is, with the error in its state.
  static_cast<void>(startContainer(state, container));
}

void destroyContainer(FakeCore::State& state, const std::string& id) {
  const auto found = state.world.containers.find(id);
  if (found == state.world.containers.end()) return;
  const auto gone = std::move(found->second);
  state.world.containers.erase(found);
  emit(state, "destroy", gone);
}

Result<ContainerState> FakeContainers::inspect(const Context&, const std::string& id) {
  return core_.call("inspect", id, [&](FakeCore::State& state) -> Result<ContainerState> {
    const auto* found = state.world.find(id);
    if (found == nullptr) return noContainer(id);
    return found->state;
  });
}

Result<std::vector<ContainerSummary>> FakeContainers::list(const Context&, const Labels& labels) {
  return core_.call("list", "", [&](FakeCore::State& state) {
    std::vector<ContainerSummary> summaries;
    for (const auto& [id, container] : state.world.containers) {
      const auto& now = container.state;
      if (!matchesLabels(now.labels, labels)) continue;
      summaries.push_back(
          {now.id, now.name, now.image, now.imageId, now.labels, now.status, now.createdAt});
    }
    return Result<std::vector<ContainerSummary>>(std::move(summaries));
  });
}

Result<std::string> FakeContainers::create(const Context&, const ContainerSpec& spec) {
  return core_.lateCommand(
      "create", spec.name, [spec](FakeCore::State& state) -> Result<std::string> {
        auto& world = state.world;
        if (!spec.name.empty() && !validName(spec.name))
          return Error{Reason::Invalid, "create: " + spec.name + " is not a name"};
        BERTH_CHECK(checkLimits(spec.resources));
        const auto* image = findImage(world, spec.image);
        if (image == nullptr)
          return makeFault(
              Reason::NotFound, fault::kImageMissing, "no such image: " + spec.image + ": pull it");
        if (const auto* holder = world.find(spec.name);
            holder != nullptr && holder->state.name == spec.name)
          return makeFault(
              Reason::AlreadyExists,
              fault::kNameTaken,
              "the name " + spec.name + " is in use by container " + holder->state.id);
        if (world.diskFull)
          return makeFault(
              Reason::ServiceUnavailable, fault::kDiskFull, "create: no space left on device");

        FakeContainer made;
        made.spec = spec;
        fillState(state, *image, made);
        for (const auto& mount : spec.mounts)
          if (mount.type == MountType::Volume) makeVolume(state, {.name = mount.source});
        auto id = made.state.id;
        emit(state, "create", made);
        world.containers[id] = std::move(made);
        return id;
      });
}

Result<> FakeContainers::start(const Context&, const std::string& id) {
  return core_.lateCommand("start", id, [id](FakeCore::State& state) -> Result<> {
    auto* found = state.world.find(id);
    if (found == nullptr) return noContainer(id);
    if (found->state.running()) return Ok{};
    if (found->state.status == ContainerStatus::Removing) return removing(id);
    return startContainer(state, *found);
  });
}

Result<> FakeContainers::stop(const Context&, const std::string& id, Duration) {
  return core_.lateCommand("stop", id, [id](FakeCore::State& state) -> Result<> {
    auto* found = state.world.find(id);
    if (found == nullptr) return noContainer(id);
    if (!found->state.running()) return Ok{};
    found->stoppedByHand = true;
    emit(state, "kill", *found);
    endContainer(state, *found, found->ignoresTerm ? 137 : 0, false);
    emit(state, "stop", *found);
    return Ok{};
  });
}

Result<> FakeContainers::kill(const Context&, const std::string& id, const std::string& signal) {
  return core_.command("kill", id, [&](FakeCore::State& state) -> Result<> {
    auto* found = state.world.find(id);
    if (found == nullptr) return noContainer(id);
    if (!found->state.running()) return Ok{};
    emit(state, "kill", *found);
    if (signal != "KILL" && signal != "SIGKILL") return Ok{};
    found->stoppedByHand = true;
    endContainer(state, *found, 137, false);
    return Ok{};
  });
}

Result<> FakeContainers::remove(const Context&, const std::string& id, bool force) {
  return core_.lateCommand("remove", id, [id, force](FakeCore::State& state) -> Result<> {
    auto* found = state.world.find(id);
    if (found == nullptr) return Ok{};
    if (found->state.status == ContainerStatus::Removing) return removing(id);
    if (found->state.running()) {
      if (!force)
        return makeFault(
            Reason::Conflict, fault::kRunning, "container " + id + " is running: stop it first");
      emit(state, "kill", *found);
      found->stoppedByHand = true;
      endContainer(state, *found, 137, false);
    }
    if (!state.world.holdRemovals) {
      destroyContainer(state, std::string(found->state.id));
      return Ok{};
    }
    found->state.status = ContainerStatus::Removing;
    return makeFault(Reason::Timeout, fault::kEngineAway, "remove " + id + ": no answer");
  });
}

Result<> FakeContainers::rename(const Context&, const std::string& id, const std::string& name) {
  return core_.command("rename", id, [&](FakeCore::State& state) -> Result<> {
    auto* found = state.world.find(id);
    if (found == nullptr) return noContainer(id);
    if (found->state.name == name) return Ok{};
    if (!validName(name)) return Error{Reason::Invalid, "rename: " + name + " is not a name"};
    for (const auto& [other, container] : state.world.containers)
      if (container.state.name == name)
        return makeFault(
            Reason::AlreadyExists,
            fault::kNameTaken,
            "the name " + name + " is in use by container " + other);
    found->state.name = name;
    emit(state, "rename", *found);
    return Ok{};
  });
}

Result<> FakeContainers::update(
    const Context&, const std::string& id, const Resources& resources, RestartPolicy restart) {
  return core_.command("update", id, [&](FakeCore::State& state) -> Result<> {
    auto* found = state.world.find(id);
    if (found == nullptr) return noContainer(id);
    if (found->state.status == ContainerStatus::Removing) return removing(id);
    BERTH_CHECK(checkLimits(resources));
    auto wanted = found->state.resources;
    takeLimits(resources, wanted);
    if (wanted.memorySwapBytes > 0 && wanted.memoryBytes > wanted.memorySwapBytes)
      return Error{Reason::Conflict, "update " + id + ": memory is above memory and swap together"};
    found->state.resources = wanted;
    found->state.restart = restart;
    emit(state, "update", *found);
    return Ok{};
  });
}

}  // namespace berth::docker
