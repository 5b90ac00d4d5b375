#include "controller/store/archive.hpp"

#include <deque>
#include <sys/wait.h>
#include <unistd.h>

#include <gtest/gtest.h>

#include "controller/store/open.hpp"
#include "controller/store/rules.hpp"
#include "core/sql/postgres.hpp"
#include "tests/integration/store/history.hpp"
#include "tests/support/postgres_server.hpp"

namespace berth::store {
namespace {

support::PostgresServer& server() {
  static support::PostgresServer shared;
  return shared;
}

/// A backup goes from the first to the second.
struct Route {
  const char* name;
  bool fromPostgres = false;
  bool toPostgres = false;
};
void PrintTo(const Route& route, std::ostream* out) { *out << route.name; }

class ArchiveTest : public testing::TestWithParam<Route> {
 protected:
  using Lines = std::deque<std::string>;

  std::string newStore(const char* name, bool postgres) {
    if (!postgres) return "sqlite:" + (folder_.path() / (std::string(name) + ".db")).string();
    auto connection = *postgres::Connection::open(server().url());
    for (const std::string command : {"DROP DATABASE IF EXISTS ", "CREATE DATABASE "})
      if (auto done = connection.query(command + name); !done)
        throw std::runtime_error(done.error().message);
    return server().url(name);
  }
  OpenedStore open(const std::string& url) {
    auto opened = openStore(url, clock_, random_);
    if (!opened) throw std::runtime_error(opened.error().message);
    return *std::move(opened);
  }
  void fill(const std::string& url, int count) {
    const auto opened = open(url);
    for (int number = 0; number < count; ++number) {
      auto numbered = numberedWrite("w", number);
      if (numbered.write.operation == Operation::Delete) continue;
      numbered.write.claims = {"claim/" + numbered.write.key.name};
      numbered.write.audit = R"({"number":)" + std::to_string(number) + "}";
      if (auto done = opened.store->write({}, numbered.write); !done)
        throw std::runtime_error(done.error().message);
    }
    if (!opened.leases->tryLease({}, "leader", "a", std::chrono::seconds(10)))
      throw std::runtime_error("lease");
  }
  static Lines read(const std::string& url) {
    Lines lines;
    const auto done = readArchive(url, [&](std::string_view line) -> Result<> {
      lines.emplace_back(line);
      return Ok{};
    });
    if (!done) throw std::runtime_error(done.error().message);
    return lines;
  }
  static Result<Revision> put(const std::string& url, Lines lines, bool replace = false) {
    return writeArchive({url, replace}, [&]() -> Result<std::optional<std::string>> {
      if (lines.empty()) return std::optional<std::string>();
      auto line = std::move(lines.front());
      lines.pop_front();
      return std::optional(std::move(line));
    });
  }
  /// What is served, without the revisions that a restored object keeps anyway.
  std::vector<std::string> documents(const std::string& url) {
    std::vector<std::string> texts;
    const auto page = open(url).store->list({}, {}).value();
    for (const auto& object : page.objects)
      texts.push_back(
          object->resource + " " + object->key.text() + " " + object->uid + " " +
          std::to_string(object->base) + " " + object->bytes);
    return texts;
  }
  std::int64_t auditHead(const std::string& url) {
    return open(url).audit->readAudit({}, 0, 1)->head.seq;
  }

