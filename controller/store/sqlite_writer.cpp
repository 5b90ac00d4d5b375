#include "controller/store/sqlite_writer.hpp"

#include <algorithm>
#include <set>

#include "controller/store/rules.hpp"
#include "controller/store/sqlite_rows.hpp"

namespace berth::store {
namespace {

using sqlite::Transaction;

constexpr std::int64_t kSweepBatch = 1000;

ChangeType typeOf(Operation operation) {
  switch (operation) {
    case Operation::Create:
      return ChangeType::Added;
    case Operation::Replace:
      return ChangeType::Modified;
    case Operation::Delete:
      return ChangeType::Deleted;
    case Operation::Audit:
      break;
  }
  return ChangeType::Modified;
}

std::int64_t millis(Time time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time.time_since_epoch()).count();
}

std::int64_t nanos(Time time) { return time.time_since_epoch().count(); }

}  // namespace

Result<GroupCommitter::Results> SqliteWriter::commit(std::span<const PendingWritePtr> group) {
  BERTH_TRY(auto transaction, Transaction::begin(database_, Transaction::Kind::Immediate));
  BERTH_TRY(auto results, applyAll(group));
  if (auto committed = transaction.commit(); !committed) {
    Error error = std::move(committed).error();
    // What could not be written never took place; after any other failure (fsync) it
    // may be found at the next start.
    if (!sqlite::isUnwritten(error)) error.reason = Reason::Timeout;
    return error;
  }
  return results;
}

Result<GroupCommitter::Results> SqliteWriter::applyAll(std::span<const PendingWritePtr> group) {
  BERTH_TRY(const auto meta, readMeta(database_));
  head_ = meta.head;
  BERTH_TRY(audit_, readAuditHead(database_));
  const auto auditBefore = audit_.seq;
  GroupCommitter::Results results;
  for (const auto& pending : group) {
    BERTH_TRY(auto outcome, applyOnce(*pending));
    results.push_back(std::move(outcome));
  }
  if (head_ != meta.head || audit_.seq != auditBefore)
    BERTH_CHECK(database_.run(
        "UPDATE meta SET head = ?1, audit_seq = ?2, audit_hash = ?3",
        {head_, audit_.seq, audit_.hash}));
  return results;
}

Result<SqliteWriter::Outcome> SqliteWriter::applyOnce(const PendingWrite& pending) {
  if (pending.write.operation == Operation::Audit) {
    BERTH_CHECK(keepAudit(pending.write, 0));
    return Outcome(StoredObjectPtr());
  }
  const auto& requestId = pending.write.requestId;
  if (!requestId.empty()) {
    BERTH_TRY(auto known, remembered(requestId));
    if (known) return *std::move(known);
  }
  BERTH_TRY(const bool stale, isFenced(pending.epoch));
  if (stale) return Outcome(fenced(pending.epoch));
  BERTH_TRY(auto outcome, apply(pending));
  if (!requestId.empty()) BERTH_CHECK(remember(requestId, outcome));
  return outcome;
}

Result<SqliteWriter::Outcome> SqliteWriter::apply(const PendingWrite& pending) {
  const auto& write = pending.write;
  BERTH_TRY(const auto current, find(write));
  std::optional<Present> present;
  if (current) present = Present{current->uid, current->revision};
  if (auto error = refusal(write, present)) return Outcome(*std::move(error));
  BERTH_TRY(auto taken, claimRefusal(write));
  if (taken) return Outcome(*std::move(taken));

  const Revision revision = ++head_;
  const bool removing = write.operation == Operation::Delete;
  Row row{
      current ? current->uid : write.uid,
      current ? current->created : revision,
      revision,
      current ? current->revision : 0,
      write.body};
  if (removing) {
    row.base = current->base;
    row.body = current->body;
  }
  BERTH_CHECK(keep(write, row));
  BERTH_CHECK(log(pending, row, current ? current->revision : 0));
  BERTH_CHECK(setClaims(write));
  BERTH_CHECK(keepAudit(write, revision));
  return Outcome(std::make_shared<const StoredObject>(StoredObject{
      write.resource,
      write.key,
      row.uid,
      row.created,
      revision,
      spliced(row.body.bytes, row.body.revisionAt, revision),
      row.base}));
}

Result<std::optional<SqliteWriter::Outcome>> SqliteWriter::remembered(
    const std::string& requestId) {
  Revision revision = 0;
  Error error;
  {
    BERTH_TRY(
        auto row,
        database_.query(
            "SELECT revision, reason, message FROM request WHERE id = ?1", {requestId}));
    BERTH_TRY(const bool found, row.next());
    if (!found) return std::optional<Outcome>();
    revision = row.integer(0);
    error = {Reason(row.integer(1)), std::string(row.text(2))};
  }
  if (revision == 0) return std::optional(Outcome(std::move(error)));
  BERTH_TRY(auto object, readEvent(database_, revision));
  return std::optional(Outcome(std::move(object)));
}

