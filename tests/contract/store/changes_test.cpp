#include <thread>

#include <gmock/gmock.h>

#include "tests/contract/store/store_bed.hpp"

namespace berth::store {
namespace {

class StoreChangesTest : public StoreTest {
 protected:
  Reason expired(Revision revision) {
    const auto changes = store().changesSince({}, revision, 0);
    if (changes) throw std::runtime_error("not expired: " + std::to_string(revision));
    return changes.error().reason;
  }
};
INSTANTIATE_TEST_SUITE_P(
    All, StoreChangesTest, testing::ValuesIn(bedKinds()), testing::PrintToStringParamName());

TEST_P(StoreChangesTest, TellsWhatHappenedInOrder) {
  const auto a = put(create("a"));
  const auto second = put(replace(*a, "v2"));
  put(remove(*second));

  const auto changes = store().changesSince({}, start_, 0);

  ASSERT_TRUE(changes);
  EXPECT_EQ(changes->head, start_ + 3);
  ASSERT_EQ(changes->changes.size(), 3U);
  EXPECT_EQ(changes->changes[0].type, ChangeType::Added);
  EXPECT_EQ(changes->changes[0].object->bytes, served(start_ + 1, "v1"));
  EXPECT_EQ(changes->changes[1].type, ChangeType::Modified);
  EXPECT_EQ(changes->changes[1].object->bytes, served(start_ + 2, "v2"));
  EXPECT_EQ(changes->changes[1].object->createRevision, start_ + 1);
  EXPECT_EQ(changes->changes[2].type, ChangeType::Deleted);
  EXPECT_EQ(changes->changes[2].object->bytes, served(start_ + 3, "v2"));
  EXPECT_EQ(changes->changes[2].object->uid, "uid-of-a");
}

TEST_P(StoreChangesTest, IsEmptyAtTheHead) {
  put(create("a"));

  const auto changes = store().changesSince({}, start_ + 1, 0);

  ASSERT_TRUE(changes);
  EXPECT_EQ(changes->head, start_ + 1);
  EXPECT_TRUE(changes->changes.empty());
}

TEST_P(StoreChangesTest, StopsAtTheLimitAndStillTellsTheHead) {
  for (const auto* name : {"a", "b", "c"}) put(create(name));

  const auto changes = store().changesSince({}, start_, 2);

  ASSERT_TRUE(changes);
  EXPECT_EQ(changes->head, start_ + 3);
  ASSERT_EQ(changes->changes.size(), 2U);
  EXPECT_EQ(changes->changes[1].object->revision, start_ + 2);
}

TEST_P(StoreChangesTest, GivesTheSameLogFromEveryRevision) {
  for (int i = 0; i < 20; ++i) {
    const auto object = put(create("n" + std::to_string(i)));
    const auto second = put(replace(*object));
    if (i % 3 == 0) put(remove(*second));
  }
  const auto whole = log();
  ASSERT_EQ(whole.size(), 47U);

  for (std::size_t from = 0; from <= whole.size(); ++from) {
    const auto changes = store().changesSince({}, start_ + Revision(from), 0);
    ASSERT_TRUE(changes);
    ASSERT_EQ(changes->changes.size(), whole.size() - from);
    for (std::size_t i = 0; i < changes->changes.size(); ++i) {
      ASSERT_EQ(changes->changes[i].object->bytes, whole[from + i].object->bytes);
      ASSERT_EQ(changes->changes[i].type, whole[from + i].type);
    }
  }
}

TEST_P(StoreChangesTest, IsWholeAndInOrderForAReaderBesideEightWriters) {
  constexpr int kWriters = 8;
  constexpr int kWrites = 40;
  std::vector<std::jthread> writers;
  for (int writer = 0; writer < kWriters; ++writer) {
    writers.emplace_back([this, writer] {
      for (int i = 0; i < kWrites; ++i)
        put(create("w" + std::to_string(writer) + "-" + std::to_string(i)));
    });
  }

  Revision position = start_;
  while (position < start_ + kWriters * kWrites) {
    const auto changes = store().changesSince({}, position, 7);
    ASSERT_TRUE(changes) << changes.error().message;
    for (const auto& change : changes->changes) {
      ASSERT_EQ(change.object->revision, position + 1);
      ++position;
    }
    ASSERT_GE(changes->head, position);
  }
}

TEST_P(StoreChangesTest, ExpiresBehindTheEdgeAndNotAtIt) {
  for (int i = 0; i < 6; ++i) put(create("n" + std::to_string(i)));
  ASSERT_EQ(*store().compact({}, 2), start_ + 4);

  EXPECT_EQ(expired(start_ + 3), Reason::Expired);
  EXPECT_EQ(expired(0), Reason::Expired);
  EXPECT_EQ(store().changesSince({}, start_ + 4, 0)->changes.size(), 2U);
  EXPECT_EQ(store().changesSince({}, start_ + 5, 0)->changes.size(), 1U);
}

TEST_P(StoreChangesTest, ExpiresBeyondTheHead) {
  EXPECT_EQ(expired(start_ + 1), Reason::Expired);
  EXPECT_EQ(expired((Revision{9} << 40) + 3), Reason::Expired);
}

TEST_P(StoreChangesTest, NeverMovesTheEdgeBack) {
  for (int i = 0; i < 6; ++i) put(create("n" + std::to_string(i)));
  ASSERT_EQ(*store().compact({}, 1), start_ + 5);

  EXPECT_EQ(*store().compact({}, 4), start_ + 5);
  EXPECT_EQ(*store().compact({}, 1'000'000), start_ + 5);
}

TEST_P(StoreChangesTest, CompactsNothingOfAShortHistory) {
  put(create("a"));

  EXPECT_EQ(*store().compact({}, 100), start_);
  EXPECT_EQ(log().size(), 1U);
}

TEST_P(StoreChangesTest, GoesOnAfterEverythingWasCompacted) {
  const auto a = put(create("a"));
  ASSERT_EQ(*store().compact({}, 0), start_ + 1);
  bed_->pass(std::chrono::hours(2));
  ASSERT_EQ(*store().compact({}, 0), start_ + 1);

  EXPECT_TRUE(store().changesSince({}, start_ + 1, 0)->changes.empty());
  put(replace(*a));
  EXPECT_EQ(store().changesSince({}, start_ + 1, 0)->changes.size(), 1U);
}

TEST_P(StoreChangesTest, NeverShowsAGapToAReaderWhileCompactionRuns) {
  std::jthread writer([this] {
    for (int i = 0; i < 200; ++i) put(create("n" + std::to_string(i)));
  });
  std::jthread compaction([this](const std::stop_token& stop) {
    while (!stop.stop_requested())
      if (!store().compact({}, 5)) throw std::runtime_error("compact");
  });

  Revision position = start_;
  while (position < start_ + 200) {
    const auto changes = store().changesSince({}, position, 3);
    if (!changes) {
      ASSERT_EQ(changes.error().reason, Reason::Expired);
      position = head();
      continue;
    }
    for (const auto& change : changes->changes) ASSERT_EQ(change.object->revision, ++position);
  }
}

}  // namespace
}  // namespace berth::store
