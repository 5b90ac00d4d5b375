#include "core/http/fair_queue.hpp"

#include <optional>
#include <vector>

#include <gmock/gmock.h>

namespace berth::http {
namespace {

using ::testing::IsEmpty;

/// Requests are written as letters: "a" of the flow a; what started is a text too.
class FairQueueTest : public testing::Test {
 protected:
  void make(const FairQueue::Limits& limits) { queue_.emplace(limits); }

  bool add(const std::string& flow, Priority priority = Priority::Normal) {
    return queue_->add({flow, priority}, [this, flow] { order_ += flow; });
  }
  void addAll(const std::string& flows, Priority priority = Priority::Normal) {
    for (const char flow : flows) EXPECT_TRUE(add({flow}, priority));
  }

  /// Starts all that may; who they were.
  std::string start() {
    order_.clear();
    while (auto started = queue_->start()) {
      started->task();
      running_.push_back(started->flow);
    }
    return order_;
  }
  void finishOldest() {
    queue_->finish(running_.front());
    running_.erase(running_.begin());
  }
  std::string all() {
    auto first = start();
    return first + drain();
  }
  /// All that wait, one after another, after what runs has finished.
  std::string drain() {
    std::string all;
    while (!running_.empty()) {
      finishOldest();
      all += start();
    }
    return all;
  }

  std::optional<FairQueue> queue_;
  std::vector<FairQueue::State*> running_;
  std::string order_;
};

TEST_F(FairQueueTest, StartsWhatComesWhileSeatsAreFree) {
  make({.seats = 4});

  addAll("ab");

  EXPECT_EQ(start(), "ab");
  EXPECT_EQ(queue_->waiting(), 0U);
}

TEST_F(FairQueueTest, LetsFlowsTakeTurns) {
  make({.seats = 1});
  addAll("aaaabbc");

  EXPECT_EQ(all(), "abcabaa");
}

TEST_F(FairQueueTest, LetsOneWhoComesLateWaitForNoneOfABacklog) {
  make({.seats = 1});
  addAll("aaaaaaaa");
  EXPECT_EQ(start(), "a");

  addAll("b");

  finishOldest();
  EXPECT_EQ(start(), "b");
}

TEST_F(FairQueueTest, LeavesSeatsThatOneFlowDoesNotGet) {
  make({.seats = 16});
  addAll(std::string(30, 'a'));
  EXPECT_EQ(start(), std::string(12, 'a'));

  addAll("h", Priority::High);

  EXPECT_EQ(start(), "h");
}

TEST_F(FairQueueTest, KeepsSeatsForEachPriority) {
  make({.seats = 16});
  addAll("abcdefghijklmnopqrst");

  EXPECT_EQ(start().size(), 12U);
  addAll("uv", Priority::Urgent);
  addAll("x", Priority::High);
  addAll("z", Priority::Low);

  EXPECT_EQ(start(), "uxz") << "one seat is Urgent's, two are High's, one is Low's";
  EXPECT_EQ(drain().front(), 'v') << "and one that gets free is for the highest";
}

TEST_F(FairQueueTest, LetsNoFloodOfHealthChecksTakeAll) {
  make({.seats = 16});
  addAll("abcdefghijklmnopqrst", Priority::Urgent);

  EXPECT_EQ(start(), "ab");
}

TEST_F(FairQueueTest, LetsStrangersTakeHalfAtMost) {
  make({.seats = 16});
  addAll("abcdefghijklmnopqrst", Priority::Low);

  EXPECT_EQ(start(), "abcdefgh");
}

TEST_F(FairQueueTest, ServesEveryPriorityThoughThereIsOneSeat) {
  make({.seats = 1});
  addAll("l", Priority::Low);
  addAll("n", Priority::Normal);
  addAll("h", Priority::High);
  addAll("u", Priority::Urgent);

  EXPECT_EQ(all(), "uhnl");
}

TEST_F(FairQueueTest, RefusesOneFlowWhatItHasTooManyOf) {
  make({.seats = 1, .waitingOfFlow = 2});
  addAll("a");
  start();
  addAll("aa");

  EXPECT_FALSE(add("a"));
  EXPECT_TRUE(add("b"));
  EXPECT_EQ(drain(), "baa");
  EXPECT_TRUE(add("a"));
}

TEST_F(FairQueueTest, RefusesAllWhenTooManyWait) {
  make({.seats = 1, .waitingOfFlow = 2, .waiting = 3});
  addAll("x");
  start();
  addAll("abc");

  EXPECT_FALSE(add("d"));
  EXPECT_FALSE(add("h", Priority::High));
  EXPECT_EQ(drain(), "abc");
}

TEST_F(FairQueueTest, TakesAFlowOfTwoPrioritiesForTwo) {
  make({.seats = 1, .waitingOfFlow = 1});
  addAll("x");
  start();

  EXPECT_TRUE(add("a", Priority::Normal));
  EXPECT_TRUE(add("a", Priority::Urgent));
  EXPECT_EQ(drain(), "aa");
}

TEST_F(FairQueueTest, LosesNothingInALongRun) {
  make({.seats = 5, .waitingOfFlow = 100, .waiting = 1000});
  std::size_t added = 0;
  std::size_t started = 0;
  for (std::size_t i = 0; i < 5000; ++i) {
    const auto flow = std::string(1, "abcdefghijk"[i * i % 11]);
    if (add(flow, static_cast<Priority>(i * 7 % kPriorities))) ++added;
    started += start().size();
    if (i % 2 == 1 && !running_.empty()) finishOldest();
  }

  started += drain().size();

  EXPECT_GT(added, 2000U);
  EXPECT_EQ(started, added);
  EXPECT_EQ(queue_->waiting(), 0U);
  EXPECT_THAT(running_, IsEmpty());
}

}  // namespace
}  // namespace berth::http
