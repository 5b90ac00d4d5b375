#include <thread>

#include <gtest/gtest.h>

#include "controller/store/postgres_store.hpp"
#include "controller/store/rules.hpp"
#include "core/sql/postgres.hpp"
#include "tests/integration/store/history.hpp"
#include "tests/support/postgres_server.hpp"

namespace berth::store {
namespace {

/// What only a database that several processes share can do.
class PostgresHistoryTest : public testing::Test {
 protected:
  static support::PostgresServer& server() {
    static support::PostgresServer shared;
    return shared;
  }

  void SetUp() override {
    run("DROP SCHEMA IF EXISTS berth CASCADE");
    store_ = open();
  }
  std::unique_ptr<PostgresStore> open(const std::string& database = "postgres") {
    auto store = PostgresStore::open({.url = server().url(database)}, clock_, random_);
    if (!store) throw std::runtime_error(store.error().message);
    return *std::move(store);
  }
  void run(const std::string& sql) {
    if (auto done = connection_.query(sql); !done) throw std::runtime_error(done.error().message);
  }
  static Revision write(Store& store, const std::string& writer, int number) {
    const auto stored = store.write({}, numberedWrite(writer, number).write);
    if (!stored) throw std::runtime_error(stored.error().message);
    return (*stored)->revision;
  }
  static Revision headOf(Store& store) { return store.list({}, {})->revision; }

  SystemClock clock_;
  SystemRandom random_;
  postgres::Connection connection_ = *postgres::Connection::open(server().url());
  std::unique_ptr<PostgresStore> store_;
};

TEST_F(PostgresHistoryTest, IsOneHistoryForTwoProcesses) {
  const auto other = open();
  Acknowledged acknowledged;
  std::mutex mutex;
  {
    std::vector<std::jthread> writers;
    for (int writer = 0; writer < 8; ++writer) {
      writers.emplace_back([&, writer] {
        Store& store = writer % 2 == 0 ? *store_ : *other;
        for (int number = 0; number < 30; ++number) {
          const auto numbered = numberedWrite("w" + std::to_string(writer), number);
          const auto stored = store.write({}, numbered.write);
          ASSERT_TRUE(stored) << stored.error().message;
          const std::lock_guard lock(mutex);
          acknowledged.emplace((*stored)->revision, numbered.token);
        }
      });
    }
  }

  EXPECT_EQ(acknowledged.size(), 240U);
  EXPECT_EQ(faultOf(*other, acknowledged), "");
  EXPECT_EQ(faultOfAudit(*other, *other), "");
}

TEST_F(PostgresHistoryTest, IsUpgradedOnceByTwoProcessesAtOnce) {
  run("DROP SCHEMA berth CASCADE");
  {
    std::vector<std::jthread> starters;
    for (int i = 0; i < 4; ++i) starters.emplace_back([this] { EXPECT_NO_THROW(open()); });
  }

  EXPECT_EQ(write(*open(), "w", 0), kFirstRevision + 1);
}

TEST_F(PostgresHistoryTest, GoesOnAfterARestartOfItsServer) {
  write(*store_, "w", 0);
  server().crash();
  server().start();

  EXPECT_EQ(write(*store_, "w", 1), kFirstRevision + 2);
}

TEST_F(PostgresHistoryTest, IsANewIncarnationWhenADumpIsPutBackElsewhere) {
  write(*store_, "w", 0);
  server().copyByDump("postgres", "restored");

  const auto restored = open("restored");

  EXPECT_EQ(headOf(*restored), Revision{2} << 40);
  EXPECT_EQ(restored->list({}, {})->objects.size(), 1U);
  EXPECT_EQ(restored->changesSince({}, kFirstRevision + 1, 0).error().reason, Reason::Expired);
  EXPECT_EQ(write(*restored, "w", 1), (Revision{2} << 40) + 1);
  EXPECT_EQ(write(*store_, "w", 1), kFirstRevision + 2) << "the first one goes on as it was";
}

TEST_F(PostgresHistoryTest, IsANewIncarnationForAWriterThatDidNotNotice) {
  // A pooler can hide a promotion: the connection stays, the history behind it changes.
  write(*store_, "w", 0);
  run("UPDATE berth.meta SET origin = 'elsewhere'");

  EXPECT_EQ(write(*store_, "w", 1), (Revision{2} << 40) + 1);
}

TEST_F(PostgresHistoryTest, FencesAWriteThatWaitedWhileTheLeaseWasTakenOver) {
  ASSERT_TRUE(store_->tryLease({}, "leader", "a", std::chrono::seconds(10))->held);
  auto takeover = postgres::Transaction::begin(connection_);
  ASSERT_TRUE(takeover->query("SELECT 1 FROM berth.meta FOR UPDATE"));
  Result<StoredObjectPtr> outcome = nullptr;
  std::jthread writer([&] {
    outcome = store_->write({.epoch = {"leader", 1}}, numberedWrite("w", 0).write);
  });
  auto watcher = *postgres::Connection::open(server().url());
  const auto until = clock_.now() + std::chrono::seconds(30);
  while (watcher.query("SELECT 1 FROM pg_locks WHERE NOT granted")->size() == 0)
    ASSERT_LT(clock_.now(), until) << "the write does not wait";
  ASSERT_TRUE(takeover->query("UPDATE berth.lease SET token = 2, holder = 'b'"));
  ASSERT_TRUE(takeover->commit());
  writer.join();

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, Reason::Forbidden);
  EXPECT_EQ(headOf(*store_), kFirstRevision);
}

TEST_F(PostgresHistoryTest, DoesNotWaitForEverForAnotherWritersTransaction) {
  auto other = postgres::Transaction::begin(connection_);
  ASSERT_TRUE(other->query("SELECT 1 FROM berth.meta FOR UPDATE"));

  const Context brief{.deadline = clock_.now() + std::chrono::milliseconds(200)};
  const auto outcome = store_->write(brief, numberedWrite("w", 0).write);

  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().reason, Reason::Timeout);
  ASSERT_TRUE(other->commit());
  EXPECT_EQ(write(*store_, "w", 0), kFirstRevision + 1) << "the same request, once";
}