  support::TemporaryFolder folder_;
  SystemClock clock_;
  SystemRandom random_;
  std::string from_ = newStore("source", GetParam().fromPostgres);
  std::string to_ = newStore("target", GetParam().toPostgres);
};

TEST_P(ArchiveTest, PutsTheWholeStateIntoAnotherStore) {
  fill(from_, 50);

  const auto restored = put(to_, read(from_));

  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(documents(to_), documents(from_));
  EXPECT_EQ(auditHead(to_), auditHead(from_));
  EXPECT_EQ(
      open(to_).rows->sealingState({}, {})->storeId,
      open(from_).rows->sealingState({}, {})->storeId);
}

TEST_P(ArchiveTest, IsANewIncarnationThatIsWrittenToAsEver) {
  fill(from_, 50);
  const Revision head = open(from_).store->list({}, {})->revision;

  const auto restored = put(to_, read(from_));

  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(*restored, nextIncarnation(head));
  const auto opened = open(to_);
  EXPECT_EQ(opened.store->list({}, {})->revision, *restored);
  EXPECT_EQ(opened.store->changesSince({}, head, 0).error().reason, Reason::Expired);
  const auto stored = opened.store->write({}, numberedWrite("x", 0).write);
  ASSERT_TRUE(stored) << stored.error().message;
  EXPECT_EQ((*stored)->revision, *restored + 1);
  EXPECT_EQ(opened.leases->tryLease({}, "leader", "b", std::chrono::seconds(10))->token, 2);
}

TEST_P(ArchiveTest, KeepsClaims) {
  fill(from_, 1);
  ASSERT_TRUE(put(to_, read(from_)));

  auto other = numberedWrite("x", 0).write;
  other.claims = {"claim/" + numberedWrite("w", 0).write.key.name};
  const auto refused = open(to_).store->write({}, other);

  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::Invalid);
}

TEST_P(ArchiveTest, ReplacesAStoreThatWasWrittenToOnlyWhenItIsTold) {
  fill(from_, 50);
  fill(to_, 7);
  const auto before = documents(to_);

  const auto refused = put(to_, read(from_));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().reason, Reason::Conflict);
  EXPECT_EQ(documents(to_), before);

  const auto restored = put(to_, read(from_), true);
  ASSERT_TRUE(restored) << restored.error().message;
  EXPECT_EQ(documents(to_), documents(from_));
}

TEST_P(ArchiveTest, LeavesTheStoreAsItWasWhenTheArchiveEndsInAnError) {
  fill(from_, 50);
  fill(to_, 7);
  const auto before = documents(to_);
  auto lines = read(from_);

  const auto failed = writeArchive({to_, true}, [&]() -> Result<std::optional<std::string>> {
    if (lines.size() < 3) return Error{Reason::Invalid, "damaged"};
    auto line = std::move(lines.front());
    lines.pop_front();
    return std::optional(std::move(line));
  });

  ASSERT_FALSE(failed);
  EXPECT_EQ(failed.error().message, "damaged");
  EXPECT_EQ(documents(to_), before);
}

TEST_P(ArchiveTest, LeavesAWholeStateBehindWhenItIsKilledAtAnyLine) {
  fill(from_, 30);
  fill(to_, 7);
  const auto before = documents(to_);
  const auto after = documents(from_);
  const auto lines = read(from_);
  for (std::size_t killAt = 0; killAt <= lines.size(); killAt += lines.size() / 6) {
    const pid_t child = ::fork();
    if (child == 0) {
      std::size_t given = 0;
      (void)writeArchive({to_, true}, [&]() -> Result<std::optional<std::string>> {
        if (given == killAt) ::kill(::getpid(), SIGKILL);
        if (given == lines.size()) return std::optional<std::string>();
        return std::optional(lines[given++]);
      });
      ::_exit(0);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFSIGNALED(status));
    EXPECT_EQ(documents(to_), before) << "killed at line " << killAt;
  }

  ASSERT_TRUE(put(to_, lines, true));
  EXPECT_EQ(documents(to_), after);
}

TEST_P(ArchiveTest, IsOfOneRevisionWhileOthersWrite) {
  fill(from_, 3);
  const auto opened = open(from_);
  std::size_t lines = 0;

  // The first line is the head; what is written behind it must not show.
  const auto done = readArchive(from_, [&](std::string_view) -> Result<> {
    if (lines++ > 0) return Ok{};
    BERTH_CHECK(opened.store->write({}, numberedWrite("late", 0).write));
    return Ok{};
  });

  ASSERT_TRUE(done) << done.error().message;
  EXPECT_EQ(lines, read(from_).size() - 2);  // the late object and its audit record
}

INSTANTIATE_TEST_SUITE_P(
    Routes,
    ArchiveTest,
    testing::Values(
        Route{"SqliteToSqlite"},
        Route{"SqliteToPostgres", false, true},
        Route{"PostgresToSqlite", true, false},
        Route{"PostgresToPostgres", true, true}),
    testing::PrintToStringParamName());

}  // namespace
}  // namespace berth::store
