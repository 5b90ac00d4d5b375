#include "controller/runtime/work_queue.hpp"

#include <gmock/gmock.h>

namespace berth::runtime {
namespace {

using namespace std::chrono_literals;
using Priority = WorkQueue::Priority;
using testing::ElementsAre;
using testing::Eq;

const ObjectKey kA{"acme", "a"};
const ObjectKey kB{"acme", "b"};

class WorkQueueTest : public testing::Test {
 protected:
  /// Names of all that can be taken at `now`, in order.
  std::vector<std::string> takeAll(Time now) {
    std::vector<std::string> names;
    while (const auto item = queue_.take(now)) names.push_back(item->key.name);
    return names;
  }

  Time now_ = FakeClock().now();
  int wakes_ = 0;
  WorkQueue queue_{[this] { ++wakes_; }};
};

TEST_F(WorkQueueTest, HasAKeyOnceHoweverOftenItIsAdded) {
  EXPECT_TRUE(queue_.add(kA, now_));
  EXPECT_FALSE(queue_.add(kA, now_));

  EXPECT_THAT(takeAll(now_), ElementsAre("a"));
}

TEST_F(WorkQueueTest, KeepsTheEarliestTime) {
  queue_.add(kA, now_ + 10s);
  queue_.add(kA, now_ + 5s);
  queue_.add(kA, now_ + 20s);

  EXPECT_EQ(queue_.nextDue(), now_ + 5s);
  EXPECT_FALSE(queue_.take(now_ + 4s));
  EXPECT_EQ(queue_.take(now_ + 6s)->due, now_ + 5s);
  EXPECT_EQ(queue_.nextDue(), Time::max());
}

TEST_F(WorkQueueTest, NoTwoWorkersHaveTheSameKey) {
  queue_.add(kA, now_);
  ASSERT_TRUE(queue_.take(now_));
  queue_.add(kA, now_);

  EXPECT_FALSE(queue_.take(now_));
  queue_.done(kA);
  EXPECT_TRUE(queue_.take(now_));
}

TEST_F(WorkQueueTest, DoneEndsAKeyThatWasNotAddedMeanwhile) {
  queue_.add(kA, now_);
  ASSERT_TRUE(queue_.take(now_));

  queue_.done(kA);

  EXPECT_FALSE(queue_.take(now_ + 1h));
}

TEST_F(WorkQueueTest, GivesTheLongestDueFirst) {
  queue_.add(kA, now_ + 2s);
  queue_.add(kB, now_ + 1s);

  EXPECT_THAT(takeAll(now_ + 3s), ElementsAre("b", "a"));
}

TEST_F(WorkQueueTest, GivesChangesBeforeResyncs) {
  queue_.add(kA, now_, Priority::Resync);
  queue_.add(kB, now_ + 1s, Priority::Change);

  EXPECT_THAT(takeAll(now_ + 2s), ElementsAre("b", "a"));
}

TEST_F(WorkQueueTest, AResyncThatBecomesAChangeHasItsPriority) {
  queue_.add(kB, now_, Priority::Resync);
  queue_.add(kA, now_, Priority::Resync);
  queue_.add(kA, now_ + 1s, Priority::Change);

  EXPECT_THAT(takeAll(now_ + 2s), ElementsAre("a", "b"));
}

TEST_F(WorkQueueTest, AResyncIsNotStarvedByChanges) {
  queue_.add(kA, now_, Priority::Resync);
  queue_.add(kB, now_ + 10min, Priority::Change);

  EXPECT_THAT(takeAll(now_ + 10min), ElementsAre("a", "b"));
}

TEST_F(WorkQueueTest, AResyncIsTakenAlthoughAnEarlierChangeIsNotDue) {
  queue_.add(kA, now_ + 1s, Priority::Change);
  queue_.add(kB, now_, Priority::Resync);

  EXPECT_EQ(queue_.take(now_)->key, kB);
}

TEST_F(WorkQueueTest, WakesOnlyWhenThereIsSomethingEarlier) {
  queue_.add(kA, now_ + 5s);
  queue_.add(kB, now_ + 6s);
  EXPECT_EQ(wakes_, 1);

  queue_.add(kB, now_ + 1s);
  EXPECT_EQ(wakes_, 2);
}

TEST_F(WorkQueueTest, WakesWhenAKeyComesBack) {
  queue_.add(kA, now_);
  ASSERT_TRUE(queue_.take(now_));
  queue_.add(kA, now_);
  const int before = wakes_;

  queue_.done(kA);

  EXPECT_EQ(wakes_, before + 1);
}

TEST_F(WorkQueueTest, CountsWhatIsReadyAndHowLongWorkTakes) {
  queue_.add(kA, now_);
  queue_.add(kB, now_ + 1h);
  EXPECT_THAT(queue_.stats(now_).ready, Eq(1U));

  ASSERT_TRUE(queue_.take(now_));

  EXPECT_THAT(queue_.stats(now_ + 3s).ready, Eq(0U));
  EXPECT_THAT(queue_.stats(now_ + 3s).longestRunning, Eq(3s));
  EXPECT_THAT(queue_.stats(now_ + 3s).unfinished, Eq(3s));
}

}  // namespace
}  // namespace berth::runtime
