/// @file
/// The tables of the SQLite store that are the audit log.
#pragma once

#include "controller/store/audit_log.hpp"
#include "core/sql/sqlite.hpp"

namespace berth::store {

Result<AuditMark> readAuditHead(sqlite::Database& database);
/// Within a transaction that sees one snapshot.
Result<AuditPage> readAuditPage(sqlite::Database& database, std::int64_t seq, std::size_t limit);
Result<> writeAudit(sqlite::Database& database, const AuditEntry& entry);
/// Moves the cut behind the records before `old`, at most `batch`, and deletes them; gives
/// how many.
Result<std::int64_t> deleteAudit(sqlite::Database& database, std::int64_t old, std::int64_t batch);

}  // namespace berth::store
