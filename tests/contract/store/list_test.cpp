#include <thread>

#include <gmock/gmock.h>

#include "tests/contract/store/store_bed.hpp"

namespace berth::store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class StoreListTest : public StoreTest {
 protected:
  static std::vector<std::string> namesOf(const Result<Page>& page) {
    if (!page) throw std::runtime_error("list: " + page.error().message);
    std::vector<std::string> names;
    for (const auto& object : page->objects) names.push_back(object->key.text());
    return names;
  }
  /// All pages of two objects, as one list, at the first page's revision.
  std::vector<StoredObjectPtr> paged(
      std::optional<Revision> at, const std::function<void()>& between);
};
INSTANTIATE_TEST_SUITE_P(
    All, StoreListTest, testing::ValuesIn(bedKinds()), testing::PrintToStringParamName());

std::vector<StoredObjectPtr> StoreListTest::paged(
    std::optional<Revision> at, const std::function<void()>& between) {
  std::vector<StoredObjectPtr> all;
  Store::ListOptions options{.resource = kKind, .at = at, .limit = 2};
  while (true) {
    const auto page = store().list({}, options);
    if (!page) throw std::runtime_error("list: " + page.error().message);
    all.insert(all.end(), page->objects.begin(), page->objects.end());
    if (!page->more) return all;
    options.at = page->revision;
    options.after = all.back()->key;
    between();
  }
}

TEST_P(StoreListTest, IsEmptyAtTheStart) {
  const auto page = store().list({}, {.resource = kKind});

  EXPECT_THAT(namesOf(page), IsEmpty());
  EXPECT_FALSE(page->more);
  EXPECT_GT(page->revision, 0);
}

TEST_P(StoreListTest, IsInTheOrderOfNamespaceAndNameByBytes) {
  for (const auto& key : std::vector<ObjectKey>{
           {"b", "a"}, {"a", "b"}, {"a", "B"}, {"a", "a-b"}, {"a", "ab"}, {"", "z"}, {"a", "é"}}) {
    auto write = create("x");
    write.key = key;
    put(write);
  }

  EXPECT_THAT(
      namesOf(store().list({}, {.resource = kKind})),
      ElementsAre("z", "a/B", "a/a-b", "a/ab", "a/b", "a/é", "b/a"));
}

TEST_P(StoreListTest, ShowsOneKindOrAll) {
  put(create("a"));
  auto host = create("h");
  host.resource = "hosts.berth.dev";
  put(host);

  EXPECT_THAT(namesOf(store().list({}, {.resource = kKind})), ElementsAre("acme/a"));
  EXPECT_THAT(namesOf(store().list({}, {})), ElementsAre("acme/a", "acme/h"));
}

TEST_P(StoreListTest, HasNoPagesOfAllKinds) {
  const auto page = store().list({}, {.limit = 2});

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().reason, Reason::Invalid);
}

TEST_P(StoreListTest, GoesOnAfterAKeyAndSaysWhetherThereIsMore) {
  for (const auto* name : {"a", "b", "c"}) put(create(name));

  const auto first = store().list({}, {.resource = kKind, .limit = 2});
  const auto second =
      store().list({}, {.resource = kKind, .after = ObjectKey{"acme", "b"}, .limit = 2});
  const auto exact = store().list({}, {.resource = kKind, .limit = 3});

  EXPECT_THAT(namesOf(first), ElementsAre("acme/a", "acme/b"));
  EXPECT_TRUE(first->more);
  EXPECT_THAT(namesOf(second), ElementsAre("acme/c"));
  EXPECT_FALSE(second->more);
  EXPECT_FALSE(exact->more);
}

TEST_P(StoreListTest, ShowsEveryRevisionThatWas) {
  const auto a = put(create("a"));
  const auto b = put(create("b"));
  put(replace(*a, "v2"));
  put(remove(*b));
  put(create("b", "again"));

  const auto at = [&](Revision offset) {
    return namesOf(store().list({}, {.resource = kKind, .at = start_ + offset}));
  };
  EXPECT_THAT(at(0), IsEmpty());
  EXPECT_THAT(at(1), ElementsAre("acme/a"));
  EXPECT_THAT(at(2), ElementsAre("acme/a", "acme/b"));
  EXPECT_THAT(at(4), ElementsAre("acme/a"));
  EXPECT_THAT(at(5), ElementsAre("acme/a", "acme/b"));
  const auto second = store().list({}, {.resource = kKind, .at = start_ + 2});
  EXPECT_EQ(second->objects[0]->bytes, served(start_ + 1, "v1"));
  const auto last = store().list({}, {.resource = kKind, .at = start_ + 5});
  EXPECT_EQ(last->objects[0]->bytes, served(start_ + 3, "v2"));
  EXPECT_EQ(last->objects[1]->bytes, served(start_ + 5, "again"));
}

