#include "controller/store/memory_store.hpp"

#include <gtest/gtest.h>

namespace berth::store {
namespace {

class MemoryStoreTest : public testing::Test {
 protected:
  static Write create(const std::string& name) {
    return {
        .operation = Operation::Create,
        .resource = "hosts",
        .key = {"", name},
        .uid = "uid",
        .body = {"\"\"", 1},
        .requestId = "request-" + name};
  }
  Reason failure(const Result<StoredObjectPtr>& result) {
    return result ? Reason::BadRequest : result.error().reason;
  }
  std::size_t count() { return store_.list({}, {.resource = "hosts"})->objects.size(); }

  FakeClock clock_;
  int commits_ = 0;
  MemoryStore store_{clock_, [this] { ++commits_; }};
};

TEST_F(MemoryStoreTest, FailsOnceAndDoesNothingWhenToldTo) {
  store_.failNext({Reason::ServiceUnavailable, "away"});

  EXPECT_EQ(failure(store_.write({}, create("a"))), Reason::ServiceUnavailable);
  EXPECT_EQ(count(), 0U);
  EXPECT_TRUE(store_.write({}, create("a")));
}

TEST_F(MemoryStoreTest, FailsAnyCallThatIsNext) {
  for (int i = 0; i < 4; ++i) store_.failNext({Reason::ServiceUnavailable, "away"});

  EXPECT_FALSE(store_.get({}, "hosts", {"", "a"}));
  EXPECT_FALSE(store_.list({}, {}));
  EXPECT_FALSE(store_.changesSince({}, kFirstRevision, 0));
  EXPECT_FALSE(store_.tryLease({}, "leader", "a", std::chrono::seconds(1)));
  EXPECT_TRUE(store_.list({}, {}));
}

TEST_F(MemoryStoreTest, LosesAnAnswerButNotTheWrite) {
  store_.loseNextAnswer();

  EXPECT_EQ(failure(store_.write({}, create("a"))), Reason::Timeout);
  EXPECT_EQ(count(), 1U);
  const auto again = store_.write({}, create("a"));
  ASSERT_TRUE(again);
  EXPECT_EQ((*again)->revision, kFirstRevision + 1);
}

TEST_F(MemoryStoreTest, ReadsAnOldStateWhileToldTo) {
  ASSERT_TRUE(store_.write({}, create("a")));
  store_.readStale(kFirstRevision + 1);
  ASSERT_TRUE(store_.write({}, create("b")));

  EXPECT_EQ(count(), 1U);
  EXPECT_EQ(*store_.get({}, "hosts", {"", "b"}), nullptr);
  EXPECT_EQ(store_.changesSince({}, kFirstRevision, 0)->head, kFirstRevision + 1);
  EXPECT_EQ(store_.changesSince({}, kFirstRevision, 0)->changes.size(), 1U);
  store_.readStale(std::nullopt);
  EXPECT_EQ(count(), 2U);
}

TEST_F(MemoryStoreTest, BeginsANewIncarnationFromARestoredState) {
  ASSERT_TRUE(store_.write({}, create("a")));
  ASSERT_TRUE(store_.write({}, create("b")));
  store_.restoreTo(kFirstRevision + 1);

  EXPECT_EQ(count(), 1U);
  EXPECT_EQ(store_.changesSince({}, kFirstRevision + 1, 0).error().reason, Reason::Expired);
  const auto next = store_.write({}, create("b"));
  ASSERT_TRUE(next);
  EXPECT_EQ((*next)->revision, (Revision{2} << 40) + 1);
}

TEST_F(MemoryStoreTest, TellsOfCommitsAndOfNothingElse) {
  ASSERT_TRUE(store_.write({}, create("a")));
  EXPECT_EQ(commits_, 1);

  auto refused = create("a");
  refused.requestId.clear();
  EXPECT_FALSE(store_.write({}, refused));
  EXPECT_TRUE(store_.write({}, create("a"))) << "answered from memory";
  EXPECT_EQ(commits_, 1);
}

}  // namespace
}  // namespace berth::store
