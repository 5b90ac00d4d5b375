/// @file
/// RawRows of the SQLite store, over a connection of it.
#pragma once

#include "controller/store/raw_rows.hpp"
#include "core/sql/sqlite.hpp"

namespace berth::store {

Result<SealingState> readSealingState(sqlite::Database& database);
Result<std::map<std::string, std::int64_t>> readSeals(sqlite::Database& database);
Result<std::vector<RawRow>> readRowsBut(
    sqlite::Database& database, RawRows::Table table, const std::string& seal, Revision after);

/// These write, each in a transaction of its own.
Result<> writeSealingKey(sqlite::Database& database, const std::string& key);
Result<> writeTexts(sqlite::Database& database, RawRows::Table table, std::span<const RawRow> rows);

}  // namespace berth::store
