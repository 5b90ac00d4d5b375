#include "controller/store/postgres_session.hpp"

#include "controller/store/migration.hpp"
#include "controller/store/postgres_migrations.hpp"

namespace berth::store {
namespace {

using postgres::Connection;
using postgres::Rows;
using postgres::Transaction;
using postgres::Value;

constexpr std::size_t kMaxIdle = 4;
/// "berth" in ASCII: who upgrades holds this lock.
constexpr std::int64_t kUpgradeLock = 0x6265727468;

/// Version 0 when there is no schema.
Result<SchemaVersion> versionOf(Connection& connection) {
  BERTH_TRY(
      const auto made,
      connection.query("SELECT to_regclass('berth.migration') IS NOT NULL,"
                       " to_regprocedure('berth.schema_version()') IS NOT NULL"));
  if (made.text(0, 0) != "t") return SchemaVersion{};
  // The API's role may call the function, and not read the table.
  BERTH_TRY(
      const auto rows,
      connection.query(
          made.text(0, 1) == "t" ? "SELECT version, oldest FROM berth.schema_version()"
                                 : "SELECT coalesce(max(version), 0), 0 FROM berth.migration"));
  return SchemaVersion{rows.integer(0, 0), rows.integer(0, 1)};
}

Result<> migrate(Connection& connection) {
  BERTH_TRY(auto transaction, Transaction::begin(connection));
  BERTH_CHECK(transaction.query("SELECT pg_advisory_xact_lock($1)", {kUpgradeLock}));
  BERTH_CHECK(
      transaction.script("CREATE SCHEMA IF NOT EXISTS berth;"
                         "CREATE TABLE IF NOT EXISTS berth.migration ("
                         "  version int PRIMARY KEY,"
                         "  at timestamptz NOT NULL DEFAULT clock_timestamp());"
                         "ALTER TABLE berth.migration"
                         "  ADD COLUMN IF NOT EXISTS oldest int NOT NULL DEFAULT 0"));
  BERTH_TRY(
      const auto rows, transaction.query("SELECT coalesce(max(version), 0) FROM berth.migration"));
  for (const auto& file : postgres_migrations::files()) {
    const auto [number, oldest] = schemaVersion(file);
    if (number <= rows.integer(0, 0)) continue;
    BERTH_CHECK(transaction.script(std::string(file.text)));
    BERTH_CHECK(transaction.query(
        "INSERT INTO berth.migration (version, oldest) VALUES ($1, $2)", {number, oldest}));
  }
  BERTH_CHECK(transaction.script("SELECT berth.protect()"));
  return transaction.commit();
}

SchemaVersion newest() { return schemaVersion(postgres_migrations::files().back()); }

}  // namespace

Result<> checkPostgres(const std::string& url) {
  BERTH_TRY(auto connection, Connection::open(url));
  BERTH_TRY(const auto present, versionOf(connection));
  return checkVersion(present, newest());
}

Result<> upgradePostgres(const std::string& url) {
  BERTH_TRY(auto connection, Connection::open(url));
  BERTH_TRY(const auto present, versionOf(connection));
  if (present.version >= newest().version) return checkVersion(present, newest());
  if (auto migrated = migrate(connection); !migrated)
    return during(
        "upgrade the schema (its owner may have to: berth-controller store setup)",
        std::move(migrated).error());
  return Ok{};
}

Result<> setUpPostgres(const std::string& url, const std::string& user) {
  BERTH_CHECK(upgradePostgres(url));
  BERTH_TRY(auto connection, Connection::open(url));
  BERTH_TRY(auto transaction, Transaction::begin(connection));
  BERTH_CHECK(transaction.query("SELECT pg_advisory_xact_lock($1)", {kUpgradeLock}));
  BERTH_CHECK(
      transaction.script("DO $$ BEGIN"
                         "  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'berth_owner') THEN"
                         "    CREATE ROLE berth_owner NOLOGIN;"
                         "  END IF;"
                         "  IF NOT pg_has_role(current_user, 'berth_owner', 'MEMBER') THEN"
                         "    GRANT berth_owner TO CURRENT_USER;"
                         "  END IF;"
                         "END $$"));
  BERTH_CHECK(transaction.query("SELECT berth.hand_over('berth_owner', $1)", {user}));
  return transaction.commit();
}

Result<Connection> PostgresSessions::take() {
  auto kept = idle_.with([](std::vector<Connection>& connections) {
    std::optional<Connection> taken;
    if (!connections.empty()) {
      taken = std::move(connections.back());
      connections.pop_back();
    }
    return taken;
  });
  if (kept) return *std::move(kept);
  BERTH_TRY(auto connection, Connection::open(url_));
  // Whoever answers now may have been restored or promoted since.
  if (auto checked = connection.query("SELECT berth.incarnation_check()"); !checked)
    return Error{Reason::ServiceUnavailable, checked.error().message};
  return connection;
}

void PostgresSessions::giveBack(Connection connection) {
  std::vector<Connection> unwanted;  // closed outside of the lock
  idle_.with([&](std::vector<Connection>& connections) {
    // The others of a connection that broke are most likely broken too.
    if (!connection.isOpen()) {
      unwanted.swap(connections);
    } else if (connections.size() < kMaxIdle) {
      connections.push_back(std::move(connection));
    }
  });
}

Result<Rows> PostgresSessions::query(const std::string& sql, std::initializer_list<Value> values) {
  BERTH_TRY(auto connection, take());
  auto rows = connection.query(sql, values);
  giveBack(std::move(connection));
  return rows;
}

Result<Rows> PostgresSessions::read(const std::string& sql, std::initializer_list<Value> values) {
  auto rows = query(sql, values);
  if (!rows && rows.error().reason == Reason::Timeout) rows = query(sql, values);
  if (!rows && rows.error().reason == Reason::Timeout)
    return Error{Reason::ServiceUnavailable, rows.error().message};
  return rows;
}

}  // namespace berth::store
