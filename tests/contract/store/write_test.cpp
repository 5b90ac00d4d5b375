#include <gmock/gmock.h>

#include "tests/contract/store/store_bed.hpp"

namespace berth::store {
namespace {

class StoreWriteTest : public StoreTest {};
INSTANTIATE_TEST_SUITE_P(
    All, StoreWriteTest, testing::ValuesIn(bedKinds()), testing::PrintToStringParamName());

TEST_P(StoreWriteTest, KeepsWhatWasCreatedWithItsRevisionInItsPlace) {
  const auto created = put(create("www"));
  const auto found = store().get({}, kKind, {"acme", "www"});

  EXPECT_EQ(created->revision, start_ + 1);
  EXPECT_EQ(created->createRevision, start_ + 1);
  EXPECT_EQ(created->uid, "uid-of-www");
  EXPECT_EQ(created->bytes, served(start_ + 1, "v1"));
  ASSERT_TRUE(found && *found);
  EXPECT_EQ((*found)->bytes, created->bytes);
  EXPECT_EQ((*found)->resource, kKind);
  EXPECT_EQ((*found)->key, (ObjectKey{"acme", "www"}));
}

TEST_P(StoreWriteTest, HasNothingWhereNothingWasWritten) {
  put(create("www"));

  EXPECT_EQ(*store().get({}, kKind, {"acme", "ww"}), nullptr);
  EXPECT_EQ(*store().get({}, kKind, {"", "www"}), nullptr);
  EXPECT_EQ(*store().get({}, "hosts.berth.dev", {"acme", "www"}), nullptr);
}

TEST_P(StoreWriteTest, RefusesToCreateWhatExists) {
  put(create("www"));

  EXPECT_EQ(refused(create("www", "other")), Reason::AlreadyExists);
  EXPECT_EQ((*store().get({}, kKind, {"acme", "www"}))->bytes, served(start_ + 1, "v1"));
}

TEST_P(StoreWriteTest, ReplacesTheExpectedRevision) {
  const auto first = put(create("www"));
  const auto second = put(replace(*first, "v2"));

  EXPECT_EQ(second->revision, start_ + 2);
  EXPECT_EQ(second->createRevision, start_ + 1);
  EXPECT_EQ(second->uid, first->uid);
  EXPECT_EQ((*store().get({}, kKind, {"acme", "www"}))->bytes, served(start_ + 2, "v2"));
}

TEST_P(StoreWriteTest, ReplacesWhateverIsThereWhenNothingIsExpected) {
  const auto first = put(create("www"));
  put(replace(*first, "v2"));

  auto blind = replace(*first, "v3");
  blind.expected.reset();
  blind.uid.clear();

  EXPECT_EQ(put(blind)->bytes, served(start_ + 3, "v3"));
}

TEST_P(StoreWriteTest, RefusesARevisionThatIsNotTheNewest) {
  const auto first = put(create("www"));
  const auto second = put(replace(*first, "v2"));

  EXPECT_EQ(refused(replace(*first, "v3")), Reason::Conflict);
  EXPECT_EQ(refused(remove(*first)), Reason::Conflict);
  auto future = replace(*second);
  ++*future.expected;
  EXPECT_EQ(refused(future), Reason::Conflict);
}

TEST_P(StoreWriteTest, RefusesAnotherLifeOfTheSameName) {
  const auto first = put(create("www"));
  put(remove(*first));
  auto again = create("www");
  again.uid = "second-life";
  const auto second = put(again);

  auto late = remove(*first);
  late.expected.reset();

  EXPECT_EQ(refused(late), Reason::Conflict);
  EXPECT_EQ(second->uid, "second-life");
  EXPECT_EQ(second->createRevision, start_ + 3);
}

TEST_P(StoreWriteTest, RefusesToChangeWhatIsAbsent) {
  const auto object = put(create("www"));
  put(remove(*object));

  EXPECT_EQ(refused(replace(*object)), Reason::NotFound);
  EXPECT_EQ(refused(remove(*object)), Reason::NotFound);
}

TEST_P(StoreWriteTest, DeletesAndReturnsTheLastStateAtTheDeletionsRevision) {
  const auto object = put(create("www"));
  const auto deleted = put(remove(*object));

  EXPECT_EQ(deleted->bytes, served(start_ + 2, "v1"));
  EXPECT_EQ(deleted->revision, start_ + 2);
  EXPECT_EQ(deleted->uid, object->uid);
  EXPECT_EQ(*store().get({}, kKind, {"acme", "www"}), nullptr);
}

TEST_P(StoreWriteTest, SpendsNoRevisionOnAWriteThatIsRefused) {
  const auto object = put(create("www"));
  put(replace(*object));
  refused(create("www"));
  refused(replace(*object));

  EXPECT_EQ(put(create("other"))->revision, start_ + 3);
}

TEST_P(StoreWriteTest, CountsAllKindsWithOneCounter) {
  auto host = create("a");
  host.resource = "hosts.berth.dev";
  host.key = {"", "a"};

  EXPECT_EQ(put(host)->revision, start_ + 1);
  EXPECT_EQ(put(create("a"))->revision, start_ + 2);
}

TEST_P(StoreWriteTest, KeepsOddNamesAndTextsApart) {
  const std::vector<std::string> names{
      "a'b", "a\"b", "a\\b", "a%b", "a/b", "grüße", "日本", "{a,b}", std::string(253, 'x'), "NULL"};
  for (const auto& name : names) put(create(name, R"(\u0000 \\ \" 🚢 {1,2} )" + name));

  const auto page = store().list({}, {.resource = kKind});
  ASSERT_TRUE(page);
  EXPECT_EQ(page->objects.size(), names.size());
  for (const auto& name : names) {
    const auto found = store().get({}, kKind, {"acme", name});
    ASSERT_TRUE(found && *found) << name;
    EXPECT_EQ((*found)->bytes, served((*found)->revision, R"(\u0000 \\ \" 🚢 {1,2} )" + name));
  }
}

TEST_P(StoreWriteTest, KeepsAHugeBody) {
  const std::string text(5 << 20, 'x');
  const auto object = put(create("big", text));

  EXPECT_EQ((*store().get({}, kKind, {"acme", "big"}))->bytes, served(object->revision, text));
  EXPECT_EQ(log().at(0).object->bytes, served(object->revision, text));
}

TEST_P(StoreWriteTest, PutsTheRevisionAtEitherEndOfTheBytes) {
  auto front = create("front");
  front.body = {"x", 0};
  auto back = create("back");
  back.body = {"x", 1};
  auto alone = create("alone");
  alone.body = {"", 0};

  EXPECT_EQ(put(front)->bytes, std::to_string(start_ + 1) + "x");
  EXPECT_EQ(put(back)->bytes, "x" + std::to_string(start_ + 2));
  EXPECT_EQ(put(alone)->bytes, std::to_string(start_ + 3));
}

TEST_P(StoreWriteTest, RefusesAPlaceOutsideOfTheBytes) {
  auto write = create("www");
  write.body.revisionAt = write.body.bytes.size() + 1;

  EXPECT_EQ(refused(write), Reason::Invalid);
  EXPECT_EQ(head(), start_);
}

}  // namespace
}  // namespace berth::store
