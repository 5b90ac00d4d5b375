/// @file
/// How one answer of a probe follows another: the same for every Prober.
#pragma once

#include <optional>

#include "reconcilers/providers/hosts/prober.hpp"

namespace berth::hosts {

/// The result after `before`, when the newest answer is `newest`; whether success
/// has changed is told by `changed`.
ProbeResult follow(const std::optional<ProbeResult>& before, ProbeResult newest, bool& changed);
/// What an HTTP status is worth.
ProbeResult fromStatus(int status, Time at);

}  // namespace berth::hosts
