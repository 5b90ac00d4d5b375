/// @file
/// PlantedEngine: an engine's roles as a controller with a planted bug uses them.
/// One thread.
#pragma once

#include "reconcilers/providers/docker/docker.hpp"
#include "tests/support/simulation/nemesis.hpp"
#include "tests/support/simulation/planted.hpp"

namespace berth::simulation {

class PlantedEngine final : public docker::ContainerReader, public docker::Containers {
 public:
  PlantedEngine(docker::Docker engine, Nemesis& nemesis, const Planted& planted)
      : engine_(engine), nemesis_(nemesis), planted_(planted) {}

  [[nodiscard]] docker::Docker roles() {
    return {
        engine_.engine,
        *this,
        *this,
        engine_.settings,
        engine_.io,
        engine_.images,
        engine_.volumes,
        engine_.networks};
  }

  Result<docker::ContainerState> inspect(const Context& context, const std::string& id) override {
    return engine_.reader.inspect(context, id);
  }
  Result<std::vector<docker::ContainerSummary>> list(
      const Context& context, const docker::Labels& labels) override {
    auto containers = engine_.reader.list(context, labels);
    if (containers) nemesis_.note("list: " + std::to_string(containers->size()));
    if (!containers && planted_.has(Bug::ErrorIsEmptyList))
      return std::vector<docker::ContainerSummary>();
    return containers;
  }
  Result<std::string> create(const Context& context, const docker::ContainerSpec& spec) override {
    auto made = spec;
    if (planted_.has(Bug::RandomName)) made.name += "-" + randomSuffix(nemesis_.random());
    if (planted_.has(Bug::NewKeyEachTime))
      made.env["WEBUI_SECRET_KEY"] = randomHex(nemesis_.random(), 8);
    return engine_.containers.create(context, made);
  }
  Result<> start(const Context& context, const std::string& id) override {
    return engine_.containers.start(context, id);
  }
  Result<> stop(const Context& context, const std::string& id, Duration grace) override {
    if (planted_.has(Bug::StopNotAwaited)) return Ok{};
    return engine_.containers.stop(context, id, grace);
  }
  Result<> kill(const Context& context, const std::string& id, const std::string& signal) override {
    return engine_.containers.kill(context, id, signal);
  }
  Result<> remove(const Context& context, const std::string& id, bool force) override {
    if (!planted_.has(Bug::VolumeWithContainer))
      return engine_.containers.remove(context, id, force);
    const auto before = engine_.reader.inspect(context, id);
    BERTH_CHECK(engine_.containers.remove(context, id, force));
    if (!before) return Ok{};
    for (const auto& mount : before->mounts)
      static_cast<void>(engine_.volumes.remove(context, mount.source));
    return Ok{};
  }

 private:
  docker::Docker engine_;
  Nemesis& nemesis_;
  const Planted& planted_;
};

}  // namespace berth::simulation
