#include "controller/store/sqlite_audit.hpp"

namespace berth::store {

using sqlite::Database;

Result<AuditMark> readAuditHead(Database& database) {
  BERTH_TRY(auto row, database.query("SELECT audit_seq, audit_hash FROM meta"));
  BERTH_TRY(const bool found, row.next());
  if (!found) return Error{Reason::InternalError, "the store has no head"};
  return AuditMark{row.integer(0), std::string(row.text(1))};
}

Result<AuditPage> readAuditPage(Database& database, std::int64_t seq, std::size_t limit) {
  AuditPage page;
  BERTH_TRY(page.head, readAuditHead(database));
  {
    BERTH_TRY(auto row, database.query("SELECT cut_seq, cut_hash FROM meta"));
    BERTH_CHECK(row.next());
    page.cut = {row.integer(0), std::string(row.text(1))};
  }
  BERTH_TRY(
      auto rows,
      database.query(
          "SELECT seq, at, revision, record, hash FROM audit WHERE seq > ?1 ORDER BY seq LIMIT ?2",
          {seq, std::int64_t(limit)}));
  while (true) {
    BERTH_TRY(const bool found, rows.next());
    if (!found) return page;
    page.entries.push_back(
        {rows.integer(0),
         rows.integer(1),
         rows.integer(2),
         std::string(rows.text(3)),
         std::string(rows.text(4))});
  }
}

Result<> writeAudit(Database& database, const AuditEntry& entry) {
  return database.run(
      "INSERT INTO audit VALUES (?1, ?2, ?3, ?4, ?5)",
      {entry.seq, entry.at, entry.revision, entry.record, entry.hash});
}

Result<std::int64_t> deleteAudit(Database& database, std::int64_t old, std::int64_t batch) {
  AuditMark cut;
  std::int64_t count = 0;
  {
    BERTH_TRY(
        auto rows,
        database.query("SELECT seq, at, hash FROM audit ORDER BY seq LIMIT ?1", {batch}));
    for (;; ++count) {
      BERTH_TRY(const bool found, rows.next());
      if (!found || rows.integer(1) >= old) break;
      cut = {rows.integer(0), std::string(rows.text(2))};
    }
  }
  if (count == 0) return count;
  // The guard of the table asks where the cut is.
  BERTH_CHECK(database.run("UPDATE meta SET cut_seq = ?1, cut_hash = ?2", {cut.seq, cut.hash}));
  BERTH_CHECK(database.run("DELETE FROM audit WHERE seq <= ?1", {cut.seq}));
  return count;
}

}  // namespace berth::store
