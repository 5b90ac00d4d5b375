#include <gmock/gmock.h>

#include "controller/store/archive.hpp"
#include "controller/store/postgres_session.hpp"
#include "controller/store/postgres_store.hpp"
#include "controller/store/rules.hpp"
#include "core/sql/postgres.hpp"
#include "tests/integration/store/history.hpp"
#include "tests/support/postgres_server.hpp"

namespace berth::store {
namespace {

using testing::AnyOf;
using testing::HasSubstr;

constexpr const char* kTables[] = {
    "meta", "object", "event", "request", "claim", "lease", "audit", "migration"};

/// What each role of a database that was set up may do.
class PostgresRolesTest : public testing::Test {
 protected:
  static support::PostgresServer& server() {
    static support::PostgresServer shared({.tls = true});
    return shared;
  }

  void SetUp() override {
    must("DROP SCHEMA IF EXISTS berth CASCADE");
    for (const std::string role : {"api", "anon", "manager"})
      must(
          "DO $$ BEGIN CREATE ROLE " + role +
          " LOGIN; EXCEPTION WHEN duplicate_object THEN END $$");
    ASSERT_TRUE(setUpPostgres(server().url(), "api"));
  }
  void must(const std::string& sql) {
    if (auto done = admin_.query(sql); !done) throw std::runtime_error(done.error().message);
  }
  static postgres::Connection as(const std::string& role) {
    return *postgres::Connection::open(server().url("postgres", role));
  }
  Result<std::unique_ptr<PostgresStore>> openAs(const std::string& role) {
    return PostgresStore::open({.url = server().url("postgres", role)}, clock_, random_);
  }
  static void expectDenied(postgres::Connection& connection, const std::string& sql) {
    const auto done = connection.query(sql);
    ASSERT_FALSE(done) << sql;
    EXPECT_THAT(done.error().message, AnyOf(HasSubstr("denied"), HasSubstr("must be owner")))
        << sql;
  }

