#include "controller/store/sqlite_store.hpp"

#include "controller/store/group_committer.hpp"
#include "controller/store/rules.hpp"
#include "controller/store/sqlite_audit.hpp"
#include "controller/store/sqlite_file.hpp"
#include "controller/store/sqlite_raw_rows.hpp"
#include "controller/store/sqlite_rows.hpp"
#include "controller/store/sqlite_writer.hpp"
#include "core/base/file_lock.hpp"
#include "core/base/guarded.hpp"

namespace berth::store {
namespace {

using sqlite::Database;
using sqlite::Transaction;

Error readOnlyStore() { return {Reason::Forbidden, "the store was opened for reading only"}; }

/// What only the process that has the file may do.
struct Writing {
  Writing(FileLock heldLock, Database database, const Clock& clock, std::function<void()> onCommit)
      : lock(std::move(heldLock)),
        writer(SqliteWriter(std::move(database), clock)),
        committer(clock, [this, hint = std::move(onCommit)](auto group) {
          auto results = writer.with([&](SqliteWriter& held) { return held.commit(group); });
          if (hint) hint();
          return results;
        }) {}

  FileLock lock;
  Guarded<SqliteWriter> writer;
  GroupCommitter committer;
};

}  // namespace

struct SqliteStore::Impl {
  /// What `function` gives for a connection that sees one snapshot.
  template <class Function>
  auto read(Function&& function) -> std::invoke_result_t<Function, Database&> {
    auto database = idle.with([](std::vector<Database>& connections) {
      std::optional<Database> taken;
      if (!connections.empty()) {
        taken = std::move(connections.back());
        connections.pop_back();
      }
      return taken;
    });
    if (!database) {
      BERTH_TRY(database, openForReading(path));
    }
    auto result = inSnapshot(*database, function);
    idle.with([&](auto& connections) { connections.push_back(*std::move(database)); });
    return result;
  }

  template <class Function>
  static auto inSnapshot(Database& database, Function& function)
      -> std::invoke_result_t<Function, Database&> {
    BERTH_TRY(const auto transaction, Transaction::begin(database, Transaction::Kind::Deferred));
    return function(database);
  }

  std::string path;
  std::unique_ptr<Writing> writing;  // nullptr: for reading only
  Guarded<std::vector<Database>> idle;
};

SqliteStore::SqliteStore(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SqliteStore::~SqliteStore() = default;

Result<std::unique_ptr<SqliteStore>> SqliteStore::open(
    Options options, const Clock& clock, Random& random) {
  auto impl = std::make_unique<Impl>();
  impl->path = options.path;
  if (options.readOnly) {
    BERTH_TRY(auto reader, openForReading(options.path));
    impl->idle.with([&](auto& connections) { connections.push_back(std::move(reader)); });
  } else {
    BERTH_TRY(auto lock, FileLock::take(options.path + ".lock"));
    BERTH_TRY(auto database, openForWriting(options.path, random));
    impl->writing = std::make_unique<Writing>(
        std::move(lock), std::move(database), clock, std::move(options.onCommit));
  }
  return std::unique_ptr<SqliteStore>(new SqliteStore(std::move(impl)));
}

Result<StoredObjectPtr> SqliteStore::write(const Context& context, const Write& write) {
  if (!impl_->writing) return readOnlyStore();
  BERTH_CHECK(checkWrite(write));
  return impl_->writing->committer.submit(context, write);
}

Result<StoredObjectPtr> SqliteStore::get(
    const Context&, const std::string& resource, const ObjectKey& key) {
  return impl_->read([&](Database& database) { return readObject(database, resource, key); });
}

Result<Page> SqliteStore::list(const Context&, const ListOptions& options) {
  BERTH_CHECK(checkList(options));
  return impl_->read([&](Database& database) { return readPage(database, options); });
}

Result<Changes> SqliteStore::changesSince(const Context&, Revision revision, std::size_t limit) {
  return impl_->read([&](Database& database) { return readChanges(database, revision, limit); });
}

Result<Revision> SqliteStore::compact(const Context&, std::int64_t keep) {
  if (!impl_->writing) return readOnlyStore();
  auto& writer = impl_->writing->writer;
  BERTH_TRY(
      const auto edge, writer.with([&](SqliteWriter& held) { return held.markCompacted(keep); }));
  for (bool more = true; more;) {
    BERTH_TRY(more, writer.with([](SqliteWriter& held) { return held.sweep(); }));
  }
  return edge;
}

Result<LeaseState> SqliteStore::tryLease(
    const Context&, const std::string& name, const std::string& holder, Duration ttl) {
  if (!impl_->writing) return readOnlyStore();
  return impl_->writing->writer.with(
      [&](SqliteWriter& held) { return held.tryLease(name, holder, ttl); });
}

Result<> SqliteStore::release(const Context&, const std::string& name, const std::string& holder) {
  if (!impl_->writing) return readOnlyStore();
  return impl_->writing->writer.with(
      [&](SqliteWriter& held) { return held.release(name, holder); });
}

Result<AuditPage> SqliteStore::readAudit(const Context&, std::int64_t seq, std::size_t limit) {
  return impl_->read([&](Database& database) { return readAuditPage(database, seq, limit); });
}

Result<> SqliteStore::trimAudit(const Context&, Time before) {
  if (!impl_->writing) return readOnlyStore();
  for (bool more = true; more;) {
    BERTH_TRY(more, impl_->writing->writer.with([&](SqliteWriter& held) {
      return held.trimAudit(before);
    }));
  }
  return Ok{};
}

Result<SealingState> SqliteStore::sealingState(const Context&, const std::string& firstKey) {
  BERTH_TRY(auto state, impl_->read([](Database& database) { return readSealingState(database); }));
  if (!state.key.empty() || firstKey.empty()) return state;
  BERTH_CHECK(setSealingKey({}, firstKey));
  state.key = firstKey;
  return state;
}

Result<> SqliteStore::setSealingKey(const Context&, const std::string& key) {
  if (!impl_->writing) return readOnlyStore();
  return impl_->writing->writer.with([&](SqliteWriter& held) { return held.setSealingKey(key); });
}

Result<std::map<std::string, std::int64_t>> SqliteStore::seals(const Context&) {
  return impl_->read([](Database& database) { return readSeals(database); });
}

Result<std::vector<RawRow>> SqliteStore::rowsBut(
    const Context&, Table table, const std::string& seal, Revision after) {
  return impl_->read([&](Database& database) { return readRowsBut(database, table, seal, after); });
}

Result<> SqliteStore::replaceTexts(const Context&, Table table, std::span<const RawRow> rows) {
  if (!impl_->writing) return readOnlyStore();
  return impl_->writing->writer.with(
      [&](SqliteWriter& held) { return held.replaceTexts(table, rows); });
}

}  // namespace berth::store
