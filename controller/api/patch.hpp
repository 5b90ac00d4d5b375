/// @file
/// The patches of the API, as pure functions from document to document.
#pragma once

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::api {

/// RFC 7386: objects are merged, null removes, everything else replaces.
Json applyMergePatch(Json target, const Json& patch);

/// RFC 6902.  BadRequest when `patch` is not a list of operations; Invalid when an
/// operation does not apply (a failing test, a path that is not there).  At most
/// 10,000 operations, and copies of at most a million nodes in all.
Result<Json> applyJsonPatch(Json target, const Json& patch);

/// Kubernetes' merge patch for built-in kinds: as RFC 7386, but the lists
/// `ownerReferences` (by uid) and `conditions` (by type) are merged by key and
/// `finalizers` as a set, and the directives `$patch: replace|delete`,
/// `$retainKeys`, `$setElementOrder/...` and `$deleteFromPrimitiveList/...` are
/// obeyed.  BadRequest when one makes no sense.
Result<Json> applyStrategicPatch(Json target, const Json& patch);

}  // namespace berth::api
