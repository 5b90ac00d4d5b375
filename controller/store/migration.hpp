/// @file
/// Numbered changes of a database's schema, which only go forward.
///
/// A file migrations/<store>/NNNN-what.sql is the step to version NNNN, taken in one
/// transaction.  A step that older programs can live with (columns with defaults, more
/// functions) says so in its first line, so that controllers of two versions may run on
/// one database while they are exchanged:
///
///     -- oldest: 4
///
/// Any other step shuts out all programs that do not know it.
#pragma once

#include <cstdint>

#include "core/base/embedded_file.hpp"
#include "core/base/result.hpp"

namespace berth::store {

struct SchemaVersion {
  std::int64_t version = 0;
  std::int64_t oldest = 0;  // program that can use it
};

/// What the schema is after that step.
SchemaVersion schemaVersion(const EmbeddedFile& migration);

/// ServiceUnavailable, with what to do, when a program that knows `newest` cannot use a
/// schema that is `present`.
Result<> checkVersion(const SchemaVersion& present, const SchemaVersion& newest);

}  // namespace berth::store
