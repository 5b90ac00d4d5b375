/// @file
/// Nobody gives what he does not have.
///
/// A role may be written by who holds all its rights, or has the verb `escalate` on it;
/// a role may be bound by who holds all its rights, or has the verb `bind` on it.
#pragma once

#include "controller/api/authorization.hpp"
#include "controller/api/registry.hpp"

namespace berth::api {

/// Forbidden with the missing rights; `stored` is nullptr for a new object.  Anything
/// goes for kinds that are none of RBAC.
Result<> checkEscalation(
    const Authorizer& authorizer,
    const User& user,
    const ServedKind& kind,
    const Json* stored,
    const Json& wanted);

}  // namespace berth::api
