/// @file
/// Who owns what after a write that is no apply: pure functions.
///
/// A writer owns what it added or changed, and takes it from everybody else; what it
/// removed is nobody's.
#pragma once

#include <string>

#include "controller/api/admission.hpp"
#include "controller/api/managed_fields.hpp"
#include "controller/api/registry.hpp"
#include "core/base/clock.hpp"
#include "core/schema/field_walk.hpp"

namespace berth::api {

/// Who writes what, when.
struct Writer {
  const ServedKind& kind;
  std::string manager;
  Part part = Part::Main;
  Time now;  // the calendar's
};

/// The manager that a writer is; without fields.
Manager managerOf(const Writer& writer, bool applies);
/// The subresource through which a part is written; "" for the main resource.
const char* subresourceOf(Part part);

/// The fields that count: not those by which an object is named, nor the server's.
FieldSet trackedFields(const ServedKind& kind, const Json& document, Cover cover);
FieldChanges trackedChanges(const ServedKind& kind, const Json& before, const Json& after);

/// managedFields of a new object.
Json ownersOfNew(const Json& document, const Writer& writer);

/// managedFields of an object that was changed.  `held` are those that it had; `sent`
/// those in what the writer sent: it may hand ownership over, and `[{}]` gives up
/// tracking.  Neither document has managedFields in it.
struct OwnedChange {
  const Json& before;
  const Json& after;
  Json held;
  const Json& sent;
};
Json ownersOfChanged(OwnedChange change, const Writer& writer);

}  // namespace berth::api
