/// @file
/// What a deletion does to a document: pure functions.
#pragma once

#include "controller/api/object_service.hpp"

namespace berth::api {

/// Conflict when the options mean another life or state; Forbidden for what may
/// not be deleted.
Result<> checkDeletion(const ServedKind& kind, const Json& stored, const DeleteOptions& options);

/// The object with its deletion begun: deletionTimestamp, the finalizers that the
/// propagation asks for, a namespace's phase.  Unchanged when nothing holds it, or
/// when it was marked before.
Json markDeleted(
    const ServedKind& kind, const Json& stored, std::optional<Propagation> propagation, Time now);

}  // namespace berth::api
