#include "controller/store/postgres_session.hpp"

#include <charconv>

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

int numberOf(std::string_view name) {
  int number = 0;
  std::from_chars(name.data(), name.data() + name.size(), number);
  return number;
}

/// 0 when there is no schema.
Result<std::int64_t> versionOf(Connection& connection) {
  BERTH_TRY(
      const auto schema, connection.query("SELECT to_regclass('berth.migration') IS NOT NULL"));
  if (schema.text(0, 0) != "t") return std::int64_t{0};
  BERTH_TRY(
      const auto rows, connection.query("SELECT coalesce(max(version), 0) FROM berth.migration"));
  return rows.integer(0, 0);
}

Result<> migrate(Connection& connection) {
  BERTH_TRY(auto transaction, Transaction::begin(connection));
  BERTH_CHECK(transaction.query("SELECT pg_advisory_xact_lock($1)", {kUpgradeLock}));
  BERTH_CHECK(
      transaction.script("CREATE SCHEMA IF NOT EXISTS berth;"
                         "CREATE TABLE IF NOT EXISTS berth.migration ("
                         "  version int PRIMARY KEY,"
                         "  at timestamptz NOT NULL DEFAULT clock_timestamp())"));
  BERTH_TRY(
      const auto rows, transaction.query("SELECT coalesce(max(version), 0) FROM berth.migration"));
  for (const auto& file : postgres_migrations::files()) {
    const int number = numberOf(file.name);
    if (number <= rows.integer(0, 0)) continue;
    BERTH_CHECK(transaction.script(std::string(file.text)));
    BERTH_CHECK(
        transaction.query("INSERT INTO berth.migration (version) VALUES ($1)", {Value(number)}));
  }
  return transaction.commit();
}

}  // namespace

Result<> upgradePostgres(const std::string& url) {
  BERTH_TRY(auto connection, Connection::open(url));
  const int newest = numberOf(postgres_migrations::files().back().name);
  BERTH_TRY(const auto version, versionOf(connection));
  if (version > newest)
    return Error{
        Reason::ServiceUnavailable,
        "the schema is of version " + std::to_string(version) + ", this program knows " +
            std::to_string(newest) + ": use a newer program"};
  if (version == newest) return Ok{};
  if (auto migrated = migrate(connection); !migrated)
    return during("upgrade the schema", std::move(migrated).error());
  return Ok{};
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
