#include <gmock/gmock.h>

#include "tests/contract/store/store_bed.hpp"

namespace berth::store {
namespace {

class StoreClaimTest : public StoreTest {
 protected:
  static Write claiming(Write write, std::vector<std::string> claims) {
    write.claims = std::move(claims);
    return write;
  }
};
INSTANTIATE_TEST_SUITE_P(
    All, StoreClaimTest, testing::ValuesIn(bedKinds()), testing::PrintToStringParamName());

TEST_P(StoreClaimTest, RefusesAClaimThatIsTakenAndNamesItsHolder) {
  put(claiming(create("a"), {"domain/chat.example.org"}));

  const auto result = store().write({}, claiming(create("b"), {"domain/chat.example.org"}));

  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().reason, Reason::Invalid);
  EXPECT_EQ(
      result.error().message,
      "domain/chat.example.org is taken by clientdeployments.berth.dev acme/a");
  EXPECT_EQ(*store().get({}, kKind, {"acme", "b"}), nullptr);
  EXPECT_EQ(head(), start_ + 1);
}

TEST_P(StoreClaimTest, KeepsTheClaimsOfItsHolder) {
  const auto object = put(claiming(create("a"), {"x", "y"}));
  put(claiming(replace(*object), {"y", "x"}));

  EXPECT_EQ(refused(claiming(create("b"), {"x"})), Reason::Invalid);
  EXPECT_EQ(refused(claiming(create("b"), {"y"})), Reason::Invalid);
}

TEST_P(StoreClaimTest, GivesUpWhatAReplaceNamesNoMore) {
  const auto object = put(claiming(create("a"), {"x", "y"}));
  put(claiming(replace(*object), {"y"}));

  put(claiming(create("b"), {"x"}));
  EXPECT_EQ(refused(claiming(create("c"), {"y"})), Reason::Invalid);
}

TEST_P(StoreClaimTest, GivesUpEverythingWithADelete) {
  const auto object = put(claiming(create("a"), {"x", "y"}));
  put(remove(*object));

  EXPECT_EQ(put(claiming(create("b"), {"y", "x"}))->revision, start_ + 3);
}

TEST_P(StoreClaimTest, LeavesAllClaimsAloneWhenTheWriteIsRefused) {
  const auto object = put(claiming(create("a"), {"x"}));
  put(claiming(create("b"), {"z"}));
  auto stale = claiming(replace(*object), {"y"});
  --*stale.expected;

  EXPECT_EQ(refused(stale), Reason::Conflict);
  EXPECT_EQ(refused(claiming(replace(*object), {"y", "z"})), Reason::Invalid);

  EXPECT_EQ(refused(claiming(create("c"), {"x"})), Reason::Invalid);
  put(claiming(create("c"), {"y"}));
}

TEST_P(StoreClaimTest, TellsKindsApart) {
  put(claiming(create("a"), {"x"}));
  auto host = claiming(create("a"), {"x"});
  host.resource = "hosts.berth.dev";

  EXPECT_EQ(refused(host), Reason::Invalid);
}

TEST_P(StoreClaimTest, TakesAClaimThatIsNamedTwiceOnce) {
  const auto object = put(claiming(create("a"), {"x", "x"}));
  put(claiming(replace(*object), {}));

  put(claiming(create("b"), {"x"}));
}

TEST_P(StoreClaimTest, DoesNotGiveTheClaimsOfTheOldLifeToTheNew) {
  put(remove(*put(claiming(create("a"), {"x"}))));
  put(create("a"));

  put(claiming(create("b"), {"x"}));
}

}  // namespace
}  // namespace berth::store
