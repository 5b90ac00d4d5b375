#include "controller/store/postgres_store.hpp"

#include "controller/store/postgres_raw_rows.hpp"
#include "controller/store/postgres_session.hpp"
#include "controller/store/postgres_writer.hpp"
#include "controller/store/rules.hpp"

namespace berth::store {
namespace {

using postgres::Rows;

constexpr std::int64_t kSweepBatch = 1000;
constexpr std::int64_t kUnlimited = INT64_MAX;

constexpr const char* kGet =
    "SELECT resource, namespace, name, uid, created, revision, place, bytes, base"
    " FROM berth.get($1, $2, $3)";
constexpr const char* kListNow =
    "SELECT head, edge, resource, namespace, name, uid, created, revision, place, bytes, base"
    " FROM berth.list_now($1, $2, $3, $4)";
constexpr const char* kListAt =
    "SELECT head, edge, resource, namespace, name, uid, created, revision, place, bytes, base"
    " FROM berth.list_at($1, $2, $3, $4, $5)";
constexpr const char* kChanges =
    "SELECT head, edge, type, resource, namespace, name, uid, created, revision, place, bytes, base"
    " FROM berth.events_after($1, $2)";
constexpr const char* kTryLease =
    "SELECT held, token, renewals, left_ms FROM berth.lease_try($1, $2, $3 * interval '1 ms')";

constexpr const char* kReadAudit =
    "SELECT cut_seq, cut_hash, audit_seq, audit_hash, seq, at, revision, record, hash"
    " FROM berth.read_audit($1, $2)";

/// Reads the columns resource, namespace, name, uid, created, revision, place, bytes,
/// base, the first of which is `column`.
StoredObjectPtr objectOf(const Rows& rows, std::size_t row, int column) {
  auto object = std::make_shared<StoredObject>();
  object->resource = rows.text(row, column);
  object->key = {std::string(rows.text(row, column + 1)), std::string(rows.text(row, column + 2))};
  object->uid = rows.text(row, column + 3);
  object->createRevision = rows.integer(row, column + 4);
  object->revision = rows.integer(row, column + 5);
  object->bytes = spliced(
      rows.text(row, column + 7), std::size_t(rows.integer(row, column + 6)), object->revision);
  object->base = rows.integer(row, column + 8);
  return object;
}

std::int64_t millis(Duration time) {
  return std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
}

/// An effect whose repetition does no harm: what is unknown may be tried again.
Error retryable(Error error) {
  if (error.reason == Reason::Timeout) error.reason = Reason::ServiceUnavailable;
  return error;
}

}  // namespace

struct PostgresStore::Impl {
  Impl(Options options, const Clock& clock, Random& random)
      : sessions(options.url),
        writer(sessions, clock, random),
        committer(clock, [this, hint = std::move(options.onCommit)](auto group) {
          auto results = writer.commit(group);
          if (hint) hint();
          return results;
        }) {}

