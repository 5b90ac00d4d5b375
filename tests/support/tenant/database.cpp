#include "tests/support/tenant/database.hpp"

#include <array>
#include <ctime>
#include <stdexcept>
#include <sys/random.h>

#include <sqlite3.h>

namespace berth::tenant {
namespace {

constexpr int kBusyMilliseconds = 5000;  // what Python's sqlite3 waits

[[noreturn]] void fail(sqlite3* handle, const std::string& what) {
  throw std::runtime_error(what + ": " + sqlite3_errmsg(handle));
}

}  // namespace

void Database::Close::operator()(sqlite3* handle) const { sqlite3_close(handle); }

Database::Database(const std::string& path, bool wal) {
  sqlite3* handle = nullptr;
  const int status = sqlite3_open(path.c_str(), &handle);
  handle_.reset(handle);
  if (status != SQLITE_OK) fail(handle, "open " + path);
  sqlite3_busy_timeout(handle, kBusyMilliseconds);
  execute("PRAGMA temp_store = MEMORY");  // an image FROM scratch has no /tmp
  execute(wal ? "PRAGMA journal_mode = WAL" : "PRAGMA journal_mode = DELETE");
}

Database::~Database() = default;

std::string Database::schemaVersion() {
  if (column("SELECT name FROM sqlite_master WHERE name = 'alembic_version'", {}).empty())
    return "";
  const auto versions = column("SELECT version_num FROM alembic_version", {});
  return versions.empty() ? "" : versions[0];
}

void Database::migrate(std::string_view version, const std::function<bool()>& more) {
  if (column("SELECT name FROM sqlite_master WHERE name = 'chat'", {}).empty())
    execute("BEGIN IMMEDIATE;" + std::string(kTables) + "COMMIT;");
  execute("CREATE TABLE IF NOT EXISTS migration_copy (content BLOB)");
  while (more()) execute("INSERT INTO migration_copy VALUES (zeroblob(65536))");
  execute(
      "BEGIN IMMEDIATE; DROP TABLE migration_copy; DELETE FROM alembic_version;"
      "INSERT INTO alembic_version VALUES ('" +
      std::string(version) + "'); COMMIT;");
}

std::vector<std::string> Database::addChats(
    std::int64_t count, const std::string& title, const std::string& chat) {
  const auto now = std::to_string(epochSeconds());
  std::vector<std::string> ids;
  execute("BEGIN IMMEDIATE");
  try {
    for (std::int64_t i = 0; i < count; ++i) {
      ids.push_back(makeId());
      column(
          "INSERT INTO chat (id, user_id, title, archived, created_at, updated_at, chat, pinned,"
          " meta) VALUES (?1, 'stand-in', ?2, 0, CAST(?3 AS INTEGER), CAST(?3 AS INTEGER), ?4, 0,"
          " '{}')",
          {ids.back(), title, now, chat});
    }
    execute("COMMIT");
  } catch (...) {
    sqlite3_exec(handle_.get(), "ROLLBACK", nullptr, nullptr, nullptr);
    throw;
  }
  return ids;
}

bool Database::changeChat(const std::string& id, const std::string& title) {
  column(
      "UPDATE chat SET title = ?2, updated_at = CAST(?3 AS INTEGER) WHERE id = ?1",
      {id, title, std::to_string(epochSeconds())});
  return sqlite3_changes(handle_.get()) > 0;
}

bool Database::removeChat(const std::string& id) {
  column("DELETE FROM chat WHERE id = ?1", {id});
  return sqlite3_changes(handle_.get()) > 0;
}

std::vector<std::string> Database::chatIds() {
  return column("SELECT id FROM chat ORDER BY rowid", {});
}

std::int64_t Database::countChats() {
  return std::stoll(column("SELECT count(*) FROM chat", {}).at(0));
}

void Database::ping() { column("SELECT 1", {}); }

void Database::execute(const std::string& sql) {
  if (sqlite3_exec(handle_.get(), sql.c_str(), nullptr, nullptr, nullptr) != SQLITE_OK)
    fail(handle_.get(), sql.substr(0, 60));
}

std::vector<std::string> Database::column(
    const std::string& sql, const std::vector<std::string>& values) {
  sqlite3_stmt* raw = nullptr;
  if (sqlite3_prepare_v2(handle_.get(), sql.c_str(), -1, &raw, nullptr) != SQLITE_OK)
    fail(handle_.get(), sql);
  const std::unique_ptr<sqlite3_stmt, int (*)(sqlite3_stmt*)> statement(raw, sqlite3_finalize);
  int place = 0;
  for (const auto& value : values)
    sqlite3_bind_text(raw, ++place, value.data(), static_cast<int>(value.size()), SQLITE_STATIC);
  std::vector<std::string> rows;
  int status = sqlite3_step(raw);
  for (; status == SQLITE_ROW; status = sqlite3_step(raw))
    rows.emplace_back(reinterpret_cast<const char*>(sqlite3_column_text(raw, 0)));
  if (status != SQLITE_DONE) fail(handle_.get(), sql);
  return rows;
}

std::string makeId() {
  std::array<unsigned char, 16> bytes{};
  if (getrandom(bytes.data(), bytes.size(), 0) != static_cast<ssize_t>(bytes.size()))
    throw std::runtime_error("getrandom");
  bytes[6] = static_cast<unsigned char>((bytes[6] & 0x0fU) | 0x40U);
  bytes[8] = static_cast<unsigned char>((bytes[8] & 0x3fU) | 0x80U);
  std::string id;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) id += '-';
    id += "0123456789abcdef"[bytes[i] >> 4U];
    id += "0123456789abcdef"[bytes[i] & 15U];
  }
  return id;
}

std::int64_t epochSeconds() { return std::time(nullptr); }

}  // namespace berth::tenant
