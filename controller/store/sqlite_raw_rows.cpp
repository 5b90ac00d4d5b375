#include "controller/store/sqlite_raw_rows.hpp"

namespace berth::store {
namespace {

using sqlite::Database;
using sqlite::Transaction;

constexpr std::int64_t kBatch = 100;

constexpr std::string_view kSeals =
    "SELECT substr(bytes, 1, 13), count(*) FROM object WHERE resource = 'secrets' GROUP BY 1 "
    "UNION ALL "
    "SELECT substr(bytes, 1, 13), count(*) FROM event INDEXED BY event_seal"
    " WHERE resource = 'secrets' GROUP BY 1";

constexpr std::string_view kObjectsBut =
    "SELECT resource, namespace, name, uid, base, revision, place, bytes FROM object"
    " WHERE resource = 'secrets' AND substr(bytes, 1, 13) <> ?1 AND revision > ?2"
    " ORDER BY revision LIMIT ?3";
constexpr std::string_view kLogBut =
    "SELECT resource, namespace, name, uid, base, revision, place, bytes"
    " FROM event INDEXED BY event_seal"
    " WHERE resource = 'secrets' AND substr(bytes, 1, 13) <> ?1 AND revision > ?2"
    " ORDER BY revision LIMIT ?3";

constexpr std::string_view kSetObject =
    "UPDATE object SET place = ?1, bytes = ?2"
    " WHERE resource = ?3 AND namespace = ?4 AND name = ?5 AND revision = ?6";
constexpr std::string_view kSetLog =
    "UPDATE event SET place = ?1, bytes = ?2"
    " WHERE resource = ?3 AND namespace = ?4 AND name = ?5 AND revision = ?6";

}  // namespace

Result<SealingState> readSealingState(Database& database) {
  BERTH_TRY(auto row, database.query("SELECT id, sealing_key FROM meta"));
  BERTH_TRY(const bool found, row.next());
  if (!found) return Error{Reason::InternalError, "the store has no head"};
  return SealingState{std::string(row.text(0)), std::string(row.text(1))};
}

Result<std::map<std::string, std::int64_t>> readSeals(Database& database) {
  std::map<std::string, std::int64_t> seals;
  BERTH_TRY(auto rows, database.query(kSeals));
  while (true) {
    BERTH_TRY(const bool found, rows.next());
    if (!found) return seals;
    seals[std::string(rows.text(0))] += rows.integer(1);
  }
}

Result<std::vector<RawRow>> readRowsBut(
    Database& database, RawRows::Table table, const std::string& seal, Revision after) {
  const bool objects = table == RawRows::Table::Objects;
  std::vector<RawRow> found;
  BERTH_TRY(auto rows, database.query(objects ? kObjectsBut : kLogBut, {seal, after, kBatch}));
  while (true) {
    BERTH_TRY(const bool more, rows.next());
    if (!more) return found;
    found.push_back(
        {{std::string(rows.text(0)),
          {std::string(rows.text(1)), std::string(rows.text(2))},
          std::string(rows.text(3)),
          rows.integer(4)},
         rows.integer(5),
         {std::string(rows.text(7)), std::size_t(rows.integer(6))}});
  }
}

Result<> writeSealingKey(Database& database, const std::string& key) {
  return database.run("UPDATE meta SET sealing_key = ?1", {key});
}

Result<> writeTexts(Database& database, RawRows::Table table, std::span<const RawRow> rows) {
  // What is replaced may be plain text, and is not to stay in the file.
  BERTH_CHECK(database.script("PRAGMA secure_delete = ON"));
  BERTH_TRY(auto transaction, Transaction::begin(database, Transaction::Kind::Immediate));
  for (const auto& row : rows)
    BERTH_CHECK(database.run(
        table == RawRows::Table::Objects ? kSetObject : kSetLog,
        {std::int64_t(row.body.revisionAt),
         row.body.bytes,
         row.place.resource,
         row.place.key.namespaceName,
         row.place.key.name,
         row.revision}));
  BERTH_CHECK(transaction.commit());
  return database.script("PRAGMA secure_delete = OFF");
}

}  // namespace berth::store
