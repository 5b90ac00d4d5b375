#include "core/sql/postgres.hpp"

#include <charconv>
#include <vector>

#include <pqxx/pqxx>

namespace berth::postgres {
namespace {

constexpr const char* kTimeLimits =
    "connect_timeout=5&tcp_user_timeout=10000&keepalives_idle=10&keepalives_interval=5";

std::string withTimeLimits(const std::string& url) {
  if (url.find("connect_timeout") != std::string::npos) return url;
  return url + (url.find('?') == std::string::npos ? "?" : "&") + kTimeLimits;
}

std::string firstLine(std::string_view text) {
  return std::string(text.substr(0, text.find('\n')));
}

/// Server messages of these classes leave nothing behind: lack of resources, a lock
/// not had in time, a canceled or rolled back statement, a server that only reads.
bool isRolledBack(std::string_view state) {
  return state.starts_with("53") || state.starts_with("40") || state == "55P03" ||
         state == "57014" || state == "57P03" || state == "25006";
}

Error errorOf(const pqxx::sql_error& error) {
  const std::string state = error.sqlstate();
  const std::string message = firstLine(error.what());
  if (isRolledBack(state)) return {Reason::ServiceUnavailable, message};
  // Shutting down, or the connection's own trouble, a pooler's included.
  if (state.empty() || state.starts_with("57P") || state.starts_with("08"))
    return {Reason::Timeout, message};
  return {Reason::InternalError, state + " " + message};
}

/// What `function` returns; what libpqxx throws as an Error.
template <class Function>
auto guarded(Function&& function) -> std::invoke_result_t<Function> {
  try {
    return std::forward<Function>(function)();
  } catch (const pqxx::sql_error& error) {
    return errorOf(error);
  } catch (const pqxx::broken_connection& error) {
    return Error{Reason::Timeout, firstLine(error.what())};
  } catch (const pqxx::in_doubt_error& error) {
    return Error{Reason::Timeout, firstLine(error.what())};
  } catch (const std::exception& error) {
    return Error{Reason::InternalError, firstLine(error.what())};
  }
}

std::vector<std::string> textsOf(std::initializer_list<Value> values) {
  std::vector<std::string> texts;
  for (const auto& value : values) {
    const auto* number = std::get_if<std::int64_t>(&value);
    texts.push_back(
        number != nullptr ? std::to_string(*number)
                          : std::string(std::get<std::string_view>(value)));
  }
  return texts;
}

pqxx::result execute(
    pqxx::transaction_base& transaction,
    const std::string& sql,
    std::initializer_list<Value> values) {
  if (values.size() == 0) return transaction.exec_params(sql);
  return transaction.exec_params(sql, pqxx::prepare::make_dynamic_params(textsOf(values)));
}

}  // namespace

struct Rows::State {
  pqxx::result result;
};

struct Connection::State {
  explicit State(const std::string& url) : connection(url), quiet(connection) {}
  pqxx::connection connection;
  pqxx::quiet_errorhandler quiet;  // notices are not for our standard error
};

struct Transaction::State {
  explicit State(pqxx::connection& connection) : work(connection) {}
  pqxx::work work;
};

std::size_t Rows::size() const { return state_->result.size(); }

bool Rows::isNull(std::size_t row, int column) const {
  return state_->result[pqxx::result::size_type(row)][column].is_null();
}

std::string_view Rows::text(std::size_t row, int column) const {
  const auto field = state_->result[pqxx::result::size_type(row)][column];
  return {field.c_str(), field.size()};
}

std::int64_t Rows::integer(std::size_t row, int column) const {
  const auto digits = text(row, column);
  std::int64_t number = 0;
  std::from_chars(digits.data(), digits.data() + digits.size(), number);
  return number;
}

Connection::Connection(std::unique_ptr<State> state) : state_(std::move(state)) {}
Connection::Connection(Connection&&) noexcept = default;
Connection& Connection::operator=(Connection&&) noexcept = default;
Connection::~Connection() = default;

Result<Connection> Connection::open(const std::string& url) {
  auto opened = guarded([&]() -> Result<Connection> {
    return Connection(std::make_unique<State>(withTimeLimits(url)));
  });
  if (opened) return opened;
  // Whatever it was: no statement has been sent.
  return Error{Reason::ServiceUnavailable, "connect to PostgreSQL: " + opened.error().message};
}

bool Connection::isOpen() const { return state_->connection.is_open(); }

Result<Rows> Connection::query(const std::string& sql, std::initializer_list<Value> values) {
  if (!isOpen()) return Error{Reason::ServiceUnavailable, "the connection is closed"};
  return guarded([&]() -> Result<Rows> {
    pqxx::nontransaction transaction(state_->connection);
    return Rows(
        std::make_shared<const Rows::State>(Rows::State{execute(transaction, sql, values)}));
  });
}

Transaction::Transaction(std::unique_ptr<State> state) : state_(std::move(state)) {}
Transaction::Transaction(Transaction&&) noexcept = default;
Transaction::~Transaction() = default;

Result<Transaction> Transaction::begin(Connection& connection) {
  return guarded([&]() -> Result<Transaction> {
    return Transaction(std::make_unique<State>(connection.state_->connection));
  });
}

Result<Rows> Transaction::query(const std::string& sql, std::initializer_list<Value> values) {
  return guarded([&]() -> Result<Rows> {
    return Rows(
        std::make_shared<const Rows::State>(Rows::State{execute(state_->work, sql, values)}));
  });
}

Result<> Transaction::script(const std::string& sql) {
  return guarded([&]() -> Result<> {
    state_->work.exec(sql);
    return Ok{};
  });
}

Result<> Transaction::commit() {
  return guarded([&]() -> Result<> {
    state_->work.commit();
    return Ok{};
  });
}

void appendElement(std::string& literal, std::string_view text) {
  literal.pop_back();
  if (literal.size() > 1) literal += ',';
  literal += '"';
  for (const char letter : text) {
    if (letter == '"' || letter == '\\') literal += '\\';
    literal += letter;
  }
  literal += "\"}";
}

}  // namespace berth::postgres
