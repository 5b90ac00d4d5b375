#include <chrono>
#include <fstream>
#include <signal.h>
#include <thread>

#include <gtest/gtest.h>

#include "controller/store/sqlite_store.hpp"
#include "core/sql/sqlite.hpp"
#include "tests/integration/store/history.hpp"
#include "tests/support/child_program.hpp"
#include "tests/support/postgres_server.hpp"

namespace berth::store {
namespace {

using std::chrono::steady_clock;

/// BERTH_KILL_ROUNDS for a longer run.
int rounds() {
  const char* wanted = std::getenv("BERTH_KILL_ROUNDS");
  return wanted == nullptr ? 25 : std::atoi(wanted);
}

class SqliteKillTest : public ::testing::Test {
 protected:
  /// Runs the writer until it has acknowledged so many writes, then kills it.
  void writeAndKill(int round, std::size_t lines);
  std::size_t readAcknowledged(const std::string& output);
  void expectSound();

  support::TemporaryFolder folder_;
  std::string path_ = folder_.path() / "state.db";
  SystemClock clock_;
  SystemRandom random_;
  Acknowledged acknowledged_;
};

std::size_t SqliteKillTest::readAcknowledged(const std::string& output) {
  std::ifstream file(output);
  std::size_t count = 0;
  for (std::string line; std::getline(file, line); ++count) {
    const auto space = line.find(' ');
    acknowledged_.emplace(std::stoll(line.substr(0, space)), line.substr(space + 1));
  }
  return count;
}

void SqliteKillTest::writeAndKill(int round, std::size_t lines) {
  const std::string output = folder_.path() / ("acknowledged." + std::to_string(round));
  support::ChildProgram writer(
      {BERTH_BURST_WRITER, path_, "r" + std::to_string(round), "6"},
      {.output = output, .endSignal = SIGKILL});

  const auto until = steady_clock::now() + std::chrono::seconds(60);
  while (readAcknowledged(output) < lines) {
    ASSERT_TRUE(writer.running()) << std::ifstream(output).rdbuf();
    ASSERT_LT(steady_clock::now(), until);
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  writer.signal(SIGKILL);

  ASSERT_EQ(writer.wait(), -SIGKILL);
  readAcknowledged(output);
}

void SqliteKillTest::expectSound() {
  {
    const auto store = SqliteStore::open({.path = path_}, clock_, random_);
    ASSERT_TRUE(store) << store.error().message;
    EXPECT_EQ(faultOf(**store, acknowledged_), "");
    EXPECT_EQ(faultOfAudit(**store, **store), "");
  }
  auto database = sqlite::Database::open(path_, sqlite::Database::Mode::ReadOnly);
  ASSERT_TRUE(database);
  auto check = database->query("PRAGMA integrity_check");
  ASSERT_TRUE(check && *check->next());
  EXPECT_EQ(check->text(0), "ok");
}

TEST_F(SqliteKillTest, LosesNoAcknowledgedWriteWhenItsProcessIsKilledAtAnyMoment) {
  for (int round = 0; round < rounds() && !HasFailure(); ++round) {
    writeAndKill(round, 1 + below(random_, 400));
    if (!HasFatalFailure()) expectSound();
  }
  RecordProperty("acknowledged", int(acknowledged_.size()));
  std::cout << acknowledged_.size() << " acknowledged writes in " << rounds() << " kills\n";
}

}  // namespace
}  // namespace berth::store
