/// @file
/// Checks: what must hold at every moment, and what must hold when all is quiet.
///
/// They look at what really runs and lies on the engines, never at the store's
/// opinion of it.  One thread.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "tests/support/simulation/world.hpp"

namespace berth::simulation {

/// After every turn: what is wrong, if anything; notes what the world shows of each
/// tenant on the way.
///
///   S14  never two running containers on one tenant's data
///   S16  a volume goes only with its tenant, by the tenant's policy
///   ROW  no row that was acknowledged is lost
///   KEY  the secret key of a tenant never changes
///   FOR  what is not ours is not touched
std::optional<std::string> violation(World& world);

/// When the faults are over: what is not yet as declared.
///
///   L1   exactly the declared containers, as declared, and the status says so
///   LEAK no container, volume or network without an owner
///   S6   what a user wrote last is what is stored
std::vector<std::string> unmet(World& world);

/// Writes since `revision`, of anything but Events.
std::vector<std::string> writesSince(World& world, store::Revision revision);

}  // namespace berth::simulation
