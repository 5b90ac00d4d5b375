#include "tests/contract/store/store_bed.hpp"

namespace berth::store {
namespace {

using std::chrono::hours;
using std::chrono::minutes;

class StoreRequestTest : public StoreTest {
 protected:
  static Write named(
      Write write, const std::string& requestId = "6f1c9a50-0000-4000-8000-00000000") {
    write.requestId = requestId;
    return write;
  }
};
INSTANTIATE_TEST_SUITE_P(
    All, StoreRequestTest, testing::ValuesIn(bedKinds()), testing::PrintToStringParamName());

TEST_P(StoreRequestTest, CreatesOnceForARequestThatIsRepeated) {
  const auto first = put(named(create("www")));
  const auto second = put(named(create("www")));

  EXPECT_EQ(second->bytes, first->bytes);
  EXPECT_EQ(second->uid, first->uid);
  EXPECT_EQ(head(), start_ + 1);
}

TEST_P(StoreRequestTest, AnswersAReplaceAsItWasAlthoughTheObjectHasMovedOn) {
  const auto object = put(create("www"));
  const auto second = put(named(replace(*object, "v2")));
  put(replace(*second, "v3"));

  EXPECT_EQ(put(named(replace(*object, "v2")))->bytes, served(start_ + 2, "v2"));
  EXPECT_EQ(head(), start_ + 3);
}

TEST_P(StoreRequestTest, DeletesOnceAlthoughTheNameIsInUseAgain) {
  const auto object = put(create("www"));
  const auto deleted = put(named(remove(*object)));
  put(create("www", "again"));

  EXPECT_EQ(put(named(remove(*object)))->bytes, deleted->bytes);
  EXPECT_NE(*store().get({}, kKind, {"acme", "www"}), nullptr);
}

TEST_P(StoreRequestTest, RepeatsARefusal) {
  const auto object = put(create("www"));
  const auto first = store().write({}, named(create("www")));
  put(remove(*object));

  const auto second = store().write({}, named(create("www")));

  ASSERT_FALSE(first);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error(), first.error());
}

TEST_P(StoreRequestTest, RemembersWhatWasCompactedSince) {
  const auto object = put(create("www"));
  put(named(replace(*object, "v2")));
  const auto other = put(create("other"));
  put(named(remove(*other), "another"));
  put(replace(**store().get({}, kKind, {"acme", "www"}), "v3"));
  ASSERT_TRUE(store().compact({}, 0));
  bed_->pass(minutes(30));
  ASSERT_TRUE(store().compact({}, 0));

  EXPECT_EQ(put(named(replace(*object, "v2")))->bytes, served(start_ + 2, "v2"));
  EXPECT_EQ(put(named(remove(*other), "another"))->bytes, served(start_ + 4, "v1"));
}

TEST_P(StoreRequestTest, ForgetsAfterSomeHours) {
  put(named(create("www")));
  bed_->pass(hours(2));
  ASSERT_TRUE(store().compact({}, 0));

  EXPECT_EQ(refused(named(create("www"))), Reason::AlreadyExists);
}

TEST_P(StoreRequestTest, TellsRequestsApart) {
  put(named(create("www"), "one"));

  EXPECT_EQ(refused(named(create("www"), "two")), Reason::AlreadyExists);
  EXPECT_EQ(refused(create("www")), Reason::AlreadyExists);
}

TEST_P(StoreRequestTest, AnswersALateRepetitionAlthoughItsWriterIsFenced) {
  const Duration ttl = std::chrono::seconds(10);
  ASSERT_TRUE(leases().tryLease({}, "leader", "a", ttl));
  const Context first{.epoch = {"leader", 1}};
  ASSERT_TRUE(store().write(first, named(create("www"))));
  bed_->pass(ttl * 2);
  ASSERT_TRUE(leases().tryLease({}, "leader", "b", ttl));

  const auto repeated = store().write(first, named(create("www")));

  ASSERT_TRUE(repeated);
  EXPECT_EQ((*repeated)->revision, start_ + 1);
}

}  // namespace
}  // namespace berth::store
