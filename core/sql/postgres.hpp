/// @file
/// Connection, Transaction, Rows: PostgreSQL behind handles that close themselves.
///
/// Nothing lives in the session (no named statements, no SET), so that a pooler in
/// transaction mode may stand in between.  Errors: ServiceUnavailable when the
/// server refused or rolled back for want of something; Timeout when the connection
/// broke after the statement was sent, which may or may not have been carried out;
/// InternalError for all else, with the SQLSTATE in front.
///
/// A connection is used by one thread at a time.
#pragma once

#include <cstdint>
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>
#include <variant>

#include "core/base/result.hpp"

namespace berth::postgres {

/// A parameter; the server infers its type.
using Value = std::variant<std::int64_t, std::string_view>;

class Rows {
 public:
  [[nodiscard]] std::size_t size() const;
  [[nodiscard]] bool isNull(std::size_t row, int column) const;
  /// 0 when NULL.
  [[nodiscard]] std::int64_t integer(std::size_t row, int column) const;
  /// Valid as long as the Rows; "" when NULL.
  [[nodiscard]] std::string_view text(std::size_t row, int column) const;

 private:
  struct State;
  friend class Connection;
  friend class Transaction;
  explicit Rows(std::shared_ptr<const State> state) : state_(std::move(state)) {}
  std::shared_ptr<const State> state_;
};

class Connection {
 public:
  /// `url` as libpq has it (postgresql://...), without time limit of its own: 5 s.
  static Result<Connection> open(const std::string& url);
  ~Connection();
  Connection(Connection&&) noexcept;
  Connection& operator=(Connection&&) noexcept;

  /// One statement, which is one transaction, with parameters $1, $2, ...
  Result<Rows> query(const std::string& sql, std::initializer_list<Value> values = {});
  /// False once it broke; it never heals.
  [[nodiscard]] bool isOpen() const;

 private:
  struct State;
  friend class Transaction;
  explicit Connection(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Rolled back unless committed.
class Transaction {
 public:
  static Result<Transaction> begin(Connection& connection);
  ~Transaction();
  Transaction(Transaction&&) noexcept;

  Result<Rows> query(const std::string& sql, std::initializer_list<Value> values = {});
  /// Several statements, without parameters.
  Result<> script(const std::string& sql);
  Result<> commit();

 private:
  struct State;
  explicit Transaction(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

/// Adds one element to the literal of a text[] parameter, which is "{}" at first.
void appendElement(std::string& literal, std::string_view text);

}  // namespace berth::postgres
