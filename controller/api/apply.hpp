/// @file
/// Server-side apply: pure functions from documents to documents.
///
/// An applier says what it wants of an object, and owns exactly that: what it no
/// longer says goes away unless somebody else owns it, and what somebody else owns it
/// cannot change by accident.
#pragma once

#include "controller/api/ownership.hpp"
#include "core/base/result.hpp"

namespace berth::api {

/// The configuration as it is to be applied: nothing that its kind does not know, bound
/// to `key`, only the part that is written.  BadRequest when it cannot be.
Result<Json> readConfiguration(
    const ServedKind& kind, const ObjectKey& key, Part part, Json document);

/// `stored` with the configuration applied; managedFields in both.  Conflict, naming
/// every field and its owner, unless `force` takes them.
Result<Json> applyTo(Json stored, const Json& configuration, const Writer& writer, bool force);
/// A new object of the configuration, with managedFields.
Json applyToNothing(Json configuration, const Writer& writer);

}  // namespace berth::api
