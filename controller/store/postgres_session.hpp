/// @file
/// PostgresSessions: connections to the store's database, upgraded and in the right
/// incarnation, opened anew when they break.
///
/// Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "controller/store/store.hpp"
#include "core/base/guarded.hpp"
#include "core/sql/postgres.hpp"

namespace berth::store {

/// ServiceUnavailable when this program cannot use the schema as it is.
Result<> checkPostgres(const std::string& url);
/// Makes the schema, or upgrades it.  Safe when several processes do it at once.
Result<> upgradePostgres(const std::string& url);
/// Upgrades it, makes the role berth_owner the owner of everything, and grants `user`,
/// which must exist, what a controller needs and nothing else.  May be repeated.
Result<> setUpPostgres(const std::string& url, const std::string& user);

class PostgresSessions {
 public:
  explicit PostgresSessions(std::string url) : url_(std::move(url)) {}

  /// One statement, in a transaction of its own.  ServiceUnavailable when nothing
  /// happened, Timeout when that is unknown.
  Result<postgres::Rows> query(
      const std::string& sql, std::initializer_list<postgres::Value> values);
  /// The same for a statement that only reads: tried again when a connection turns
  /// out to be broken, and never Timeout.
  Result<postgres::Rows> read(
      const std::string& sql, std::initializer_list<postgres::Value> values);

 private:
  Result<postgres::Connection> take();
  void giveBack(postgres::Connection connection);

  const std::string url_;
  Guarded<std::vector<postgres::Connection>> idle_;
};

}  // namespace berth::store
