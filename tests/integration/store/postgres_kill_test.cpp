#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include <gtest/gtest.h>

#include "controller/store/postgres_store.hpp"
#include "core/sql/postgres.hpp"
#include "tests/integration/store/history.hpp"
#include "tests/support/postgres_server.hpp"

// libpqxx 6.4 forgets the answer (some 200 bytes) of a statement whose connection
// breaks; nothing of ours is left.
extern "C" const char* __lsan_default_suppressions();  // NOLINT: the sanitizer's name
extern "C" const char* __lsan_default_suppressions() {
  return "leak:pqxx::connection_base::exec_params\n";
}

namespace berth::store {
namespace {

using std::chrono::steady_clock;

class PostgresKillTest : public ::testing::Test {
 protected:
  static constexpr int kWriters = 6;

  void SetUp() override {
    auto opened = PostgresStore::open({.url = server_.url()}, clock_, random_);
    ASSERT_TRUE(opened) << opened.error().message;
    store_ = *std::move(opened);
  }

  /// Writes until told to stop; what fails for the moment is sent again, as the API's
  /// clients do, under the same request id.
  void writeUntil(const std::stop_token& stop, const std::string& name);
  /// Until that many more writes were acknowledged.
  void waitForWrites(std::size_t more);
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return acknowledged_.size();
  }
  std::vector<std::jthread> startWriters();

  support::PostgresServer server_{support::PostgresServer::Options{.durable = true}};
  SystemClock clock_;
  SystemRandom random_;
  std::unique_ptr<PostgresStore> store_;
  std::mutex mutex_;
  Acknowledged acknowledged_;  // under mutex_
  std::atomic<int> failures_ = 0;
};

void PostgresKillTest::writeUntil(const std::stop_token& stop, const std::string& name) {
  for (int number = 0; !stop.stop_requested();) {
    const auto numbered = numberedWrite(name, number);
    const auto stored = store_->write({}, numbered.write);
    if (stored) {
      const std::lock_guard lock(mutex_);
      acknowledged_.emplace((*stored)->revision, numbered.token);
      ++number;
    } else {
      ++failures_;
      ASSERT_TRUE(stored.error().isRetryable()) << stored.error().message;
      ASSERT_NE(stored.error().reason, Reason::Conflict) << stored.error().message;
    }
  }
}

std::vector<std::jthread> PostgresKillTest::startWriters() {
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer)
    writers.emplace_back([this, writer](const std::stop_token& stop) {
      writeUntil(stop, "w" + std::to_string(writer));
    });
  return writers;
}

void PostgresKillTest::waitForWrites(std::size_t more) {
  const auto wanted = count() + more;
  const auto until = steady_clock::now() + std::chrono::seconds(60);
  while (count() < wanted && !HasFailure()) {
    ASSERT_LT(steady_clock::now(), until) << "the store does not come back";
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

TEST_F(PostgresKillTest, LosesAndDoublesNothingWhenTheServerCrashes) {
  auto writers = startWriters();
  for (int round = 0; round < 5 && !HasFailure(); ++round) {
    waitForWrites(50 + below(random_, 100));
    server_.crash();
    server_.start();
  }
  waitForWrites(50);
  for (auto& writer : writers) writer.request_stop();
  writers.clear();

  EXPECT_EQ(faultOf(*store_, acknowledged_), "");
  EXPECT_EQ(faultOfAudit(*store_, *store_), "");
  std::cout << count() << " acknowledged writes, " << failures_ << " failed for the moment\n";
}

TEST_F(PostgresKillTest, LosesAndDoublesNothingWhenItsConnectionsAreCut) {
  auto writers = startWriters();
  auto killer = postgres::Connection::open(server_.url());
  ASSERT_TRUE(killer);
  for (int round = 0; round < 30 && !HasFailure(); ++round) {
    waitForWrites(1 + below(random_, 30));
    ASSERT_TRUE(
        killer->query("SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                      " WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"));
  }
  waitForWrites(50);
  for (auto& writer : writers) writer.request_stop();
  writers.clear();

  EXPECT_EQ(faultOf(*store_, acknowledged_), "");
  EXPECT_EQ(faultOfAudit(*store_, *store_), "");
  EXPECT_EQ(failures_, 0) << "a connection that is cut is healed without the caller's help";
}

TEST_F(PostgresKillTest, SaysUnavailableWhileTheServerIsAwayAndReturnsWithIt) {
  const auto first = numberedWrite("a", 0);
  ASSERT_TRUE(store_->write({}, first.write));
  server_.crash();

  const Context brief{.deadline = clock_.now() + std::chrono::milliseconds(300)};
  const auto list = store_->list({}, {.resource = "hosts"});
  const auto write = store_->write(brief, numberedWrite("a", 1).write);

  ASSERT_FALSE(list);
  EXPECT_EQ(list.error().reason, Reason::ServiceUnavailable);
  ASSERT_FALSE(write);
  EXPECT_TRUE(write.error().isRetryable());
  server_.start();
  EXPECT_TRUE(store_->list({}, {.resource = "hosts"}));
  EXPECT_TRUE(store_->write({}, numberedWrite("a", 1).write));
}

}  // namespace
}  // namespace berth::store
