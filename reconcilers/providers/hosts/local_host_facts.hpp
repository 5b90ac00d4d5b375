/// @file
/// LocalHostFacts: the facts of the machine that this process and its engine run on.
/// Thread-safe.
#pragma once

#include <string>

#include "reconcilers/providers/docker/docker.hpp"
#include "reconcilers/providers/hosts/host_facts.hpp"

namespace berth::hosts {

/// MemTotal, MemAvailable and SwapTotal of /proc/meminfo's text.
Result<> readMemory(const std::string& meminfo, Facts& facts);

class LocalHostFacts final : public HostFacts {
 public:
  /// The engine must outlive it.
  explicit LocalHostFacts(docker::Engine& engine) : engine_(engine) {}
  Result<Facts> read(const Context& context) override;

 private:
  docker::Engine& engine_;
};

}  // namespace berth::hosts
