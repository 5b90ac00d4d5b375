/// @file
/// Database: the tenant's webui.db, with Open WebUI's real tables, written the way
/// the app writes it.  One thread.  Any failure is an exception with SQLite's words.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

struct sqlite3;

namespace berth::tenant {

/// The Alembic head of Open WebUI 0.6.31.
inline constexpr std::string_view kSchemaVersion = "38d63c18f30f";

class Database {
 public:
  /// Opens or makes it; journal mode WAL or DELETE is set at each opening, as the
  /// app does.
  Database(const std::string& path, bool wal);
  ~Database();
  Database(const Database&) = delete;
  Database& operator=(const Database&) = delete;

  /// The revision it was left at; empty for a fresh one.
  [[nodiscard]] std::string schemaVersion();
  /// Makes the tables when there are none, grows the file while `more` says so, and
  /// notes `version` last: a migration that is killed is done again.
  void migrate(std::string_view version, const std::function<bool()>& more);

  /// Adds chats in one transaction; their ids, after the commit.
  std::vector<std::string> addChats(
      std::int64_t count, const std::string& title, const std::string& chat);
  /// False when there is no such chat.
  bool changeChat(const std::string& id, const std::string& title);
  bool removeChat(const std::string& id);
  [[nodiscard]] std::vector<std::string> chatIds();
  [[nodiscard]] std::int64_t countChats();
  /// SELECT 1.
  void ping();

 private:
  struct Close {
    void operator()(sqlite3* handle) const;
  };

  void execute(const std::string& sql);
  std::vector<std::string> column(const std::string& sql, const std::vector<std::string>& values);

  std::unique_ptr<sqlite3, Close> handle_;
};

/// The statements that make the 25 tables, in tables.cpp.
extern const std::string_view kTables;

std::string makeId();
std::int64_t epochSeconds();

}  // namespace berth::tenant