Result<> SqliteWriter::remember(const std::string& requestId, const Outcome& outcome) {
  const Revision revision = outcome ? (*outcome)->revision : 0;
  const Error error = outcome ? Error{} : outcome.error();
  return database_.run(
      "INSERT INTO request VALUES (?1, ?2, ?3, ?4, ?5)",
      {requestId, wallMillis(), revision, std::int64_t(error.reason), error.message});
}

Result<bool> SqliteWriter::isFenced(const Epoch& epoch) {
  if (epoch.lease.empty()) return false;
  BERTH_TRY(
      const auto holders,
      database_.integer(
          "SELECT count(*) FROM lease WHERE name = ?1 AND token = ?2", {epoch.lease, epoch.token}));
  return holders == 0;
}

Result<std::optional<SqliteWriter::Row>> SqliteWriter::find(const Write& write) {
  const bool removing = write.operation == Operation::Delete;
  BERTH_TRY(
      auto row,
      database_.query(
          removing ? "SELECT uid, created, revision, place, bytes, base FROM object"
                     " WHERE resource = ?1 AND namespace = ?2 AND name = ?3"
                   : "SELECT uid, created, revision FROM object"
                     " WHERE resource = ?1 AND namespace = ?2 AND name = ?3",
          {write.resource, write.key.namespaceName, write.key.name}));
  BERTH_TRY(const bool found, row.next());
  if (!found) return std::optional<Row>();
  Row current{std::string(row.text(0)), row.integer(1), row.integer(2)};
  if (removing) {
    current.body = {std::string(row.text(4)), std::size_t(row.integer(3))};
    current.base = row.integer(5);
  }
  return std::optional(std::move(current));
}

Result<std::optional<Error>> SqliteWriter::claimRefusal(const Write& write) {
  if (write.operation == Operation::Delete) return std::optional<Error>();
  for (const auto& claim : write.claims) {
    BERTH_TRY(
        auto row,
        database_.query("SELECT resource, namespace, name FROM claim WHERE claim = ?1", {claim}));
    BERTH_TRY(const bool found, row.next());
    if (!found) continue;
    const ObjectKey holder{std::string(row.text(1)), std::string(row.text(2))};
    if (row.text(0) != write.resource || holder != write.key)
      return std::optional(claimTaken(claim, row.text(0), holder));
  }
  return std::optional<Error>();
}

Result<> SqliteWriter::setClaims(const Write& write) {
  std::set<std::string> wanted;
  if (write.operation != Operation::Delete) wanted.insert(write.claims.begin(), write.claims.end());
  std::set<std::string> held;
  {
    BERTH_TRY(
        auto rows,
        database_.query(
            "SELECT claim FROM claim WHERE resource = ?1 AND namespace = ?2 AND name = ?3",
            {write.resource, write.key.namespaceName, write.key.name}));
    while (true) {
      BERTH_TRY(const bool found, rows.next());
      if (!found) break;
      held.emplace(rows.text(0));
    }
  }
  for (const auto& claim : held)
    if (!wanted.contains(claim))
      BERTH_CHECK(database_.run("DELETE FROM claim WHERE claim = ?1", {claim}));
  for (const auto& claim : wanted)
    if (!held.contains(claim))
      BERTH_CHECK(database_.run(
          "INSERT INTO claim VALUES (?1, ?2, ?3, ?4)",
          {claim, write.resource, write.key.namespaceName, write.key.name}));
  return Ok{};
}

Result<> SqliteWriter::keep(const Write& write, const Row& row) {
  if (write.operation == Operation::Delete)
    return database_.run(
        "DELETE FROM object WHERE resource = ?1 AND namespace = ?2 AND name = ?3",
        {write.resource, write.key.namespaceName, write.key.name});
  return database_.run(
      "INSERT INTO object VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9) ON CONFLICT DO UPDATE SET"
      " revision = excluded.revision, place = excluded.place, bytes = excluded.bytes,"
      " base = excluded.base",
      {write.resource,
       write.key.namespaceName,
       write.key.name,
       row.uid,
       row.created,
       row.revision,
       std::int64_t(row.body.revisionAt),
       row.body.bytes,
       row.base});
}

