/// @file
/// ControllerProcess: one run of the controller, from its start to its crash: the
/// real hub, API pipeline, runtime and reconcilers over what the nemesis lets through.
///
/// One thread.
#pragma once

#include <list>
#include <map>
#include <memory>
#include <string>

#include "controller/runtime/control_plane.hpp"
#include "reconcilers/machines.hpp"
#include "reconcilers/providers/hosts/fake_prober.hpp"
#include "tests/support/simulation/faulty_store.hpp"
#include "tests/support/simulation/planted_client.hpp"
#include "tests/support/simulation/planted_engine.hpp"
#include "tests/support/simulation/world.hpp"

namespace berth::simulation {

class ControllerProcess final : public Machines {
 public:
  /// Begins: its actors are added to the runner's `process`.
  ControllerProcess(World& world, const Planted& planted, Process process);

  Result<Machine> find(const MachineAddress& address) override;
  [[nodiscard]] bool leads() const { return plane_.leads(); }

 private:
  class Probing;

  World& world_;
  FaultyStore store_;
  std::unique_ptr<runtime::WatchHub> hub_;
  api::ObjectService service_;
  api::InProcessClient inner_;
  PlantedClient client_;
  std::map<std::string, PlantedEngine> engines_;
  hosts::FakeProber prober_;
  std::unique_ptr<Actor> probing_;
  runtime::ControlPlane plane_;
};

}  // namespace berth::simulation
