/// @file
/// statusOf: what was seen of a machine, as the status of its Host.  Pure.
///
/// Nothing in it changes while nothing happens: no heartbeat, no free disk, no load.
#pragma once

#include <optional>
#include <string>

#include "berth/v1alpha1/host.hpp"
#include "core/base/result.hpp"
#include "reconcilers/providers/hosts/host_facts.hpp"

namespace berth::host {

/// What tenants on the host were promised.
struct Allocated {
  std::int64_t deployments = 0;
  std::int64_t memoryBytes = 0;
  std::int64_t cpuMillis = 0;
};

struct Sight {
  std::optional<hosts::Facts> facts;  // the last ones that were read
  std::optional<Error> error;         // why it cannot be reached now
  bool supported = true;              // the type of connection
  Allocated allocated;
  std::string holds;  // what a deletion waits for
};

v1alpha1::HostStatus statusOf(const v1alpha1::Host& host, const Sight& sight, Time now);

}  // namespace berth::host
