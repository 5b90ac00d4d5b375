#include <algorithm>

#include "reconcilers/providers/docker/fake_core.hpp"

namespace berth::docker {
namespace {

Error diskFull(const std::string& what) {
  return makeFault(
      Reason::ServiceUnavailable, fault::kDiskFull, what + ": no space left on device");
}

Error imageMissing(const std::string& image) {
  return makeFault(Reason::NotFound, fault::kImageMissing, "no such image: " + image + ": pull it");
}

std::string canonical(const std::string& image) {
  const auto parsed = parseImageReference(image);
  return parsed ? parsed->text() : image;
}

auto findHere(FakeWorld& world, const std::string& image) {
  const auto name = canonical(image);
  return std::find_if(world.images.begin(), world.images.end(), [&](const auto& entry) {
    const auto& digests = entry.second.state.digests;
    return entry.first == name || entry.second.state.id == image ||
           std::find(digests.begin(), digests.end(), name) != digests.end();
  });
}

Result<const FakeImage*> findThere(const FakeWorld& world, const std::string& image) {
  const auto found = world.registry.find(canonical(image));
  if (found == world.registry.end())
    return makeFault(
        Reason::NotFound,
        fault::kImageUnknown,
        "pull " + image + ": the registry has no such image: check repository and tag");
  return &found->second;
}

auto findNetwork(FakeWorld& world, const std::string& id) {
  return std::find_if(world.networks.begin(), world.networks.end(), [&](const auto& entry) {
    return entry.first == id || entry.second.name == id;
  });
}

}  // namespace

Result<ImageState> FakeImages::inspect(const Context&, const std::string& image) {
  return core_.call("image.inspect", image, [&](FakeCore::State& state) -> Result<ImageState> {
    const auto found = findHere(state.world, image);
    if (found == state.world.images.end()) return imageMissing(image);
    return found->second.state;
  });
}

Result<ImageState> FakeImages::pull(const Context&, const PullSpec& spec) {
  BERTH_CHECK(parseImageReference(spec.image));
  std::vector<PullProgress> steps;
  auto result =
      core_.command("pull", spec.image, [&](FakeCore::State& state) -> Result<ImageState> {
        auto& world = state.world;
        BERTH_TRY(const auto* image, findThere(world, spec.image));
        if (world.diskFull) return diskFull("pull " + spec.image);
        const auto size = image->state.sizeBytes;
        steps.push_back({0, 2, 0, size});
        steps.push_back({1, 2, size * 99 / 100, size});
        if (world.pullsToBreak > 0) {
          --world.pullsToBreak;
          return makeFault(
              Reason::ServiceUnavailable,
              fault::kPullFailed,
              "pull " + spec.image + ": unexpected EOF");
        }
        steps.push_back({2, 2, size, size});
        return (world.images[canonical(spec.image)] = *image).state;
      });
  if (spec.progress)
    for (const auto& step : steps) spec.progress(step);
  return result;
}

Result<std::string> FakeImages::remoteDigest(
    const Context&, const std::string& image, const std::optional<RegistryAuth>&) {
  return core_.call("image.digest", image, [&](FakeCore::State& state) -> Result<std::string> {
    BERTH_TRY(const auto* found, findThere(state.world, image));
    const auto& digest = found->state.digests.at(0);
    return digest.substr(digest.find('@') + 1);
  });
}

Result<ImageState> FakeImages::importTar(
    const Context&,
    const std::string& image,
    const std::vector<std::string>&,
    const ByteSource& tar) {
  BERTH_TRY(const auto reference, parseImageReference(image));
  for (bool more = true; more;) {
    BERTH_TRY(const auto piece, tar());
    more = !piece.empty();
  }
  return core_.command("import", image, [&](FakeCore::State& state) -> Result<ImageState> {
    if (state.world.diskFull) return diskFull("import " + image);
    FakeImage made;
    made.state.id = "sha256:" + state.world.makeId();
    made.state.tags = {reference.text()};
    return (state.world.images[reference.text()] = made).state;
  });
}

Result<> FakeImages::remove(const Context&, const std::string& image) {
  return core_.command("image.remove", image, [&](FakeCore::State& state) -> Result<> {
    const auto found = findHere(state.world, image);
    if (found == state.world.images.end()) return Ok{};
    for (const auto& [id, container] : state.world.containers)
      if (container.state.imageId == found->second.state.id)
        return makeFault(
            Reason::Conflict,
            fault::kInUse,
            "image " + image + " is in use by container " + container.state.name);
    state.world.images.erase(found);
    return Ok{};
  });
}

VolumeState& makeVolume(FakeCore::State& state, const VolumeSpec& spec) {
  auto& world = state.world;
  if (const auto found = world.volumes.find(spec.name); found != world.volumes.end())
    return found->second;
  dataOf(world, spec.name);
  return world.volumes[spec.name] = {
             .name = spec.name,
             .driver = spec.driver,
             .mountpoint = "/var/lib/docker/volumes/" + spec.name + "/_data",
             .labels = spec.labels,
             .createdAt = state.now};
}

Result<VolumeState> FakeVolumes::create(const Context&, const VolumeSpec& spec) {
  return core_.command(
      "volume.create", spec.name, [&](FakeCore::State& state) -> Result<VolumeState> {
        if (spec.name.empty()) return Error{Reason::Invalid, "a volume needs a name"};
        const bool there = state.world.volumes.contains(spec.name);
        if (!there && state.world.diskFull) return diskFull("create volume " + spec.name);
        return makeVolume(state, spec);
      });
}

Result<VolumeState> FakeVolumes::inspect(const Context&, const std::string& name) {
  return core_.call("volume.inspect", name, [&](FakeCore::State& state) -> Result<VolumeState> {
    const auto found = state.world.volumes.find(name);
    if (found == state.world.volumes.end())
      return Error{Reason::NotFound, "no such volume: " + name};
    return found->second;
  });
}

Result<std::vector<VolumeState>> FakeVolumes::list(const Context&, const Labels& labels) {
  return core_.call("volume.list", "", [&](FakeCore::State& state) {
    std::vector<VolumeState> volumes;
    for (const auto& [name, volume] : state.world.volumes)
      if (matchesLabels(volume.labels, labels)) volumes.push_back(volume);
    return Result<std::vector<VolumeState>>(std::move(volumes));
  });
}

Result<> FakeVolumes::remove(const Context&, const std::string& name) {
  return core_.command("volume.remove", name, [&](FakeCore::State& state) -> Result<> {
    auto& world = state.world;
    if (!world.volumes.contains(name)) return Ok{};
    for (const auto& [id, container] : world.containers)
      for (const auto& mount : container.state.mounts)
        if (mount.type == MountType::Volume && mount.source == name)
          return makeFault(
              Reason::Conflict,
              fault::kInUse,
              "volume " + name + " is in use by container " + container.state.name);
    world.lost.push_back(std::move(world.data[name]));
    world.data.erase(name);
    world.volumes.erase(name);
    return Ok{};
  });
}

Result<NetworkState> FakeNetworks::create(const Context&, const NetworkSpec& spec) {
  return core_.command(
      "network.create", spec.name, [&](FakeCore::State& state) -> Result<NetworkState> {
        auto& world = state.world;
        if (spec.name.empty()) return Error{Reason::Invalid, "a network needs a name"};
        if (!world.racyNetworkNames && findNetwork(world, spec.name) != world.networks.end())
          return makeFault(
              Reason::AlreadyExists,
              fault::kNameTaken,
              "network with name " + spec.name + " already exists");
        const auto id = world.makeId();
        const auto number = std::to_string(18 + world.networks.size());
        return world.networks[id] = {
                   .id = id,
                   .name = spec.name,
                   .driver = spec.driver,
                   .subnets = {spec.subnet.empty() ? "172." + number + ".0.0/16" : spec.subnet},
                   .internal = spec.internal,
                   .labels = spec.labels};
      });
}

Result<NetworkState> FakeNetworks::inspect(const Context&, const std::string& id) {
  return core_.call("network.inspect", id, [&](FakeCore::State& state) -> Result<NetworkState> {
    const auto found = findNetwork(state.world, id);
    if (found == state.world.networks.end())
      return Error{Reason::NotFound, "network " + id + " not found"};
    return found->second;
  });
}

Result<std::vector<NetworkState>> FakeNetworks::list(const Context&, const Labels& labels) {
  return core_.call("network.list", "", [&](FakeCore::State& state) {
    std::vector<NetworkState> networks;
    for (const auto& [id, network] : state.world.networks)
      if (matchesLabels(network.labels, labels)) networks.push_back(network);
    return Result<std::vector<NetworkState>>(std::move(networks));
  });
}

Result<> FakeNetworks::remove(const Context&, const std::string& id) {
  return core_.command("network.remove", id, [&](FakeCore::State& state) -> Result<> {
    const auto found = findNetwork(state.world, id);
    if (found == state.world.networks.end()) return Ok{};
    for (const auto& [other, container] : state.world.containers)
      for (const auto& joined : container.state.networks)
        if (container.state.running() && joined.id == found->first)
          return makeFault(
              Reason::Conflict,
              fault::kInUse,
              "network " + found->second.name + " is in use by container " + container.state.name);
    state.world.networks.erase(found);
    return Ok{};
  });
}

}  // namespace berth::docker
