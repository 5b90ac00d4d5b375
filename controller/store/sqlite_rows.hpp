/// @file
/// How objects and changes are read from the tables of the SQLite store.
#pragma once

#include "controller/store/store.hpp"
#include "core/sql/sqlite.hpp"

namespace berth::store {

/// Reads the columns resource, namespace, name, uid, created, revision, place, bytes,
/// base, the first of which is `column`.
StoredObjectPtr objectOf(const sqlite::Statement& row, int column = 0);

Result<StoredObjectPtr> readObject(
    sqlite::Database& database, const std::string& resource, const ObjectKey& key);
/// The object as the event of that revision left it.
Result<StoredObjectPtr> readEvent(sqlite::Database& database, Revision revision);
/// Within a transaction that sees one snapshot.
Result<Page> readPage(sqlite::Database& database, const Store::ListOptions& options);
Result<Changes> readChanges(sqlite::Database& database, Revision revision, std::size_t limit);

}  // namespace berth::store
