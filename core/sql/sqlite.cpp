#include "core/sql/sqlite.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <map>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include <sqlite3.h>

namespace berth::sqlite {
namespace {

constexpr const char* kDiskFull = "DiskFull";
constexpr const char* kWriteFailed = "WriteFailed";
constexpr int kBusyMillis = 5000;

struct Close {
  void operator()(sqlite3* handle) const { sqlite3_close_v2(handle); }
};
struct Finalize {
  void operator()(sqlite3_stmt* statement) const { sqlite3_finalize(statement); }
};

Error errorOf(sqlite3* handle, int code) {
  const std::string message =
      handle != nullptr ? sqlite3_errmsg(handle) : std::string(sqlite3_errstr(code));
  if (code == SQLITE_FULL) return {Reason::ServiceUnavailable, message, {{kDiskFull, message, ""}}};
  // A quota or a limit on the size of files is reported as this one.
  if (code == SQLITE_IOERR_WRITE)
    return {Reason::ServiceUnavailable, message, {{kWriteFailed, message, ""}}};
  switch (code & 0xff) {
    case SQLITE_IOERR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CANTOPEN:
    case SQLITE_READONLY:
    case SQLITE_NOMEM:
      return {Reason::ServiceUnavailable, message};
    default:
      return {Reason::InternalError, message};
  }
}

int bind(sqlite3_stmt* statement, int index, const Value& value, sqlite3_destructor_type life) {
  if (const auto* number = std::get_if<std::int64_t>(&value))
    return sqlite3_bind_int64(statement, index, *number);
  if (const auto* text = std::get_if<std::string_view>(&value)) {
    const char* data = text->data() == nullptr ? "" : text->data();
    return sqlite3_bind_text64(statement, index, data, text->size(), life, SQLITE_UTF8);
  }
  return sqlite3_bind_null(statement, index);
}

Result<> bindAll(
    sqlite3_stmt* statement, std::initializer_list<Value> values, sqlite3_destructor_type life) {
  int index = 0;
  for (const auto& value : values) {
    const int code = bind(statement, ++index, value, life);
    if (code != SQLITE_OK) return errorOf(sqlite3_db_handle(statement), code);
  }
  return Ok{};
}

void end(sqlite3_stmt* statement) {
  sqlite3_reset(statement);
  sqlite3_clear_bindings(statement);
}

Result<> makePrivateFile(const std::string& path) {
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (file < 0)
    return Error{
        Reason::ServiceUnavailable, "open " + path + ": " + std::system_category().message(errno)};
  ::close(file);
  return Ok{};
}

}  // namespace

struct Database::State {
  std::unique_ptr<sqlite3, Close> handle;
  std::map<std::string, std::unique_ptr<sqlite3_stmt, Finalize>, std::less<>> statements;
};

Statement::Statement(Statement&& other) noexcept
    : statement_(std::exchange(other.statement_, nullptr)) {}

Statement::~Statement() {
  if (statement_ != nullptr) end(statement_);
}

Result<bool> Statement::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return errorOf(sqlite3_db_handle(statement_), code);
}

std::int64_t Statement::integer(int column) const {
  return sqlite3_column_int64(statement_, column);
}

std::string_view Statement::text(int column) const {
  const auto* data = reinterpret_cast<const char*>(sqlite3_column_text(statement_, column));
  if (data == nullptr) return {};
  return {data, std::size_t(sqlite3_column_bytes(statement_, column))};
}

Database::Database(std::unique_ptr<State> state) : state_(std::move(state)) {}
Database::Database(Database&&) noexcept = default;
Database& Database::operator=(Database&&) noexcept = default;
Database::~Database() = default;

Result<Database> Database::open(const std::string& path, Mode mode) {
  if (mode == Mode::ReadWrite) BERTH_CHECK(makePrivateFile(path));
  const int access = mode == Mode::ReadWrite ? SQLITE_OPEN_READWRITE : SQLITE_OPEN_READONLY;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(
      path.c_str(), &handle, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_NOFOLLOW, nullptr);
  auto state = std::make_unique<State>();
  state->handle.reset(handle);
  if (code != SQLITE_OK) return during("open " + path, errorOf(handle, code));
  sqlite3_extended_result_codes(handle, 1);
  sqlite3_busy_timeout(handle, kBusyMillis);
  return Database(std::move(state));
}

Result<sqlite3_stmt*> Database::prepared(std::string_view sql) {
  if (const auto found = state_->statements.find(sql); found != state_->statements.end())
    return found->second.get();
  sqlite3_stmt* statement = nullptr;
  const int code = sqlite3_prepare_v3(
      state_->handle.get(),
      sql.data(),
      int(sql.size()),
      SQLITE_PREPARE_PERSISTENT,
      &statement,
      nullptr);
  if (code != SQLITE_OK) return errorOf(state_->handle.get(), code);
  state_->statements.emplace(sql, statement);
  return statement;
}

Result<Statement> Database::query(std::string_view sql, std::initializer_list<Value> values) {
  BERTH_TRY(auto* handle, prepared(sql));
  Statement statement(handle);
  BERTH_CHECK(bindAll(handle, values, SQLITE_TRANSIENT));
  return statement;
}

Result<> Database::run(std::string_view sql, std::initializer_list<Value> values) {
  BERTH_TRY(auto* handle, prepared(sql));
  Statement statement(handle);
  BERTH_CHECK(bindAll(handle, values, SQLITE_STATIC));
  BERTH_TRY(const bool row, statement.next());
  BERTH_ASSERT(!row);
  return Ok{};
}

Result<> Database::script(const std::string& sql) {
  const int code = sqlite3_exec(state_->handle.get(), sql.c_str(), nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return errorOf(state_->handle.get(), code);
  return Ok{};
}

Result<std::int64_t> Database::integer(std::string_view sql, std::initializer_list<Value> values) {
  BERTH_TRY(auto statement, query(sql, values));
  BERTH_TRY(const bool row, statement.next());
  if (!row) return Error{Reason::InternalError, "no row: " + std::string(sql)};
  return statement.integer(0);
}

Result<Transaction> Transaction::begin(Database& database, Kind kind) {
  BERTH_CHECK(database.run(kind == Kind::Immediate ? "BEGIN IMMEDIATE" : "BEGIN"));
  return Transaction(database);
}

Transaction::Transaction(Transaction&& other) noexcept
    : database_(std::exchange(other.database_, nullptr)) {}

Transaction::~Transaction() {
  // Fails when SQLite has rolled back already, as it does when the disk is full.
  if (database_ != nullptr) (void)database_->run("ROLLBACK");
}

Result<> Transaction::commit() {
  BERTH_CHECK(database_->run("COMMIT"));
  database_ = nullptr;
  return Ok{};
}

bool isUnwritten(const Error& error) {
  return std::ranges::any_of(error.causes, [](const Cause& cause) {
    return cause.reason == kDiskFull || cause.reason == kWriteFailed;
  });
}

}  // namespace berth::sqlite
