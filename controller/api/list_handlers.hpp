/// @file
/// The verbs on collections: list, deletecollection.
#pragma once

#include "controller/api/services.hpp"

namespace berth::api {

Result<http::Response> listObjects(Services& services, const Call& call, const ServedKind& kind);
Result<http::Response> deleteCollection(
    Services& services, const Call& call, const ServedKind& kind);

/// The revision that a client names; nullopt for none and "0".  Invalid when it is
/// no number.
Result<std::optional<store::Revision>> revisionOf(const http::Target& target);

/// How long a request for a version of the future waits for it: three seconds.
Context untilGrace(const Services& services, const Call& call);

}  // namespace berth::api
