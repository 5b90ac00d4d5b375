/// @file
/// The file of the SQLite store: opening, upgrading and checking it.
#pragma once

#include "controller/store/store.hpp"
#include "core/base/random.hpp"
#include "core/sql/sqlite.hpp"

namespace berth::store {

/// The row of the table meta.
struct SqliteMeta {
  Revision head = 0;
  Revision edge = 0;
};
Result<SqliteMeta> readMeta(sqlite::Database& database);

/// A connection for writing: upgraded, checked, in its right incarnation, with all
/// leases expired (no other process lives that could hold one).
Result<sqlite::Database> openForWriting(const std::string& path, Random& random);
/// A connection for reading a file that openForWriting() has made.
Result<sqlite::Database> openForReading(const std::string& path);

}  // namespace berth::store