TEST_F(PostgresHistoryTest, IsNotOpenedWhenANewerProgramMadeIt) {
  run("INSERT INTO berth.migration (version) VALUES (99)");

  const auto store = PostgresStore::open({.url = server().url()}, clock_, random_);

  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, Reason::ServiceUnavailable);
}

TEST_F(PostgresHistoryTest, IsOpenedWhenANewerProgramLeftItUsable) {
  run("INSERT INTO berth.migration (version, oldest) VALUES (99, 1)");

  EXPECT_EQ(write(*open(), "w", 0), kFirstRevision + 1);
}

TEST_F(PostgresHistoryTest, NeedsNoMoreThanAUserWithADatabaseOfItsOwn) {
  run("CREATE ROLE plain LOGIN");
  run("CREATE DATABASE plain OWNER plain");

  auto store = PostgresStore::open({.url = server().url("plain", "plain")}, clock_, random_);

  ASSERT_TRUE(store) << store.error().message;
  EXPECT_EQ(write(**store, "w", 0), kFirstRevision + 1);
  EXPECT_TRUE((*store)->tryLease({}, "leader", "a", std::chrono::seconds(10))->held);
  EXPECT_TRUE((*store)->compact({}, 0));
}

TEST_F(PostgresHistoryTest, DoesNotTellThePasswordWhenItCannotConnect) {
  const auto store = PostgresStore::open(
      {.url = "postgresql://user:canary-7c1f@127.0.0.1:1/berth"}, clock_, random_);

  ASSERT_FALSE(store);
  EXPECT_EQ(store.error().reason, Reason::ServiceUnavailable);
  EXPECT_EQ(store.error().message.find("canary"), std::string::npos) << store.error().message;
}

}  // namespace
}  // namespace berth::store
