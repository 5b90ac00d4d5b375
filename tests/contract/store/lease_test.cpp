#include "tests/contract/store/store_bed.hpp"

namespace berth::store {
namespace {

class StoreLeaseTest : public StoreTest {
 protected:
  static constexpr Duration kTtl = std::chrono::seconds(10);

  LeaseState attempt(const std::string& holder) {
    auto state = leases().tryLease({}, "leader", holder, kTtl);
    if (!state) throw std::runtime_error("lease: " + state.error().message);
    return *state;
  }
  static Context holding(std::int64_t token) { return {.epoch = {"leader", token}}; }
};
INSTANTIATE_TEST_SUITE_P(
    All, StoreLeaseTest, testing::ValuesIn(bedKinds()), testing::PrintToStringParamName());

TEST_P(StoreLeaseTest, IsTakenByTheFirstAndKeptFromTheSecond) {
  const auto first = attempt("a");
  const auto second = attempt("b");

  EXPECT_TRUE(first.held);
  EXPECT_EQ(first.token, 1);
  EXPECT_FALSE(second.held);
  EXPECT_EQ(second.token, 1);
  EXPECT_GT(second.left, Duration::zero());
  EXPECT_LE(second.left, kTtl);
}

TEST_P(StoreLeaseTest, IsRenewedByItsHolder) {
  attempt("a");
  bed_->pass(kTtl / 2);
  const auto renewed = attempt("a");
  bed_->pass(kTtl * 3 / 4);

  EXPECT_TRUE(renewed.held);
  EXPECT_EQ(renewed.token, 1);
  EXPECT_EQ(renewed.renewals, 1);
  EXPECT_FALSE(attempt("b").held);
}

TEST_P(StoreLeaseTest, IsTakenWithAGreaterTokenWhenItHasExpired) {
  attempt("a");
  attempt("a");
  bed_->pass(kTtl + std::chrono::milliseconds(1));
  const auto taken = attempt("b");

  EXPECT_TRUE(taken.held);
  EXPECT_EQ(taken.token, 2);
  EXPECT_EQ(taken.renewals, 0);
  EXPECT_FALSE(attempt("a").held);
}

TEST_P(StoreLeaseTest, IsNewForItsOwnHolderToWhenItHasExpired) {
  attempt("a");
  bed_->pass(kTtl * 2);

  EXPECT_EQ(attempt("a").token, 2);
}

TEST_P(StoreLeaseTest, NeedNotBeWaitedForWhenItWasGivenUp) {
  attempt("a");
  ASSERT_TRUE(leases().release({}, "leader", "a"));

  EXPECT_EQ(attempt("b").token, 2);
}

TEST_P(StoreLeaseTest, IsNotGivenUpBySomebodyElse) {
  attempt("a");
  ASSERT_TRUE(leases().release({}, "leader", "b"));
  ASSERT_TRUE(leases().release({}, "unknown", "b"));

  EXPECT_FALSE(attempt("b").held);
}

TEST_P(StoreLeaseTest, HasNothingToDoWithAnother) {
  attempt("a");
  const auto other = leases().tryLease({}, "other", "b", kTtl);

  ASSERT_TRUE(other);
  EXPECT_TRUE(other->held);
}

TEST_P(StoreLeaseTest, LetsItsHolderWrite) {
  attempt("a");

  EXPECT_TRUE(store().write(holding(1), create("www")));
}

TEST_P(StoreLeaseTest, FencesTheOldHolderOnceThereIsANewOne) {
  attempt("a");
  bed_->pass(kTtl * 2);
  ASSERT_TRUE(store().write(holding(1), create("before"))) << "nobody else leads yet";
  attempt("b");

  EXPECT_EQ(refused(create("www"), holding(1)), Reason::Forbidden);
  EXPECT_TRUE(store().write(holding(2), create("www")));
  EXPECT_EQ(head(), start_ + 2);
}

TEST_P(StoreLeaseTest, FencesTheTokenOfALeaseThatIsUnknown) {
  EXPECT_EQ(refused(create("www"), holding(1)), Reason::Forbidden);
  EXPECT_TRUE(store().write({}, create("www"))) << "without an epoch nothing is fenced";
}

TEST_P(StoreLeaseTest, FencesDeletesAndReplacesAlike) {
  const auto object = put(create("www"));
  attempt("a");
  ASSERT_TRUE(leases().release({}, "leader", "a"));
  attempt("b");

  EXPECT_EQ(refused(replace(*object), holding(1)), Reason::Forbidden);
  EXPECT_EQ(refused(remove(*object), holding(1)), Reason::Forbidden);
}

}  // namespace
}  // namespace berth::store
