/// @file
/// TokenReview: whose token is this.
#pragma once

#include "controller/api/authentication.hpp"
#include "controller/api/services.hpp"

namespace berth::api {

/// `authenticator` must outlive it.
Review tokenReview(const Authenticator& authenticator);

}  // namespace berth::api