TEST_P(StoreListTest, ShowsAllKindsAtARevisionThatWas) {
  const auto a = put(create("a"));
  auto host = create("h");
  host.resource = "hosts.berth.dev";
  put(host);
  put(remove(*a));

  EXPECT_THAT(namesOf(store().list({}, {.at = start_ + 2})), ElementsAre("acme/a", "acme/h"));
}

TEST_P(StoreListTest, KeepsItsPagesTogetherWhileOthersWrite) {
  for (int i = 0; i < 9; ++i) put(create("n" + std::to_string(i)));
  const auto before = store().list({}, {.resource = kKind});
  int step = 0;
  const auto disturb = [&] {
    put(create("n" + std::to_string(step) + "-new"));
    const auto old = before->objects[std::size_t(8 - step)];
    put(step % 2 == 0 ? remove(*old) : replace(*old, "changed"));
    ++step;
  };

  const auto all = paged(std::nullopt, disturb);

  ASSERT_EQ(all.size(), before->objects.size());
  for (std::size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i]->bytes, before->objects[i]->bytes);
  EXPECT_EQ(step, 4);
}

TEST_P(StoreListTest, RefusesTheFuture) {
  const auto page = store().list({}, {.resource = kKind, .at = start_ + 1});

  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().reason, Reason::Invalid);
}

TEST_P(StoreListTest, ShowsWhatIsBeforeTheEdgeUntilItIsCompacted) {
  const auto a = put(create("a"));
  const auto b = put(create("b"));
  put(replace(*a, "v2"));
  put(remove(*b));
  ASSERT_EQ(*store().compact({}, 2), start_ + 2);
  bed_->pass(std::chrono::hours(2));
  ASSERT_EQ(*store().compact({}, 2), start_ + 2);

  const auto behind = store().list({}, {.resource = kKind, .at = start_ + 1});
  const auto edge = store().list({}, {.resource = kKind, .at = start_ + 2});
  const auto after = store().list({}, {.resource = kKind, .at = start_ + 3});

  ASSERT_FALSE(behind);
  EXPECT_EQ(behind.error().reason, Reason::Expired);
  ASSERT_THAT(namesOf(edge), ElementsAre("acme/a", "acme/b"));
  EXPECT_EQ(edge->objects[0]->bytes, served(start_ + 1, "v1"));
  EXPECT_EQ(after->objects[0]->bytes, served(start_ + 3, "v2"));
}

TEST_P(StoreListTest, ShowsTheOldStateOfWhatWasLastChangedLongBeforeTheEdge) {
  const auto a = put(create("a"));
  put(create("b"));
  bed_->pass(std::chrono::hours(2));
  ASSERT_EQ(*store().compact({}, 0), start_ + 2);
  put(replace(*a, "v2"));
  bed_->pass(std::chrono::hours(2));
  ASSERT_EQ(*store().compact({}, 1), start_ + 2);

  const auto page = store().list({}, {.resource = kKind, .at = start_ + 2});

  ASSERT_THAT(namesOf(page), ElementsAre("acme/a", "acme/b"));
  EXPECT_EQ(page->objects[0]->bytes, served(start_ + 1, "v1"));
}

TEST_P(StoreListTest, ShowsOneSnapshotWhileTwoObjectsChangeInTurn) {
  // The writer changes a, then b; so whoever sees one moment sees a at or one ahead of b.
  put(create("a", "0"));
  put(create("b", "0"));
  std::jthread writer([&] {
    for (int i = 1; i <= 100; ++i) {
      for (const auto* name : {"a", "b"}) {
        auto write = create(name, std::to_string(i));
        write.operation = Operation::Replace;
        put(write);
      }
    }
  });

  const Revision last = start_ + 202;
  for (Revision seen = 0; seen < last;) {
    const auto page = store().list({}, {.resource = kKind});
    ASSERT_TRUE(page);
    const auto gap = page->objects.at(0)->revision - page->objects.at(1)->revision;
    ASSERT_TRUE(gap == 1 || gap == -1) << gap;
    ASSERT_EQ(page->revision, std::max(page->objects[0]->revision, page->objects[1]->revision));
    seen = page->revision;
  }
}

}  // namespace
}  // namespace berth::store
