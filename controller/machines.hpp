/// @file
/// LocalMachines: the machines that this process reaches by itself: engines behind a
/// unix socket of its own machine.  Agents and ssh come beside it.
#pragma once

#include <map>
#include <memory>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/guarded.hpp"
#include "reconcilers/machines.hpp"
#include "reconcilers/providers/docker/http_docker.hpp"
#include "reconcilers/providers/hosts/local_host_facts.hpp"

namespace berth {

/// A machine is kept for as long as the process lives: the number of sockets that
/// people name is small, and a machine without calls costs no thread.  Thread-safe.
class LocalMachines final : public Machines {
 public:
  /// `defaultSocket` is the engine of a Host that names none.  The clock must outlive it.
  LocalMachines(std::string defaultSocket, const Clock& clock)
      : defaultSocket_(std::move(defaultSocket)), clock_(clock) {}

  Result<Machine> find(const MachineAddress& address) override;

 private:
  struct Local {
    Local(const std::string& socket, const Clock& clock);
    docker::HttpDocker docker;
    hosts::LocalHostFacts facts;
  };

  std::string defaultSocket_;
  const Clock& clock_;
  Guarded<std::map<std::string, std::unique_ptr<Local>>> machines_;
};

}  // namespace berth