  SystemClock clock_;
  SystemRandom random_;
  postgres::Connection admin_ = *postgres::Connection::open(server().url());
};

TEST_F(PostgresRolesTest, LetsTheApiReadAndChangeNoTable) {
  auto api = as("api");

  for (const std::string table : kTables) {
    expectDenied(api, "SELECT * FROM berth." + table);
    expectDenied(api, "DELETE FROM berth." + table);
    expectDenied(api, "INSERT INTO berth." + table + " DEFAULT VALUES");
    expectDenied(api, "TRUNCATE berth." + table);
  }
}

TEST_F(PostgresRolesTest, LetsTheApiCallItsFunctionsOnly) {
  auto api = as("api");

  expectDenied(api, "SELECT berth.protect()");
  expectDenied(api, "SELECT berth.hand_over('api', 'api')");
  expectDenied(api, "SELECT berth.audit_moment()");
  expectDenied(api, "SELECT berth.apply_one(1, 0, 'a', '', 'b', 'c', NULL, 0, '{}', '{}', 'x', 0)");
  expectDenied(api, "CREATE TABLE berth.mine (a int)");
  expectDenied(api, "ALTER FUNCTION berth.seals() SECURITY INVOKER");
}

TEST_F(PostgresRolesTest, LetsTheApiDoAllThatAControllerNeeds) {
  const auto store = openAs("api");

  ASSERT_TRUE(store) << store.error().message;
  ASSERT_TRUE((*store)->write({}, numberedWrite("w", 0).write));
  EXPECT_EQ((*store)->list({}, {})->objects.size(), 1U);
  EXPECT_TRUE((*store)->readAudit({}, 0, 10));
  EXPECT_TRUE((*store)->sealingState({}, "0123abcd"));
  EXPECT_TRUE((*store)->tryLease({}, "leader", "a", std::chrono::seconds(10))->held);
  EXPECT_TRUE((*store)->compact({}, 0));
  int lines = 0;
  EXPECT_TRUE(readArchive(server().url("postgres", "api"), [&](auto) -> Result<> {
    ++lines;
    return Ok{};
  }));
  EXPECT_EQ(lines, 4) << "the head, the object, its audit record, the lease";
}

TEST_F(PostgresRolesTest, ShowsOthersNothing) {
  ASSERT_TRUE((*openAs("api"))->write({}, numberedWrite("w", 0).write));
  auto anon = as("anon");
  expectDenied(anon, "SELECT * FROM berth.object");
  expectDenied(anon, "SELECT * FROM berth.get('a', 'b', 'c')");

  // As if somebody had granted too much, as Supabase does in its own schemas.
  must("GRANT USAGE ON SCHEMA berth TO anon");
  must("GRANT SELECT, DELETE ON ALL TABLES IN SCHEMA berth TO anon");

  EXPECT_EQ(anon.query("SELECT * FROM berth.object")->size(), 0U);
  EXPECT_EQ(anon.query("DELETE FROM berth.object RETURNING 1")->size(), 0U);
  EXPECT_EQ((*openAs("api"))->list({}, {})->objects.size(), 1U);
}

TEST_F(PostgresRolesTest, HasAnOwnerWhoCannotLogIn) {
  EXPECT_EQ(
      admin_
          .query("SELECT 1 FROM pg_roles WHERE rolname = 'berth_owner' AND NOT rolcanlogin"
                 " AND NOT rolsuper")
          ->size(),
      1U);
  EXPECT_EQ(
      admin_
          .query("SELECT c.relname FROM pg_class c WHERE relnamespace = 'berth'::regnamespace"
                 " AND relkind = 'r' AND relowner <> 'berth_owner'::regrole")
          ->size(),
      0U);
}

TEST_F(PostgresRolesTest, PinsTheSearchPathOfEveryFunctionThatRunsAsTheOwner) {
  EXPECT_EQ(
      admin_
          .query("SELECT 1 FROM berth.entry_points() e JOIN pg_proc p ON p.oid = e"
                 " WHERE NOT prosecdef OR NOT proconfig @> '{\"search_path=pg_catalog, pg_temp\"}'")
          ->size(),
      0U);
  EXPECT_GT(admin_.query("SELECT berth.entry_points()")->size(), 10U);
}

TEST_F(PostgresRolesTest, LimitsTheTimeOfTheApi) {
  auto api = as("api");

  EXPECT_EQ(api.query("SHOW statement_timeout")->text(0, 0), "30s");
  EXPECT_EQ(api.query("SHOW lock_timeout")->text(0, 0), "5s");
  EXPECT_EQ(api.query("SHOW idle_in_transaction_session_timeout")->text(0, 0), "15s");
}

TEST_F(PostgresRolesTest, MayBeSetUpAgain) {
  ASSERT_TRUE((*openAs("api"))->write({}, numberedWrite("w", 0).write));

  const auto again = setUpPostgres(server().url(), "api");

  ASSERT_TRUE(again) << again.error().message;
  EXPECT_EQ((*openAs("api"))->list({}, {})->objects.size(), 1U);
}

TEST_F(PostgresRolesTest, IsSetUpByOneWhoIsNoSuperuser) {
  must("DROP SCHEMA berth CASCADE");
  must("DROP OWNED BY berth_owner");
  must("DROP ROLE berth_owner");
  must("ALTER ROLE manager CREATEROLE BYPASSRLS");
  must("GRANT CREATE ON DATABASE postgres TO manager");

  const auto done = setUpPostgres(server().url("postgres", "manager"), "api");

  ASSERT_TRUE(done) << done.error().message;
  EXPECT_TRUE((*openAs("api"))->write({}, numberedWrite("w", 0).write));
}

TEST_F(PostgresRolesTest, TellsTheApiWhoMustUpgrade) {
  must("DELETE FROM berth.migration WHERE version = (SELECT max(version) FROM berth.migration)");

  const auto store = openAs("api");

  ASSERT_FALSE(store);
  EXPECT_THAT(store.error().message, HasSubstr("berth-controller store setup"));
}

TEST_F(PostgresRolesTest, IsReachedOverTlsWithTheRightAuthorityOnly) {
  support::PostgresServer other({.tls = true});

  EXPECT_TRUE(postgres::Connection::open(server().verifiedUrl(server().authority())));
  const auto wrong = postgres::Connection::open(server().verifiedUrl(other.authority()));
  ASSERT_FALSE(wrong);
  EXPECT_EQ(wrong.error().reason, Reason::ServiceUnavailable);
  EXPECT_THAT(wrong.error().message, HasSubstr("certificate verify failed"));
}

}  // namespace
}  // namespace berth::store
