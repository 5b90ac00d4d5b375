/// @file
/// The kinds that are part of the program.
#pragma once

#include "controller/api/registry.hpp"

namespace berth::api {

/// Read once however many APIs a process has.  Aborts when they cannot be loaded: that
/// is a broken build.
const RegistryPtr& embeddedKinds();

}  // namespace berth::api
