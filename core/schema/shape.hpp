/// @file
/// Brings a document into the shape of its schema: unknown members and defaults.
#pragma once

#include <string>
#include <vector>

#include "core/json/json.hpp"
#include "core/schema/schema.hpp"

namespace berth {

struct UnknownField {
  std::string path;        // spec.bogus, spec.ports[0].bogus
  std::string suggestion;  // the known member that it resembles, or empty
  /// `unknown field "spec.imgae", did you mean "spec.image"?`
  [[nodiscard]] std::string message() const;
};

/// The members that the schema does not know, in document order; nothing is changed.
std::vector<UnknownField> findUnknownFields(const Schema& schema, const Json& object);
/// Removes them, and returns their paths.
std::vector<std::string> pruneUnknown(const Schema& schema, Json& object);
/// Puts in the defaults of what is absent, and takes out nulls where the schema has no
/// null, as the API server does between decoding and validation.
void applyDefaults(const Schema& schema, Json& object);

/// The candidate with the smallest edit distance to `word`, when that is small enough
/// to be a slip of the fingers; else empty.
std::string closest(const std::string& word, const std::vector<std::string>& candidates);

}  // namespace berth
