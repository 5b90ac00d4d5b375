#include "controller/runtime/leadership.hpp"

#include <gmock/gmock.h>

#include "controller/store/memory_store.hpp"

namespace berth::runtime {
namespace {

using namespace std::chrono_literals;

class LeadershipTest : public testing::Test {
 protected:
  LeadershipTest() {
    first_.onLead([this] { ++terms_; });
  }
  Time turn(Leadership& leadership) { return leadership.turn({}, clock_.now()); }

  FakeClock clock_;
  store::MemoryStore store_{clock_};
  Leadership first_{store_, clock_, {.holder = "first"}};
  Leadership second_{store_, clock_, {.holder = "second"}};
  int terms_ = 0;
};

TEST_F(LeadershipTest, LeadsWhenTheLeaseIsFree) {
  EXPECT_FALSE(first_.known());

  EXPECT_EQ(turn(first_), clock_.now() + 3s);

  ASSERT_TRUE(first_.term());
  EXPECT_EQ(first_.term()->epoch.lease, "berth-controller");
  EXPECT_GT(first_.term()->epoch.token, 0);
  EXPECT_EQ(terms_, 1);
}

TEST_F(LeadershipTest, OnlyOneLeads) {
  turn(first_);

  const Time next = turn(second_);

  EXPECT_FALSE(second_.term());
  EXPECT_TRUE(second_.known());
  EXPECT_LE(next, clock_.now() + 3s);
}

TEST_F(LeadershipTest, RenewingIsNoNewTerm) {
  turn(first_);
  const auto token = first_.term()->epoch.token;
  clock_.advance(3s);

  turn(first_);

  clock_.advance(8s);
  EXPECT_EQ(first_.term()->epoch.token, token);
  EXPECT_EQ(terms_, 1);
}

TEST_F(LeadershipTest, ATermEndsBeforeTheStoreGivesTheLeaseAway) {
  turn(first_);
  const auto end = first_.term()->end;

  clock_.advance(9s);
  turn(second_);

  EXPECT_FALSE(first_.term());
  EXPECT_FALSE(second_.term());

  clock_.advance(1s);
  turn(second_);
  turn(first_);
  EXPECT_TRUE(second_.term());
  EXPECT_FALSE(first_.term());
  EXPECT_TRUE(end.stop_requested());
}

TEST_F(LeadershipTest, ATermLastsWhileTheStoreIsAwayForAMoment) {
  turn(first_);
  clock_.advance(3s);

  store_.failNext({Reason::ServiceUnavailable, "away"});
  const Time next = turn(first_);

  EXPECT_TRUE(first_.term());
  EXPECT_EQ(next, clock_.now() + 1s);
}

TEST_F(LeadershipTest, BeginsANewTermWhenTheOldOneHadRunOut) {
  turn(first_);
  clock_.advance(9s);
  ASSERT_FALSE(first_.term());

  turn(first_);

  EXPECT_TRUE(first_.term());
  EXPECT_EQ(terms_, 2);
}

TEST_F(LeadershipTest, TheNextOneHasANewerToken) {
  turn(first_);
  const auto token = first_.term()->epoch.token;
  first_.resign({});

  turn(second_);

  EXPECT_FALSE(first_.term());
  EXPECT_GT(second_.term()->epoch.token, token);
  EXPECT_EQ(turn(first_), Time::max());
}

}  // namespace
}  // namespace berth::runtime
