/// @file
/// Orphans: containers of ours on a machine whose object does not exist any more.
///
/// They come from a call that took effect long after its caller had given up, from
/// a finalizer that was taken away by hand, or from a store that was put back to an
/// earlier state.  Hence: one that does not run is removed, a running one is only
/// reported, and data is never touched.
#pragma once

#include <string>
#include <vector>

#include "core/reconcile/objects.hpp"
#include "reconcilers/providers/docker/docker.hpp"

namespace berth::host {

struct Orphans {
  std::vector<std::string> removed;  // names
  std::vector<std::string> left;     // running, or too many at once
};

/// Asks the API itself, past every cache, about each container; what cannot be told
/// counts as no orphan.  When more than five and a fifth of all would go, none goes.
Result<Orphans> removeOrphans(
    const Context& context,
    const docker::Docker& docker,
    ObjectClient& client,
    const std::string& clusterId);

}  // namespace berth::host
