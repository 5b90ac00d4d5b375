/// @file
/// Machines: how reconcilers reach the machine behind a Host.
#pragma once

#include <string>

#include "core/base/result.hpp"
#include "reconcilers/providers/docker/docker.hpp"
#include "reconcilers/providers/hosts/host_facts.hpp"

namespace berth {

/// How to reach a machine, from a Host's spec.
struct MachineAddress {
  std::string hostName;  // the Host's name
  std::string type;      // Local, Agent, SSH
  std::string socket;    // for Local; empty: the controller's own engine
};

/// The roles of one machine.  They outlive every call that uses them.
struct Machine {
  docker::Docker docker;
  hosts::HostFacts& facts;
};

/// Thread-safe.
class Machines {
 public:
  virtual ~Machines() = default;
  /// Opens nothing yet; the same address gives the same machine.  NotAcceptable
  /// when there is no way for this type of connection.
  virtual Result<Machine> find(const MachineAddress& address) = 0;
};

}  // namespace berth
