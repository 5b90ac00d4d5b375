/// @file
/// Impersonation: acting as somebody else (`kubectl --as`).
///
/// Impersonate-User, -Group, -Uid and -Extra-KEY name whom; each needs the verb
/// `impersonate` on users, groups, serviceaccounts, uids or userextras.
#pragma once

#include <optional>

#include "controller/api/authorization.hpp"

namespace berth::api {

/// As whom the request acts; nothing without such headers.  Forbidden when the caller may
/// not, BadRequest when only half is told.
Result<std::optional<User>> impersonated(
    const Authorizer& authorizer, const User& caller, const http::Headers& headers);

}  // namespace berth::api
