#include "controller/store/postgres_raw_rows.hpp"

#include "core/json/json.hpp"

namespace berth::store {
namespace {

constexpr std::int64_t kBatch = 100;

const char* isLog(RawRows::Table table) { return table == RawRows::Table::Log ? "t" : "f"; }

/// Each of these may be repeated: what is unknown may be tried again.
Result<> done(Result<postgres::Rows> rows) {
  if (rows) return Ok{};
  Error error = std::move(rows).error();
  if (error.reason == Reason::Timeout) error.reason = Reason::ServiceUnavailable;
  return error;
}

}  // namespace

Result<SealingState> readSealingState(PostgresSessions& sessions, const std::string& firstKey) {
  BERTH_TRY(
      const auto rows, sessions.read("SELECT id, key FROM berth.sealing_state($1)", {firstKey}));
  if (rows.size() == 0) return Error{Reason::InternalError, "the store has no head"};
  return SealingState{std::string(rows.text(0, 0)), std::string(rows.text(0, 1))};
}

Result<std::map<std::string, std::int64_t>> readSeals(PostgresSessions& sessions) {
  BERTH_TRY(const auto rows, sessions.read("SELECT seal, count FROM berth.seals()", {}));
  std::map<std::string, std::int64_t> seals;
  for (std::size_t row = 0; row < rows.size(); ++row)
    seals[std::string(rows.text(row, 0))] += rows.integer(row, 1);
  return seals;
}

Result<std::vector<RawRow>> readRowsBut(
    PostgresSessions& sessions, RawRows::Table table, const std::string& seal, Revision after) {
  BERTH_TRY(
      const auto rows,
      sessions.read(
          "SELECT resource, namespace, name, uid, base, revision, place, bytes"
          " FROM berth.rows_but($1, $2, $3, $4)",
          {isLog(table), seal, after, kBatch}));
  std::vector<RawRow> found;
  for (std::size_t row = 0; row < rows.size(); ++row)
    found.push_back(
        {{std::string(rows.text(row, 0)),
          {std::string(rows.text(row, 1)), std::string(rows.text(row, 2))},
          std::string(rows.text(row, 3)),
          rows.integer(row, 4)},
         rows.integer(row, 5),
         {std::string(rows.text(row, 7)), std::size_t(rows.integer(row, 6))}});
  return found;
}

Result<> writeSealingKey(PostgresSessions& sessions, const std::string& key) {
  return done(sessions.query("SELECT berth.set_sealing_key($1)", {key}));
}

Result<> writeTexts(
    PostgresSessions& sessions, RawRows::Table table, std::span<const RawRow> rows) {
  Json places = Json::array();
  std::string bodies = "{}";
  for (const auto& row : rows) {
    places.push_back(
        {{"namespace", row.place.key.namespaceName},
         {"name", row.place.key.name},
         {"revision", row.revision},
         {"place", row.body.revisionAt}});
    postgres::appendElement(bodies, row.body.bytes);
  }
  return done(sessions.query(
      "SELECT berth.replace_texts($1, $2, $3)", {isLog(table), dumpJson(places), bodies}));
}

}  // namespace berth::store