  PostgresSessions sessions;
  PostgresWriter writer;
  GroupCommitter committer;
};

PostgresStore::PostgresStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
PostgresStore::~PostgresStore() { impl_->writer.stop(); }

Result<std::unique_ptr<PostgresStore>> PostgresStore::open(
    Options options, const Clock& clock, Random& random) {
  BERTH_CHECK(upgradePostgres(options.url));
  return std::unique_ptr<PostgresStore>(
      new PostgresStore(std::make_unique<Impl>(std::move(options), clock, random)));
}

Result<StoredObjectPtr> PostgresStore::write(const Context& context, const Write& write) {
  BERTH_CHECK(checkWrite(write));
  return impl_->committer.submit(context, write);
}

Result<StoredObjectPtr> PostgresStore::get(
    const Context&, const std::string& resource, const ObjectKey& key) {
  BERTH_TRY(const auto rows, impl_->sessions.read(kGet, {resource, key.namespaceName, key.name}));
  return rows.size() == 0 ? nullptr : objectOf(rows, 0, 0);
}

Result<Page> PostgresStore::list(const Context&, const ListOptions& options) {
  BERTH_CHECK(checkList(options));
  const ObjectKey after = options.after.value_or(ObjectKey{});
  const std::int64_t limit = options.limit == 0 ? kUnlimited : std::int64_t(options.limit) + 1;
  BERTH_TRY(
      const auto rows,
      options.at
          ? impl_->sessions.read(
                kListAt, {*options.at, options.resource, after.namespaceName, after.name, limit})
          : impl_->sessions.read(
                kListNow, {options.resource, after.namespaceName, after.name, limit}));
  if (rows.size() == 0) return Error{Reason::InternalError, "the store has no head"};
  const Revision head = rows.integer(0, 0);
  const Revision edge = rows.integer(0, 1);
  const Revision at = options.at.value_or(head);
  if (at > head) return ahead(Reason::Invalid, at, head);
  if (at < edge) return compacted(at, edge);

  Page page{.revision = at};
  for (std::size_t row = 0; row < rows.size() && !rows.isNull(row, 2); ++row) {
    if (options.limit > 0 && page.objects.size() == options.limit) {
      page.more = true;
      break;
    }
    page.objects.push_back(objectOf(rows, row, 2));
  }
  return page;
}

Result<Changes> PostgresStore::changesSince(const Context&, Revision revision, std::size_t limit) {
  const std::int64_t most = limit == 0 ? kUnlimited : std::int64_t(limit);
  BERTH_TRY(const auto rows, impl_->sessions.read(kChanges, {revision, most}));
  if (rows.size() == 0) return Error{Reason::InternalError, "the store has no head"};
  const Revision head = rows.integer(0, 0);
  const Revision edge = rows.integer(0, 1);
  if (revision < edge) return compacted(revision, edge);
  if (revision > head) return ahead(Reason::Expired, revision, head);

  Changes changes{.head = head};
  for (std::size_t row = 0; row < rows.size() && !rows.isNull(row, 2); ++row)
    changes.changes.push_back({ChangeType(rows.integer(row, 2)), objectOf(rows, row, 3)});
  return changes;
}

Result<Revision> PostgresStore::compact(const Context&, std::int64_t keep) {
  const std::int64_t kept = std::max<std::int64_t>(keep, 0);
  auto edge = impl_->sessions.query("SELECT berth.compact_mark($1)", {kept});
  if (!edge) return retryable(std::move(edge).error());
  while (true) {
    auto seen = impl_->sessions.query("SELECT berth.compact_sweep($1)", {kSweepBatch});
    if (!seen) return retryable(std::move(seen).error());
    if (seen->integer(0, 0) < kSweepBatch) return edge->integer(0, 0);
  }
}

Result<LeaseState> PostgresStore::tryLease(
    const Context&, const std::string& name, const std::string& holder, Duration ttl) {
  BERTH_TRY(const auto rows, impl_->sessions.query(kTryLease, {name, holder, millis(ttl)}));
  if (rows.size() == 0) return Error{Reason::InternalError, "the lease has no state"};
  return LeaseState{
      rows.text(0, 0) == "t",
      rows.integer(0, 1),
      rows.integer(0, 2),
      std::chrono::milliseconds(rows.integer(0, 3))};
}

Result<> PostgresStore::release(
    const Context&, const std::string& name, const std::string& holder) {
  BERTH_CHECK(impl_->sessions.query("SELECT berth.lease_release($1, $2)", {name, holder}));
  return Ok{};
}

Result<AuditPage> PostgresStore::readAudit(const Context&, std::int64_t seq, std::size_t limit) {
  BERTH_TRY(const auto rows, impl_->sessions.read(kReadAudit, {seq, std::int64_t(limit)}));
  if (rows.size() == 0) return Error{Reason::InternalError, "the store has no head"};
  AuditPage page{
      {rows.integer(0, 0), std::string(rows.text(0, 1))},
      {rows.integer(0, 2), std::string(rows.text(0, 3))},
      {}};
  for (std::size_t row = 0; row < rows.size() && !rows.isNull(row, 4); ++row)
    page.entries.push_back(
        {rows.integer(row, 4),
         rows.integer(row, 5),
         rows.integer(row, 6),
         std::string(rows.text(row, 7)),
         std::string(rows.text(row, 8))});
  return page;
}

Result<> PostgresStore::trimAudit(const Context&, Time before) {
  while (true) {
    auto gone = impl_->sessions.query(
        "SELECT berth.audit_trim($1, $2)", {millis(before.time_since_epoch()), kSweepBatch});
    if (!gone) return retryable(std::move(gone).error());
    if (gone->integer(0, 0) < kSweepBatch) return Ok{};
  }
}

Result<SealingState> PostgresStore::sealingState(const Context&, const std::string& firstKey) {
  return readSealingState(impl_->sessions, firstKey);
}

Result<> PostgresStore::setSealingKey(const Context&, const std::string& key) {
  return writeSealingKey(impl_->sessions, key);
}

Result<std::map<std::string, std::int64_t>> PostgresStore::seals(const Context&) {
  return readSeals(impl_->sessions);
}

Result<std::vector<RawRow>> PostgresStore::rowsBut(
    const Context&, Table table, const std::string& seal, Revision after) {
  return readRowsBut(impl_->sessions, table, seal, after);
}

Result<> PostgresStore::replaceTexts(const Context&, Table table, std::span<const RawRow> rows) {
  return writeTexts(impl_->sessions, table, rows);
}

}  // namespace berth::store
