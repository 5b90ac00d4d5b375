/// @file
/// FakeMachines: every Local address is one fake machine.
#pragma once

#include "reconcilers/machines.hpp"
#include "reconcilers/providers/docker/fake_docker.hpp"
#include "reconcilers/providers/hosts/fake_host_facts.hpp"

namespace berth {

class FakeMachines final : public Machines {
 public:
  explicit FakeMachines(const Clock& clock) : docker(clock) {}

  Result<Machine> find(const MachineAddress& address) override {
    if (address.type != "Local") return Error{Reason::NotAcceptable, "only Local"};
    return Machine{docker.roles(), facts};
  }

  docker::FakeDocker docker;
  hosts::FakeHostFacts facts;
};

}  // namespace berth
