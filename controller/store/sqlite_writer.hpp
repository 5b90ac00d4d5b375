/// @file
/// SqliteWriter: everything that changes the file of the SQLite store.  One thread
/// at a time.
#pragma once

#include <span>

#include "controller/store/group_committer.hpp"
#include "controller/store/sqlite_audit.hpp"
#include "controller/store/sqlite_file.hpp"
#include "controller/store/sqlite_raw_rows.hpp"
#include "core/sql/sqlite.hpp"

namespace berth::store {

class SqliteWriter {
 public:
  SqliteWriter(sqlite::Database database, const Clock& clock)
      : database_(std::move(database)), clock_(clock) {}

  /// One transaction for all of them; a write that is refused spoils no other.
  Result<GroupCommitter::Results> commit(std::span<const PendingWritePtr> group);

  Result<Revision> markCompacted(std::int64_t keep);
  /// Deletes what lies behind the edge and answers no request any more, in part;
  /// gives whether there is more.
  Result<bool> sweep();
  /// Deletes audit records from before that, in part; gives whether there is more.
  Result<bool> trimAudit(Time before);

  Result<> setSealingKey(const std::string& key) { return writeSealingKey(database_, key); }
  Result<> replaceTexts(RawRows::Table table, std::span<const RawRow> rows) {
    return writeTexts(database_, table, rows);
  }

  Result<LeaseState> tryLease(const std::string& name, const std::string& holder, Duration ttl);
  Result<> release(const std::string& name, const std::string& holder);

 private:
  /// A write's result; the Error around it, where there is one, is the database's.
  using Outcome = Result<StoredObjectPtr>;
  struct Row {
    Uid uid;
    Revision created = 0;
    Revision revision = 0;
    Revision base = 0;
    Body body = {};
  };

  Result<GroupCommitter::Results> applyAll(std::span<const PendingWritePtr> group);
  Result<Outcome> applyOnce(const PendingWrite& pending);
  Result<Outcome> apply(const PendingWrite& pending);
  Result<std::optional<Outcome>> remembered(const std::string& requestId);
  Result<> remember(const std::string& requestId, const Outcome& outcome);
  Result<bool> isFenced(const Epoch& epoch);
  Result<std::optional<Row>> find(const Write& write);
  Result<std::optional<Error>> claimRefusal(const Write& write);
  Result<> setClaims(const Write& write);
  Result<> keep(const Write& write, const Row& row);
  Result<> log(const PendingWrite& pending, const Row& row, Revision previous);
  Result<> forget(Revision revision, const sqlite::Statement& event);
  Result<> keepAudit(const Write& write, Revision revision);
  std::int64_t wallMillis() const;

  sqlite::Database database_;
  const Clock& clock_;
  Revision head_ = 0;  // within a transaction of commit()
  AuditMark audit_;    // likewise
};

}  // namespace berth::store
