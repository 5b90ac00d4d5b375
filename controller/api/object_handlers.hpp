/// @file
/// The verbs on objects: get, create, update, patch, delete.
///
/// The same steps in every handler: is the request sound, do it, answer in the form
/// asked for.  The router has authorized it, and turns an Error into a Status.
#pragma once

#include "controller/api/services.hpp"

namespace berth::api {

Result<http::Response> getObject(Services& services, const Call& call, const ServedKind& kind);
Result<http::Response> createObject(Services& services, const Call& call, const ServedKind& kind);
Result<http::Response> replaceObject(Services& services, const Call& call, const ServedKind& kind);
Result<http::Response> patchObject(Services& services, const Call& call, const ServedKind& kind);
Result<http::Response> deleteObject(Services& services, const Call& call, const ServedKind& kind);

/// What the audit record of a write says of its request.
Json recordOf(const Call& call);
/// The options of a delete, from its body and its query.
Result<DeleteOptions> deleteOptionsOf(const Call& call);

}  // namespace berth::api
