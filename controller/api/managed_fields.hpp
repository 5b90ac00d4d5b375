/// @file
/// ManagedFields: who set which fields of an object, as metadata.managedFields tells it.
#pragma once

#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"
#include "core/schema/field_set.hpp"

namespace berth::api {

/// One manager: the fields that it applied, or that it wrote otherwise.
struct Manager {
  std::string name;
  bool applies = false;    // operation: Apply, else Update
  std::string apiVersion;  // of the fields
  std::string subresource = {};
  std::string time = {};  // of the last change, RFC 3339
  FieldSet fields = {};

  /// An applier is the same whichever version it applies.
  [[nodiscard]] bool isSameAs(const Manager& other) const;
};

using ManagedFields = std::vector<Manager>;

/// What writeManagedFields() gave; null is nobody.
ManagedFields readManagedFields(Json entries);
/// What a client sent; Invalid.
Result<ManagedFields> parseManagedFields(const Json& entries);
/// In Kubernetes' order, without managers of nothing; null when there are none.
Json writeManagedFields(ManagedFields managers);
/// Merges the oldest managers of operation Update into "ancient-changes" until there
/// are at most ten.
void capManagers(ManagedFields& managers);

/// Takes metadata.managedFields out of a document; null when it has none.
Json takeManagedFields(Json& document);
void putManagedFields(Json& document, Json entries);
/// Whether they differ in nothing but times.
bool sameButTimes(const Json& a, const Json& b);

}  // namespace berth::api
