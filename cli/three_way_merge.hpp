/// @file
/// threeWayMerge: the patch of `apply`, as kubectl computes it.
///
/// Three documents take part: what was applied last (kept in an annotation of the
/// object), what is applied now, and what the server has.  What the manifest says
/// and the server has otherwise is set; what the manifest said last time and says
/// no longer is removed; everything else belongs to others and stays.
#pragma once

#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::cli {

inline constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

/// RFC 7386: the patch that turns `from` into `to`.
Json mergePatchBetween(const Json& from, const Json& to);

/// A merge patch; an empty object when there is nothing to do.
Json threeWayMerge(const Json& lastApplied, const Json& manifest, const Json& live);

/// The manifest with itself in the annotation.
Json withLastApplied(Json manifest);

/// What the object's annotation says was applied last; an empty object when it
/// has none.  Invalid when it is not JSON.
Result<Json> lastAppliedOf(const Json& live);

}  // namespace berth::cli
