/// @file
/// What the server makes of an object's metadata: pure functions from documents
/// to documents.
///
/// A client says name, namespace, labels, annotations, finalizers and owners;
/// everything else in metadata is the server's, whatever was sent.
#pragma once

#include <string>
#include <vector>

#include "controller/api/registry.hpp"
#include "controller/store/store.hpp"
#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::api {

/// Brings `document` into canonical shape: an object with the kind's apiVersion
/// and kind (filled in when absent) and metadata in which nothing is null or empty
/// and every member has its type.  BadRequest when that cannot be.
Result<> normalize(const ServedKind& kind, Json& document);

/// Fills in namespace and name from the URL; BadRequest when the body says another.
Result<> bindToKey(const ServedKind& kind, const ObjectKey& key, Json& document);

/// Makes a new object's metadata: a name from generateName, uid, creation time,
/// generation 1.  BadRequest when it brings a resourceVersion.
Result<> initialize(const ServedKind& kind, Json& document, Time now, Random& random);

/// Puts the server's members of `stored` back into `document`, and the new
/// generation when anything but metadata and status differs.
void carryOver(const ServedKind& kind, const Json& stored, Json& document);

/// Name, labels, annotations, finalizers and owners; `stored` is nullptr for a new
/// object.
std::vector<Cause> checkMetadata(const ServedKind& kind, const Json& document, const Json* stored);

/// The bytes to keep, with the place where the store writes the revision.
store::Body seal(Json document);

/// Whether a finalizer (of metadata, or of a namespace's spec) still holds it.
bool hasFinalizers(const Json& document);
bool isDeleting(const Json& document);

}  // namespace berth::api
