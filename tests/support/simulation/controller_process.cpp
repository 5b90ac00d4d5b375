#include "tests/support/simulation/controller_process.hpp"

#include <algorithm>

#include "reconcilers/setup.hpp"
#include "tests/support/simulation/planted_hub.hpp"
#include "tests/support/simulation/planted_manager.hpp"

namespace berth::simulation {

/// Lets the prober probe when something is due.
class ControllerProcess::Probing final : public Actor {
 public:
  explicit Probing(hosts::FakeProber& prober) : prober_(prober) {}
  Time turn(const Context&, Time now) override {
    prober_.probe();
    return std::clamp(
        prober_.nextDue(), now + std::chrono::milliseconds(1), now + std::chrono::seconds(1));
  }

 private:
  hosts::FakeProber& prober_;
};

ControllerProcess::ControllerProcess(World& world, const Planted& planted, Process process)
    : world_(world),
      store_(world.store, world.store, world.nemesis, planted),
      hub_(plantedHub(
          runtime::makeWatchHub(
              store_,
              world.clock,
              {.idlePoll = std::chrono::seconds(1), .busyPoll = std::chrono::milliseconds(50)}),
          world.nemesis,
          planted)),
      service_({store_, *hub_, world.clock, world.random, false}),
      inner_(service_, World::registry()),
      client_(inner_, planted),
      prober_(
          world.clock,
          [&world](const std::string& address, int port) -> std::optional<int> {
            for (auto& [name, engine] : world.engines)
              if (const auto status = engine.docker.httpStatus(address, port)) return status;
            return std::nullopt;
          }),
      probing_(std::make_unique<Probing>(prober_)),
      plane_(
          {*hub_, store_, client_, world.clock, world.random}, {.holder = makeUuid(world.random)}) {
  for (auto& [name, engine] : world.engines)
    engines_.try_emplace(name, engine.docker.roles(), world.nemesis, planted);
  PlantedManager manager(plane_, planted);
  registerAll(
      manager,
      {*this, prober_, world.snapshots},
      world.clock,
      world.random,
      {.clusterId = kClusterId, .deploymentWorkers = 2, .imagePullers = 1});
  const auto before = world.runner.running();
  world.runner.enter(process);
  hub_->wakeWith(world.runner.add("hub", *hub_));
  world.runner.add("prober", *probing_);
  plane_.start(world.runner);
  world.runner.enter(before);
  world.nemesis.born(process);
}

Result<Machine> ControllerProcess::find(const MachineAddress& address) {
  const auto found = engines_.find(address.hostName);
  if (found == engines_.end()) return Error{Reason::NotAcceptable, "no way to " + address.hostName};
  return Machine{found->second.roles(), world_.engines.at(address.hostName).facts};
}

}  // namespace berth::simulation