Result<> SqliteWriter::log(const PendingWrite& pending, const Row& row, Revision previous) {
  const auto& write = pending.write;
  return database_.run(
      "INSERT INTO event VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14)",
      {row.revision,
       previous,
       std::int64_t(typeOf(write.operation)),
       wallMillis(),
       write.resource,
       write.key.namespaceName,
       write.key.name,
       row.uid,
       row.created,
       write.actor,
       pending.epoch.token,
       std::int64_t(row.body.revisionAt),
       row.body.bytes,
       row.base});
}

Result<> SqliteWriter::keepAudit(const Write& write, Revision revision) {
  if (write.audit.empty()) return Ok{};
  AuditEntry entry{audit_.seq + 1, wallMillis(), revision, write.audit, {}};
  entry.hash = auditHash(audit_.hash, entry);
  BERTH_CHECK(writeAudit(database_, entry));
  audit_ = {entry.seq, std::move(entry.hash)};
  return Ok{};
}

Result<bool> SqliteWriter::trimAudit(Time before) {
  BERTH_TRY(auto transaction, Transaction::begin(database_, Transaction::Kind::Immediate));
  BERTH_TRY(const auto gone, deleteAudit(database_, millis(before), kSweepBatch));
  BERTH_CHECK(transaction.commit());
  return gone == kSweepBatch;
}

Result<Revision> SqliteWriter::markCompacted(std::int64_t keep) {
  BERTH_CHECK(database_.run(
      "UPDATE meta SET edge = max(edge, head - ?1)", {std::max<std::int64_t>(keep, 0)}));
  BERTH_TRY(const auto meta, readMeta(database_));
  return meta.edge;
}

Result<bool> SqliteWriter::sweep() {
  const std::int64_t old =
      wallMillis() - std::chrono::duration_cast<std::chrono::milliseconds>(kRequestMemory).count();
  BERTH_TRY(auto transaction, Transaction::begin(database_, Transaction::Kind::Immediate));
  BERTH_CHECK(database_.run("DELETE FROM request WHERE at < ?1", {old}));
  Revision swept = 0;
  std::int64_t count = 0;
  {
    // An event goes when the one that replaced it is behind the edge, so that a list
    // at any revision that is still served finds what was there.
    BERTH_TRY(
        auto rows,
        database_.query(
            "SELECT revision, previous, type, at FROM event, meta"
            " WHERE revision > swept AND revision <= edge ORDER BY revision LIMIT ?1",
            {kSweepBatch}));
    for (;; ++count) {
      BERTH_TRY(const bool found, rows.next());
      if (!found || rows.integer(3) >= old) break;
      swept = rows.integer(0);
      BERTH_CHECK(forget(swept, rows));
    }
  }
  if (count > 0) BERTH_CHECK(database_.run("UPDATE meta SET swept = ?1", {swept}));
  BERTH_CHECK(transaction.commit());
  return count == kSweepBatch;
}

Result<> SqliteWriter::forget(Revision revision, const sqlite::Statement& event) {
  constexpr std::string_view kForget = "DELETE FROM event WHERE revision = ?1";
  if (event.integer(1) > 0) BERTH_CHECK(database_.run(kForget, {event.integer(1)}));
  if (ChangeType(event.integer(2)) == ChangeType::Deleted)
    BERTH_CHECK(database_.run(kForget, {revision}));
  return Ok{};
}

std::int64_t SqliteWriter::wallMillis() const { return millis(clock_.wall()); }

Result<LeaseState> SqliteWriter::tryLease(
    const std::string& name, const std::string& holder, Duration ttl) {
  const Time now = clock_.now();
  BERTH_TRY(auto transaction, Transaction::begin(database_, Transaction::Kind::Immediate));
  BERTH_CHECK(database_.run(
      "INSERT INTO lease VALUES (?1, ?2, 1, 0, ?4) ON CONFLICT DO UPDATE SET"
      " token = token + (expires <= ?3), renewals = iif(expires <= ?3, 0, renewals + 1),"
      " holder = excluded.holder, expires = excluded.expires"
      " WHERE expires <= ?3 OR holder = excluded.holder",
      {name, holder, nanos(now), nanos(now + ttl)}));
  LeaseState state;
  {
    BERTH_TRY(
        auto row,
        database_.query(
            "SELECT holder, token, renewals, expires FROM lease WHERE name = ?1", {name}));
    BERTH_TRY(const bool found, row.next());
    BERTH_ASSERT(found);
    state = {
        row.text(0) == holder,
        row.integer(1),
        row.integer(2),
        std::max(Duration(row.integer(3) - nanos(now)), Duration::zero())};
  }
  BERTH_CHECK(transaction.commit());
  return state;
}

Result<> SqliteWriter::release(const std::string& name, const std::string& holder) {
  return database_.run(
      "UPDATE lease SET expires = 0 WHERE name = ?1 AND holder = ?2", {name, holder});
}

}  // namespace berth::store
