#include "controller/runtime/rate_limiter.hpp"

#include <gmock/gmock.h>

namespace berth::runtime {
namespace {

using namespace std::chrono_literals;
using testing::AllOf;
using testing::Ge;
using testing::Le;

const ObjectKey kA{"acme", "a"};
const ObjectKey kB{"acme", "b"};

class RateLimiterTest : public testing::Test {
 protected:
  FakeClock clock_;
  SeededRandom random_{7};
  RateLimiter limiter_{{}, random_};
};

TEST_F(RateLimiterTest, DoublesWithEveryFailure) {
  EXPECT_THAT(limiter_.next(kA, clock_.now()), AllOf(Ge(4ms), Le(6ms)));
  EXPECT_THAT(limiter_.next(kA, clock_.now()), AllOf(Ge(8ms), Le(12ms)));
  EXPECT_THAT(limiter_.next(kA, clock_.now()), AllOf(Ge(16ms), Le(24ms)));
  EXPECT_EQ(limiter_.failures(kA), 3);
}

TEST_F(RateLimiterTest, StopsDoublingAtFiveMinutes) {
  Duration delay{};
  for (int i = 0; i < 60; ++i) {
    clock_.advance(1min);
    delay = limiter_.next(kA, clock_.now());
  }

  EXPECT_THAT(delay, AllOf(Ge(4min), Le(5min)));
}

TEST_F(RateLimiterTest, KeysDoNotShareFailures) {
  for (int i = 0; i < 10; ++i) static_cast<void>(limiter_.next(kA, clock_.now()));

  EXPECT_THAT(limiter_.next(kB, clock_.now()), Le(6ms));
}

TEST_F(RateLimiterTest, BeginsAnewAfterForget) {
  for (int i = 0; i < 10; ++i) static_cast<void>(limiter_.next(kA, clock_.now()));

  limiter_.forget(kA);

  EXPECT_EQ(limiter_.failures(kA), 0);
  EXPECT_THAT(limiter_.next(kA, clock_.now()), Le(6ms));
}

TEST_F(RateLimiterTest, AllKeysTogetherGetTenASecondAfterAHundred) {
  for (int i = 0; i < 100; ++i)
    static_cast<void>(limiter_.next({"acme", std::to_string(i)}, clock_.now()));

  for (int i = 0; i < 9; ++i)
    static_cast<void>(limiter_.next({"more", std::to_string(i)}, clock_.now()));
  EXPECT_THAT(limiter_.next(kB, clock_.now()), AllOf(Ge(999ms), Le(1001ms)));

  clock_.advance(20s);
  EXPECT_THAT(limiter_.next({"late", "x"}, clock_.now()), Le(6ms));
}

TEST(TokenBucketTest, GivesWhatHasFlowedIn) {
  const Time start = FakeClock().now();
  TokenBucket bucket(1, 2);

  EXPECT_TRUE(bucket.take(start));
  EXPECT_TRUE(bucket.take(start));
  EXPECT_FALSE(bucket.take(start + 500ms));
  EXPECT_TRUE(bucket.take(start + 1500ms));
  EXPECT_FALSE(bucket.take(start + 1600ms));
}

}  // namespace
}  // namespace berth::runtime
