/// @file
/// The reviews that are asked about rights: may I, may they, what may I, who am I.
#pragma once

#include "controller/api/authorization.hpp"
#include "controller/api/services.hpp"

namespace berth::api {

/// As SelfSubjectReview and TokenReview have it.
Json userInfo(const User& user);

/// Of authorization.k8s.io and authentication.k8s.io.  `authorizer` must outlive them.
Reviews accessReviews(const Authorizer& authorizer);

}  // namespace berth::api
