/// @file
/// The roles and bindings that every cluster has from its start.
#pragma once

#include "core/reconcile/objects.hpp"

namespace berth::api {

/// Makes those of rbac_defaults.yaml that are absent, and puts back the rules and
/// subjects that the others lack.  Several servers may do it at once.
Result<> ensureRbacDefaults(const Context& context, ObjectClient& objects);

}  // namespace berth::api
