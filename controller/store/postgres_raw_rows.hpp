/// @file
/// RawRows of the PostgreSQL store.
#pragma once

#include "controller/store/postgres_session.hpp"
#include "controller/store/raw_rows.hpp"

namespace berth::store {

Result<SealingState> readSealingState(PostgresSessions& sessions, const std::string& firstKey);
Result<std::map<std::string, std::int64_t>> readSeals(PostgresSessions& sessions);
Result<std::vector<RawRow>> readRowsBut(
    PostgresSessions& sessions, RawRows::Table table, const std::string& seal, Revision after);
Result<> writeSealingKey(PostgresSessions& sessions, const std::string& key);
Result<> writeTexts(PostgresSessions& sessions, RawRows::Table table, std::span<const RawRow> rows);

}  // namespace berth::store
