#include "controller/store/archive.hpp"

#include <array>

#include "controller/store/postgres_session.hpp"
#include "controller/store/rules.hpp"
#include "controller/store/sqlite_file.hpp"
#include "core/base/file_lock.hpp"
#include "core/base/random.hpp"

namespace berth::store {
namespace {

constexpr std::string_view kSqlite = "sqlite:";
constexpr std::int64_t kBatch = 5000;
constexpr std::size_t kBatchBytes = 1 << 20;

/// One part of the state: how SQLite reads it, and how each store takes an array of its
/// lines.  PostgreSQL reads by its function `archive`.
struct Part {
  std::string_view name;
  std::string_view readSqlite;
  std::string_view writeSqlite;
  std::string_view writePostgres;
};

constexpr std::array kParts{
    Part{
        "meta",
        "SELECT json_array('meta', head, id, sealing_key, audit_seq, audit_hash, cut_seq,"
        " cut_hash) FROM meta",
        "UPDATE meta SET head = max(head, value ->> 1), id = value ->> 2, sealing_key = value ->> "
        "3,"
        " audit_seq = value ->> 4, audit_hash = value ->> 5, cut_seq = value ->> 6,"
        " cut_hash = value ->> 7 FROM json_each(?1)",
        "UPDATE berth.meta SET head = greatest(head, (x ->> 1)::bigint), id = x ->> 2,"
        " sealing_key = x ->> 3, audit_seq = (x ->> 4)::bigint, audit_hash = x ->> 5,"
        " cut_seq = (x ->> 6)::bigint, cut_hash = x ->> 7 FROM jsonb_array_elements($1) x"},
    Part{
        "object",
        "SELECT json_array('object', resource, namespace, name, uid, created, revision,"
        " base, place, bytes) FROM object",
        "INSERT INTO object (resource, namespace, name, uid, created, revision, base, place, bytes)"
        " SELECT value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5, value ->> 6,"
        " value ->> 7, value ->> 8, value ->> 9 FROM json_each(?1)",
        "INSERT INTO berth.object (resource, namespace, name, uid, created, revision, base, place,"
        " bytes) SELECT x ->> 1, x ->> 2, x ->> 3, x ->> 4, (x ->> 5)::bigint, (x ->> 6)::bigint,"
        " (x ->> 7)::bigint, (x ->> 8)::bigint, x ->> 9 FROM jsonb_array_elements($1) x"},
    Part{
        "claim",
        "SELECT json_array('claim', claim, resource, namespace, name) FROM claim",
        "INSERT INTO claim SELECT value ->> 1, value ->> 2, value ->> 3, value ->> 4"
        " FROM json_each(?1)",
        "INSERT INTO berth.claim SELECT x ->> 1, x ->> 2, x ->> 3, x ->> 4"
        " FROM jsonb_array_elements($1) x"},
    // A token never goes back: who has an old one must stay fenced.
    Part{
        "lease",
        "SELECT json_array('lease', name, token) FROM lease",
        "INSERT INTO lease SELECT value ->> 1, '', value ->> 2, 0, 0 FROM json_each(?1) WHERE true"
        " ON CONFLICT DO UPDATE SET token = max(token, excluded.token), expires = 0",
        "INSERT INTO berth.lease AS l SELECT x ->> 1, '', (x ->> 2)::bigint, 0, clock_timestamp()"
        " FROM jsonb_array_elements($1) x ON CONFLICT (name) DO UPDATE"
        " SET token = greatest(l.token, excluded.token), expires_at = clock_timestamp()"},
    Part{
        "audit",
        "SELECT json_array('audit', seq, at, revision, record, hash) FROM audit"
        " ORDER BY seq",
        "INSERT INTO audit SELECT value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5"
        " FROM json_each(?1)",
        "INSERT INTO berth.audit SELECT (x ->> 1)::bigint, (x ->> 2)::bigint, (x ->> 3)::bigint,"
        " x ->> 4, x ->> 5 FROM jsonb_array_elements($1) x"},
};

/// The guard of the audit log lets go what is behind the cut.
constexpr const char* kClearSqlite =
    "UPDATE meta SET cut_seq = audit_seq;"
    "DELETE FROM audit; DELETE FROM claim; DELETE FROM request; DELETE FROM event;"
    "DELETE FROM object;";
constexpr const char* kClearPostgres =
    "UPDATE berth.meta SET cut_seq = audit_seq;"
    "DELETE FROM berth.audit; DELETE FROM berth.claim; DELETE FROM berth.request;"
    "DELETE FROM berth.event; DELETE FROM berth.object;";

Error notEmpty() {
  return {
      Reason::Conflict, "the store has been written to: say --replace to lose all that is in it"};
}

bool isFresh(Revision head) { return head == kFirstRevision; }

const Part* partOf(std::string_view line) {
  for (const auto& part : kParts)
    if (line.starts_with("[\"" + std::string(part.name) + "\"")) return &part;
  return nullptr;
}

/// Hands lines over, many at a time, each part by itself.
Result<> putLines(
    const NextLine& next,
    const std::function<Result<>(const Part& part, const std::string& lines)>& put) {
  const Part* part = nullptr;
  std::string lines;
  while (true) {
    BERTH_TRY(const auto line, next());
    const Part* const own = line ? partOf(*line) : nullptr;
    if (line && own == nullptr)
      return Error{Reason::Invalid, "a line is not of an archive: " + line->substr(0, 20)};
    if (part != nullptr && (own != part || lines.size() > kBatchBytes)) {
      BERTH_CHECK(put(*part, lines + "]"));
      lines.clear();
    }
    if (!line) return Ok{};
    part = own;
    lines += (lines.empty() ? '[' : ',') + *line;
  }
}

Result<> readSqlite(const std::string& path, const TakeLine& take) {
  BERTH_TRY(auto database, openForReading(path));
  BERTH_TRY(
      const auto snapshot,
      sqlite::Transaction::begin(database, sqlite::Transaction::Kind::Deferred));
  for (const auto& part : kParts) {
    BERTH_TRY(auto rows, database.query(part.readSqlite));
    while (true) {
      BERTH_TRY(const bool found, rows.next());
      if (!found) break;
      BERTH_CHECK(take(rows.text(0)));
    }
  }
  return Ok{};
}

Result<> readPostgres(const std::string& url, const TakeLine& take) {
  BERTH_CHECK(checkPostgres(url));
  BERTH_TRY(auto connection, postgres::Connection::open(url));
  BERTH_TRY(auto snapshot, postgres::Transaction::begin(connection));
  BERTH_CHECK(snapshot.script("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY"));
  for (const auto& part : kParts) {
    for (std::int64_t after = 0, count = kBatch; count == kBatch;) {
      BERTH_TRY(
          const auto rows,
          snapshot.query(
              "SELECT key, line FROM berth.archive($1, $2, $3)", {part.name, after, kBatch}));
      count = std::int64_t(rows.size());
      for (std::size_t row = 0; row < rows.size(); ++row) {
        after = rows.integer(row, 0);
        BERTH_CHECK(take(rows.text(row, 1)));
      }
      if (after == 0) break;  // a part without keys comes at once
    }
  }
  return Ok{};
}

Result<Revision> writeSqlite(const std::string& path, bool replace, const NextLine& next) {
  SystemRandom random;
  BERTH_TRY(const auto lock, FileLock::take(path + ".lock"));
  BERTH_TRY(auto database, openForWriting(path, random));
  BERTH_TRY(
      auto transaction, sqlite::Transaction::begin(database, sqlite::Transaction::Kind::Immediate));
  BERTH_TRY(const auto before, readMeta(database));
  if (!replace && !isFresh(before.head)) return notEmpty();
  BERTH_CHECK(database.script(kClearSqlite));
  const auto put = [&](const Part& part, const std::string& lines) {
    return database.run(part.writeSqlite, {lines});
  };
  BERTH_CHECK(putLines(next, put));
  BERTH_TRY(const auto after, readMeta(database));
  const Revision head = nextIncarnation(after.head);
  BERTH_CHECK(database.run("UPDATE meta SET head = ?1, edge = ?1, swept = ?1", {head}));
  BERTH_CHECK(transaction.commit());
  return head;
}

Result<Revision> writePostgres(const std::string& url, bool replace, const NextLine& next) {
  BERTH_CHECK(upgradePostgres(url));
  BERTH_TRY(auto connection, postgres::Connection::open(url));
  BERTH_TRY(auto transaction, postgres::Transaction::begin(connection));
  BERTH_TRY(const auto before, transaction.query("SELECT head FROM berth.meta FOR UPDATE"));
  if (!replace && !isFresh(before.integer(0, 0))) return notEmpty();
  BERTH_CHECK(transaction.script(kClearPostgres));
  const auto put = [&](const Part& part, const std::string& lines) -> Result<> {
    BERTH_CHECK(transaction.query(std::string(part.writePostgres), {lines}));
    return Ok{};
  };
  BERTH_CHECK(putLines(next, put));
  BERTH_TRY(const auto after, transaction.query("SELECT head FROM berth.meta"));
  const Revision head = nextIncarnation(after.integer(0, 0));
  BERTH_CHECK(transaction.query("UPDATE berth.meta SET head = $1, edge = $1, swept = $1", {head}));
  BERTH_CHECK(transaction.commit());
  return head;
}

}  // namespace

Result<> readArchive(const std::string& url, const TakeLine& take) {
  return url.starts_with(kSqlite) ? readSqlite(url.substr(kSqlite.size()), take)
                                  : readPostgres(url, take);
}

Result<Revision> writeArchive(const WriteArchive& target, const NextLine& next) {
  const auto& url = target.url;
  return url.starts_with(kSqlite) ? writeSqlite(url.substr(kSqlite.size()), target.replace, next)
                                  : writePostgres(url, target.replace, next);
}

}  // namespace berth::store
