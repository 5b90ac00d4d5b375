#include "tests/contract/store/store_bed.hpp"

#include <filesystem>

#include <stdlib.h>

#include "controller/store/memory_store.hpp"
#include "controller/store/postgres_session.hpp"
#include "controller/store/postgres_store.hpp"
#include "controller/store/sealed_store.hpp"
#include "controller/store/sqlite_store.hpp"
#include "core/sql/postgres.hpp"
#include "core/sql/sqlite.hpp"
#include "tests/support/postgres_server.hpp"

namespace berth::store {
namespace {

class MemoryBed final : public StoreBed {
 public:
  Store& store() override { return store_; }
  Leases& leases() override { return store_; }
  AuditLog& audit() override { return store_; }
  void pass(Duration time) override { clock_.advance(time); }

 private:
  FakeClock clock_;
  MemoryStore store_{clock_};
};

class SqliteBed final : public StoreBed {
 public:
  SqliteBed() {
    auto opened = SqliteStore::open({.path = path_}, clock_, random_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = *std::move(opened);
  }
  Store& store() override { return *store_; }
  Leases& leases() override { return *store_; }
  AuditLog& audit() override { return *store_; }
  void pass(Duration time) override { clock_.advance(time); }
  std::optional<std::string> runSql(const std::string& sql) override {
    auto database = sqlite::Database::open(path_, sqlite::Database::Mode::ReadWrite);
    const auto done = database ? database->script(sql) : database.error();
    return done ? "" : done.error().message;
  }
  void unguardAudit() override { runSql("DROP TRIGGER audit_unchanged; DROP TRIGGER audit_kept"); }

 private:
  FakeClock clock_;
  SystemRandom random_;
  support::TemporaryFolder folder_;
  std::string path_ = folder_.path() / "state.db";
  std::unique_ptr<SqliteStore> store_;
};

support::PostgresServer& server() {
  static support::PostgresServer shared;
  return shared;
}

constexpr const char* kApiRole = "berth_api";

/// With one server connection, whatever relied on a session of its own would show.
support::PgBouncer& pooler() {
  static support::PgBouncer shared(server(), 1, kApiRole);
  return shared;
}
support::PgBouncer& widePooler() {
  static support::PgBouncer shared(server(), 20, kApiRole);
  return shared;
}

class PostgresBed final : public StoreBed {
 public:
  enum class As { Owner, Api };

