#include "reconcilers/providers/docker/fake_docker.hpp"

#include <algorithm>

#include "reconcilers/providers/docker/fake_core.hpp"

namespace berth::docker {
namespace {

std::uint64_t mix(std::uint64_t value) {
  value += 0x9e3779b97f4a7c15U;
  value = (value ^ (value >> 30U)) * 0xbf58476d1ce4e5b9U;
  value = (value ^ (value >> 27U)) * 0x94d049bb133111ebU;
  return value ^ (value >> 31U);
}

/// 64 hexadecimal digits that look like a digest.
std::string digits(const std::string& text) {
  std::uint64_t value = 0xcbf29ce484222325U;
  for (const char letter : text)
    value = (value ^ static_cast<unsigned char>(letter)) * 0x100000001b3U;
  std::string out;
  for (int word = 0; word < 4; ++word) {
    value = mix(value);
    for (int shift = 60; shift >= 0; shift -= 4)
      out += "0123456789abcdef"[(value >> static_cast<unsigned>(shift)) & 15U];
  }
  return out;
}

std::string canonical(const std::string& reference) {
  const auto parsed = parseImageReference(reference);
  return parsed ? parsed->text() : reference;
}

FakeImage makeImage(const std::string& reference, const std::string& edition) {
  FakeImage image;
  image.state.id = "sha256:" + digits("image " + reference + edition);
  image.state.tags = {canonical(reference)};
  image.state.sizeBytes = 1'000'000;
  const auto parsed = parseImageReference(reference);
  if (parsed)
    image.state.digests = {
        parsed->repository + "@sha256:" + digits("digest " + reference + edition)};
  image.env["PATH"] = "/usr/bin:/bin";
  return image;
}

}  // namespace

FakeContainer* FakeWorld::find(const std::string& id) {
  if (const auto exact = containers.find(id); exact != containers.end()) return &exact->second;
  FakeContainer* found = nullptr;
  for (auto& [full, container] : containers) {
    if (container.state.name == id) return &container;
    if (id.empty() || !full.starts_with(id)) continue;
    if (found != nullptr) return nullptr;  // ambiguous
    found = &container;
  }
  return found;
}

const FakeContainer* FakeWorld::find(const std::string& id) const {
  return const_cast<FakeWorld*>(this)->find(id);  // the same search; it changes nothing
}

int FakeWorld::writersOf(const std::string& source) const {
  int writers = 0;
  for (const auto& [id, container] : containers) {
    const auto& mounts = container.state.mounts;
    const bool writes = std::any_of(mounts.begin(), mounts.end(), [&](const Mount& mount) {
      return mount.source == source && !mount.readOnly;
    });
    if (container.state.running() && writes) ++writers;
  }
  return writers;
}

std::string FakeWorld::makeId() { return digits(std::to_string(nextId++)); }

FakeDocker::FakeDocker(const Clock& clock) : core_(std::make_unique<FakeCore>(clock)) {
  world([](FakeWorld& world) {
    world.info = {
        .id = "FAKE:ENGINE",
        .name = "fake",
        .version = "20.10.24",
        .apiVersion = "1.41",
        .operatingSystem = "Debian GNU/Linux 12 (bookworm)",
        .architecture = "x86_64",
        .kernel = "6.1.0",
        .dataRoot = "/var/lib/docker",
        .storageDriver = "overlay2",
        .cgroupVersion = "2",
        .cpus = 4,
        .memoryBytes = std::int64_t{8} << 30U};
    for (const std::string name : {"bridge", "host", "none"}) {
      const auto id = world.makeId();
      world.networks[id] = {.id = id, .name = name, .driver = name == "none" ? "null" : name};
    }
  });
}

FakeDocker::~FakeDocker() = default;

Docker FakeDocker::roles() { return core_->roles; }

void FakeDocker::world(const std::function<void(FakeWorld&)>& function) {
  core_->work([&](FakeCore::State& state) { function(state.world); });
}

std::optional<FakeContainer> FakeDocker::container(const std::string& id) {
  return core_->work([&](FakeCore::State& state) -> std::optional<FakeContainer> {
    const auto* found = state.world.find(id);
    return found == nullptr ? std::nullopt : std::optional(*found);
  });
}

void FakeDocker::addImage(const std::string& reference) {
  world([&](FakeWorld& world) { world.images[canonical(reference)] = makeImage(reference, "1"); });
}

void FakeDocker::addToRegistry(const std::string& reference, const std::string& edition) {
  world([&](FakeWorld& world) {
    const auto image = makeImage(reference, edition);
    world.registry[canonical(reference)] = image;
    for (const auto& digest : image.state.digests) world.registry[digest] = image;
  });
}

std::string FakeDocker::addForeign(const std::string& name) {
  return core_->work([&](FakeCore::State& state) {
    FakeContainer foreign;
    foreign.spec.name = name;
    foreign.spec.image = "foreign:1";
    foreign.state.id = state.world.makeId();
    foreign.state.name = name;
    foreign.state.image = "foreign:1";
    foreign.state.status = ContainerStatus::Running;
    foreign.state.createdAt = state.now;
    foreign.state.startedAt = state.now;
    auto id = foreign.state.id;
    state.world.containers[id] = std::move(foreign);
    return id;
  });
}

void FakeDocker::inject(FaultHook hook) { core_->inject(std::move(hook)); }

void FakeDocker::failNext(std::string_view call, Error error) {
  core_->addFault(call, {std::move(error), false});
}

void FakeDocker::loseAnswerOf(std::string_view call) {
  auto error = makeFault(Reason::Timeout, fault::kEngineAway, std::string(call) + ": no answer");
  core_->addFault(call, {std::move(error), true});
}

void FakeDocker::delayNext(std::string_view call, Duration lateBy) {
  auto error = makeFault(Reason::Timeout, fault::kEngineAway, std::string(call) + ": no answer");
  core_->addFault(call, {std::move(error), false, lateBy});
}

void FakeDocker::setAway(bool away) {
  world([&](FakeWorld& world) { world.away = away; });
  if (away) breakStreams();
}

void FakeDocker::breakStreams() {
  core_->work([](FakeCore::State& state) {
    for (auto& [id, stream] : state.streams) {
      stream.broken = true;
      stream.news = true;
    }
  });
}

void FakeDocker::crash(const std::string& id, int exitCode, bool oomKilled) {
  core_->work([&](FakeCore::State& state) {
    auto* container = state.world.find(id);
    if (container == nullptr || !container->state.running()) return;
    endContainer(state, *container, exitCode, oomKilled);
    restartByPolicy(state, *container);
  });
}

void FakeDocker::restartDaemon(int exitCode) {
  breakStreams();
  core_->work([&](FakeCore::State& state) {
    for (auto& [id, container] : state.world.containers) {
      if (container.state.running()) endContainer(state, container, exitCode, false);
      restartByPolicy(state, container);
    }
  });
}

void FakeDocker::finishRemovals() {
  core_->work([](FakeCore::State& state) {
    std::vector<std::string> due;
    for (const auto& [id, container] : state.world.containers)
      if (container.state.status == ContainerStatus::Removing) due.push_back(id);
    for (const auto& id : due) destroyContainer(state, id);
  });
}

std::optional<std::string> FakeDocker::writeRow(const std::string& id, const std::string& target) {
  return core_->work([&](FakeCore::State& state) -> std::optional<std::string> {
    auto* container = state.world.find(id);
    if (container == nullptr || !container->state.running()) return std::nullopt;
    for (const auto& mount : container->state.mounts) {
      if (mount.target != target || mount.readOnly) continue;
      auto row = "row-" + std::to_string(state.world.nextId++);
      dataOf(state.world, mount.source).rows.push_back(row);
      return row;
    }
    return std::nullopt;
  });
}

std::optional<int> FakeDocker::httpStatus(const std::string& address, int port) {
  return core_->work([&](FakeCore::State& state) -> std::optional<int> {
    for (const auto& [id, container] : state.world.containers) {
      const auto& now = container.state;
      if (!now.running() || container.health == 0) continue;
      if (now.startedAt && state.now < *now.startedAt + container.startDelay) continue;
      const bool published =
          std::any_of(now.ports.begin(), now.ports.end(), [&](const auto& bound) {
            const bool here = bound.hostAddress == address || bound.hostAddress == "0.0.0.0";
            return here && bound.hostPort == port;
          });
      const bool direct = std::any_of(
          now.networks.begin(), now.networks.end(), [&](const ContainerNetwork& network) {
            return network.address == address;
          });
      if (published || direct) return container.health;
    }
    return std::nullopt;
  });
}

}  // namespace berth::docker
