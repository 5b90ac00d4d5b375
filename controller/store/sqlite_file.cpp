#include "controller/store/sqlite_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <system_error>

#include "controller/store/migration.hpp"
#include "controller/store/rules.hpp"
#include "controller/store/sqlite_migrations.hpp"

namespace berth::store {
namespace {

using sqlite::Database;
using sqlite::Transaction;

/// A whole check reads the file; beyond this size it would delay the start.
constexpr std::uint64_t kCheckedAtStart = 8 << 20;

constexpr const char* kSettings =
    "PRAGMA journal_mode = WAL;"
    "PRAGMA synchronous = FULL;"
    "PRAGMA foreign_keys = ON;"
    "PRAGMA trusted_schema = OFF;";

Result<struct statx> statOf(const std::string& path) {
  struct statx facts {};
  if (::statx(AT_FDCWD, path.c_str(), 0, STATX_BASIC_STATS | STATX_BTIME, &facts) != 0)
    return Error{
        Reason::ServiceUnavailable, "stat " + path + ": " + std::system_category().message(errno)};
  return facts;
}

/// Which file this is, besides the random id within it: differs for a copy.
std::string identity(const struct statx& facts) {
  return std::to_string(facts.stx_dev_major) + ":" + std::to_string(facts.stx_dev_minor) + "/" +
         std::to_string(facts.stx_ino) + "/" + std::to_string(facts.stx_btime.tv_sec) + "." +
         std::to_string(facts.stx_btime.tv_nsec);
}

SchemaVersion newest() { return schemaVersion(sqlite_migrations::files().back()); }

/// Version 0 when there is nothing yet.
Result<SchemaVersion> versionOf(Database& database) {
  BERTH_TRY(const auto version, database.integer("PRAGMA user_version"));
  if (version <= newest().version) return SchemaVersion{version, 0};
  BERTH_TRY(
      const auto oldest,
      database.integer(
          "SELECT ifnull(max(oldest), ?1) FROM migration WHERE version > ?2",
          {version, newest().version}));
  return SchemaVersion{version, oldest};
}

Result<> migrate(Database& database) {
  BERTH_TRY(const auto present, versionOf(database));
  if (present.version >= newest().version) return checkVersion(present, newest());
  for (const auto& file : sqlite_migrations::files()) {
    const auto [number, oldest] = schemaVersion(file);
    if (number <= present.version) continue;
    BERTH_TRY(auto transaction, Transaction::begin(database, Transaction::Kind::Immediate));
    BERTH_CHECK(database.script(std::string(file.text)));
    BERTH_CHECK(database.script(
        "CREATE TABLE IF NOT EXISTS migration"
        " (version INTEGER PRIMARY KEY, oldest INTEGER NOT NULL) STRICT;"
        "INSERT INTO migration VALUES (" +
        std::to_string(number) + ", " + std::to_string(oldest) +
        ");"
        "PRAGMA user_version = " +
        std::to_string(number)));
    BERTH_CHECK(transaction.commit());
  }
  return Ok{};
}

/// The first row of meta, or a new incarnation when this is not the file that the
/// row speaks of.
Result<> settleIncarnation(Database& database, const std::string& file, Random& random) {
  BERTH_TRY(auto transaction, Transaction::begin(database, Transaction::Kind::Immediate));
  std::string origin;
  {
    BERTH_TRY(auto row, database.query("SELECT origin FROM meta"));
    BERTH_TRY(const bool found, row.next());
    if (found) origin = row.text(0);
  }
  if (origin.empty()) {
    BERTH_CHECK(database.run(
        "INSERT INTO meta (one, head, edge, swept, origin, id) VALUES (1, ?1, ?1, ?1, ?2, ?3)",
        {kFirstRevision, makeUuid(random) + "/" + file, makeUuid(random)}));
    return transaction.commit();
  }
  const std::string id = origin.substr(0, origin.find('/'));
  if (origin == id + "/" + file) return Ok{};
  BERTH_TRY(const auto meta, readMeta(database));
  BERTH_CHECK(database.run(
      "UPDATE meta SET head = ?1, edge = ?1, origin = ?2",
      {nextIncarnation(meta.head), id + "/" + file}));
  return transaction.commit();
}

/// Cheap enough for every start: the log must end at the head.
Result<> checkLog(Database& database) {
  BERTH_TRY(const auto meta, readMeta(database));
  BERTH_TRY(const auto last, database.integer("SELECT ifnull(max(revision), 0) FROM event"));
  const bool sound = meta.edge <= meta.head && (last == meta.head || meta.edge == meta.head);
  if (!sound || last > meta.head)
    return Error{
        Reason::InternalError,
        "the log ends at " + std::to_string(last) + ", not at " + std::to_string(meta.head)};
  return Ok{};
}

Result<> checkPages(Database& database) {
  BERTH_TRY(auto rows, database.query("PRAGMA quick_check(1)"));
  BERTH_TRY(const bool found, rows.next());
  if (!found || rows.text(0) != "ok")
    return Error{Reason::InternalError, "damaged: " + std::string(rows.text(0))};
  return Ok{};
}

Result<> prepare(Database& database, const std::string& path, Random& random) {
  BERTH_CHECK(database.script(kSettings));
  BERTH_TRY(const auto facts, statOf(path));
  if (facts.stx_size <= kCheckedAtStart) BERTH_CHECK(checkPages(database));
  BERTH_CHECK(migrate(database));
  BERTH_CHECK(settleIncarnation(database, identity(facts), random));
  BERTH_CHECK(checkLog(database));
  return database.run("UPDATE lease SET expires = 0 WHERE expires > 0");
}

}  // namespace

Result<SqliteMeta> readMeta(Database& database) {
  BERTH_TRY(auto row, database.query("SELECT head, edge FROM meta"));
  BERTH_TRY(const bool found, row.next());
  if (!found) return Error{Reason::InternalError, "the store has no head"};
  return SqliteMeta{row.integer(0), row.integer(1)};
}

Result<Database> openForWriting(const std::string& path, Random& random) {
  BERTH_TRY(auto database, Database::open(path, Database::Mode::ReadWrite));
  if (auto prepared = prepare(database, path, random); !prepared)
    return during("open " + path, std::move(prepared).error());
  return database;
}

Result<Database> openForReading(const std::string& path) {
  BERTH_TRY(auto database, Database::open(path, Database::Mode::ReadOnly));
  BERTH_TRY(const auto present, versionOf(database));
  if (auto checked = checkVersion(present, newest()); !checked)
    return during("open " + path, std::move(checked).error());
  return database;
}

}  // namespace berth::store