  /// The API's role finds a schema that was set up for it, and can make none.
  explicit PostgresBed(const std::string& url, As as = As::Owner) {
    run("DROP SCHEMA IF EXISTS berth CASCADE");
    if (as == As::Api) {
      run("DO $$ BEGIN CREATE ROLE berth_api LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
      if (auto done = setUpPostgres(server().url(), kApiRole); !done)
        throw std::runtime_error(done.error().message);
    }
    auto opened = PostgresStore::open({.url = url}, clock_, random_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_ = *std::move(opened);
  }
  Store& store() override { return *store_; }
  Leases& leases() override { return *store_; }
  AuditLog& audit() override { return *store_; }

  /// The database has a clock of its own: instead of letting time pass, everything
  /// becomes older.
  void pass(Duration time) override {
    const auto millis = std::chrono::duration_cast<std::chrono::milliseconds>(time).count();
    const std::string age = " - " + std::to_string(millis) + " * interval '1 ms'";
    run("UPDATE berth.lease SET expires_at = expires_at" + age);
    run("UPDATE berth.request SET at = at" + age);
    run("UPDATE berth.event SET at = at" + age);
  }
  std::optional<std::string> runSql(const std::string& sql) override {
    BERTH_ASSERT(connection_.query("SET search_path = berth"));
    const auto done = connection_.query(sql);
    return done ? "" : done.error().message;
  }
  void unguardAudit() override { run("ALTER TABLE berth.audit DISABLE TRIGGER USER"); }

 private:
  void run(const std::string& sql) {
    if (auto done = connection_.query(sql); !done) throw std::runtime_error(done.error().message);
  }

  SystemClock clock_;
  SystemRandom random_;
  postgres::Connection connection_ = *postgres::Connection::open(server().url());
  std::unique_ptr<PostgresStore> store_;
};

/// A store whose objects are all sealed.
class SealedBed final : public StoreBed {
 public:
  explicit SealedBed(std::unique_ptr<StoreBed> inner) : inner_(std::move(inner)) {}
  Store& store() override { return store_; }
  Leases& leases() override { return inner_->leases(); }
  AuditLog& audit() override { return inner_->audit(); }
  void pass(Duration time) override { inner_->pass(time); }

 private:
  std::unique_ptr<StoreBed> inner_;
  SystemRandom random_;
  Sealer sealer_{Keyring({makeSealingKey(random_)}), "store", random_};
  SealedStore store_{inner_->store(), sealer_, "clientdeployments.berth.dev"};
};

}  // namespace

void PrintTo(const BedKind& kind, std::ostream* out) { *out << kind.name; }

std::vector<BedKind> bedKinds() {
  return {
      {"Memory", [] { return std::make_unique<MemoryBed>(); }},
      {"Sqlite", [] { return std::make_unique<SqliteBed>(); }},
      {"Postgres", [] { return std::make_unique<PostgresBed>(server().url()); }},
      {"SealedSqlite", [] { return std::make_unique<SealedBed>(std::make_unique<SqliteBed>()); }},
      {"SealedPostgres",
       [] { return std::make_unique<SealedBed>(std::make_unique<PostgresBed>(server().url())); }},
      {"Restricted",
       [] {
         return std::make_unique<PostgresBed>(
             server().url("postgres", kApiRole), PostgresBed::As::Api);
       }},
      {"Pooled",
       [] { return std::make_unique<PostgresBed>(pooler().url(), PostgresBed::As::Api); }},
      {"WidelyPooled",
       [] { return std::make_unique<PostgresBed>(widePooler().url(), PostgresBed::As::Api); }},
  };
}

Body StoreTest::body(const std::string& text) {
  return {R"({"v":"","text":")" + text + R"("})", 6};
}

std::string StoreTest::served(Revision revision, const std::string& text) {
  return R"({"v":")" + std::to_string(revision) + R"(","text":")" + text + R"("})";
}

Write StoreTest::create(const std::string& name, const std::string& text) {
  return {
      .operation = Operation::Create,
      .resource = kKind,
      .key = {"acme", name},
      .uid = "uid-of-" + name,
      .body = body(text),
      .actor = "tester"};
}

Write StoreTest::replace(const StoredObject& object, const std::string& text) {
  return {
      .operation = Operation::Replace,
      .resource = object.resource,
      .key = object.key,
      .uid = object.uid,
      .expected = object.revision,
      .body = body(text),
      .actor = "tester"};
}

Write StoreTest::remove(const StoredObject& object) {
  return {
      .operation = Operation::Delete,
      .resource = object.resource,
      .key = object.key,
      .uid = object.uid,
      .expected = object.revision,
      .actor = "tester"};
}

StoredObjectPtr StoreTest::put(const Write& write) {
  auto result = store().write({}, write);
  if (!result) throw std::runtime_error("put: " + result.error().message);
  return *result;
}

Reason StoreTest::refused(const Write& write, const Context& context) {
  const auto result = store().write(context, write);
  if (result) throw std::runtime_error("not refused: " + write.key.text());
  return result.error().reason;
}

Revision StoreTest::head() {
  const auto page = store().list({}, {.resource = "nothing", .limit = 1});
  if (!page) throw std::runtime_error("head: " + page.error().message);
  return page->revision;
}

std::vector<Change> StoreTest::log() {
  auto changes = store().changesSince({}, start_, 0);
  if (!changes) throw std::runtime_error("log: " + changes.error().message);
  return changes->changes;
}

}  // namespace berth::store
