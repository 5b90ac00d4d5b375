/// @file
/// TenantNetwork: the one network of a cluster's tenants on a host, in which they do
/// not see each other: an engine has addresses for some thirty bridges only.  It
/// belongs to the Host, which removes it at its end.
///
/// An engine before 1.44 does not make sure that a name is there once, whatever it is
/// asked; so of the workers of this process one at a time makes a network, and what
/// is there twice all the same is taken away again.
///
/// Thread-safe.
#pragma once

#include <atomic>
#include <string>

#include "core/base/context.hpp"
#include "reconcilers/providers/docker/docker.hpp"

namespace berth::clientdeployment {

class TenantNetwork {
 public:
  /// Conflict while another worker is at it: try again.  A problem (NameTaken) when a network that
  /// is not ours has the name.
  Result<> ensure(
      const Context& context,
      docker::Networks& networks,
      const std::string& clusterId,
      const std::string& hostName);

 private:
  std::atomic_flag busy_ = ATOMIC_FLAG_INIT;
};

}  // namespace berth::clientdeployment
