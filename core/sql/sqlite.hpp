/// @file
/// Database, Statement, Transaction: SQLite behind handles that close themselves.
///
/// Statements are prepared once per connection and kept.  A Database, with its
/// statements, is used by one thread at a time; connections to the same file are
/// independent.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace berth::sqlite {

/// A parameter; monostate is NULL.
using Value = std::variant<std::monostate, std::int64_t, std::string_view>;

/// The rows of a query, one at a time.  Ends the query when destroyed, and must go
/// before its Database.
class Statement {
 public:
  ~Statement();
  Statement(Statement&& other) noexcept;
  Statement& operator=(Statement&&) = delete;

  /// Whether there is a row (another one).
  Result<bool> next();
  [[nodiscard]] std::int64_t integer(int column) const;
  /// Valid until the next call of next(); NULL is "".
  [[nodiscard]] std::string_view text(int column) const;

 private:
  friend class Database;
  explicit Statement(sqlite3_stmt* statement) : statement_(statement) {}
  sqlite3_stmt* statement_;  // owned by the Database
};

class Database {
 public:
  enum class Mode { ReadWrite, ReadOnly };

  /// ReadWrite makes the file, mode 0600, when it is absent.
  static Result<Database> open(const std::string& path, Mode mode);
  ~Database();
  Database(Database&&) noexcept;
  Database& operator=(Database&&) noexcept;

  /// A query with its parameters ?1, ?2, ...  Texts are copied.
  Result<Statement> query(std::string_view sql, std::initializer_list<Value> values = {});
  /// A statement that gives no rows.
  Result<> run(std::string_view sql, std::initializer_list<Value> values = {});
  /// Several statements, without parameters and not kept.
  Result<> script(const std::string& sql);
  /// The first column of the first row; InternalError when there is no row.
  Result<std::int64_t> integer(std::string_view sql, std::initializer_list<Value> values = {});

 private:
  struct State;
  explicit Database(std::unique_ptr<State> state);
  Result<sqlite3_stmt*> prepared(std::string_view sql);

  std::unique_ptr<State> state_;
};

/// Rolled back unless committed.
class Transaction {
 public:
  /// Immediate takes the write lock at once; Deferred sees one snapshot.
  enum class Kind { Immediate, Deferred };

  static Result<Transaction> begin(Database& database, Kind kind);
  ~Transaction();
  Transaction(Transaction&& other) noexcept;
  Transaction& operator=(Transaction&&) = delete;

  Result<> commit();

 private:
  explicit Transaction(Database& database) : database_(&database) {}
  Database* database_;  // nullptr once ended
};

/// Whether the error says that bytes could not be written (no room, a limit), so that
/// a commit which failed with it has not taken place.
bool isUnwritten(const Error& error);

}  // namespace berth::sqlite
