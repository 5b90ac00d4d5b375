#include "controller/runtime/watch_hub.hpp"

#include <gmock/gmock.h>

#include "controller/runtime/cached_object.hpp"
#include "controller/store/memory_store.hpp"
#include "tests/unit/controller/runtime/store_writes.hpp"

namespace berth::runtime {
namespace {

using std::chrono::seconds;
using store::ChangeType;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::Pair;
using testing::SizeIs;

std::vector<std::string> namesOf(const HubList& list) {
  std::vector<std::string> names;
  for (const auto& object : list.objects) names.push_back(object->stored->key.text());
  return names;
}

std::vector<std::string> textOf(const std::vector<HubChangePtr>& changes) {
  std::vector<std::string> texts;
  for (const auto& change : changes) {
    const char* type = change->type == ChangeType::Added      ? "+"
                       : change->type == ChangeType::Modified ? "~"
                                                              : "-";
    texts.push_back(type + change->object->stored->key.name);
  }
  return texts;
}

/// A store whose log has a hole.
class HoleyStore final : public store::Store {
 public:
  explicit HoleyStore(store::Store& inner) : inner_(inner) {}
  bool holey = false;

  Result<store::StoredObjectPtr> write(const Context& context, const store::Write& write) override {
    return inner_.write(context, write);
  }
  Result<store::StoredObjectPtr> get(
      const Context& context, const std::string& resource, const ObjectKey& key) override {
    return inner_.get(context, resource, key);
  }
  Result<store::Page> list(const Context& context, const ListOptions& options) override {
    return inner_.list(context, options);
  }
  Result<store::Changes> changesSince(
      const Context& context, Revision revision, std::size_t limit) override {
    auto changes = inner_.changesSince(context, revision, limit);
    if (holey && changes && !changes->changes.empty())
      changes->changes.erase(changes->changes.begin());
    return changes;
  }
  Result<Revision> compact(const Context& context, std::int64_t keep) override {
    return inner_.compact(context, keep);
  }

 private:
  store::Store& inner_;
};

class WatchHubTest : public testing::Test {
 protected:
  Time feed() { return hub_->turn({}, clock_.now()); }
  std::unique_ptr<Subscription> subscribe(const std::string& resource = kThings) {
    auto pair = hub_->listAndSubscribe(resource, [this] { ++wakes_; });
    return std::move(pair.second);
  }
  void makeHub(WatchHub::Options options) {
    hub_ = makeWatchHub(holey_, clock_, std::move(options));
  }

  FakeClock clock_;
  store::MemoryStore store_{clock_};
  HoleyStore holey_{store_};
  std::unique_ptr<WatchHub> hub_ = makeWatchHub(holey_, clock_);
  int wakes_ = 0;
};

TEST_F(WatchHubTest, ShowsWhatWasThereBefore) {
  create(store_, "b");
  create(store_, "a", {{"metadata", {{"labels", {{"tier", "gold"}}}}}});

  feed();

  EXPECT_TRUE(hub_->synced());
  EXPECT_THAT(namesOf(hub_->list(kThings, "")), ElementsAre("acme/a", "acme/b"));
  EXPECT_THAT(namesOf(hub_->list(kThings, "other")), IsEmpty());
  EXPECT_THAT(hub_->get(kThings, {"acme", "a"})->labels, ElementsAre(Pair("tier", "gold")));
}

TEST_F(WatchHubTest, GivesEveryChangeOfTheResourceOnceInOrder) {
  feed();
  const auto subscription = subscribe();

  create(store_, "a");
  create(store_, "x", Json::object(), kOthers);
  replace(store_, "a");
  remove(store_, "a");
  feed();

  const auto changes = *subscription->poll();
  EXPECT_THAT(textOf(changes), ElementsAre("+a", "~a", "-a"));
  EXPECT_EQ(changes[0]->previous, nullptr);
  EXPECT_EQ(changes[2]->previous, changes[1]->object);
  EXPECT_EQ(subscription->position(), hub_->revision());
  EXPECT_THAT(*subscription->poll(), IsEmpty());
  EXPECT_EQ(hub_->get(kThings, {"acme", "a"}), nullptr);
}

TEST_F(WatchHubTest, WakesSubscribersOfTheChangedResourceOnly) {
  feed();
  const auto things = subscribe(kThings);
  const auto others = subscribe(kOthers);

  create(store_, "a");
  create(store_, "b");
  feed();

  EXPECT_EQ(wakes_, 1);
}

TEST_F(WatchHubTest, DoesNotWakeWhoHasEnded) {
  feed();
  subscribe();

  create(store_, "a");
  feed();

  EXPECT_EQ(wakes_, 0);
}

TEST_F(WatchHubTest, ContinuesFromARevision) {
  feed();
  const auto first = create(store_, "a");
  create(store_, "b");
  feed();

  const auto subscription = hub_->subscribe(kThings, first, [] {});

  ASSERT_TRUE(subscription);
  EXPECT_THAT(textOf(*(*subscription)->poll()), ElementsAre("+b"));
}

TEST_F(WatchHubTest, ContinuesFromARevisionBeforeItsStart) {
  const auto first = create(store_, "a");
  create(store_, "b");
  feed();

  const auto subscription = hub_->subscribe(kThings, first, [] {});

  ASSERT_TRUE(subscription);
  EXPECT_THAT(textOf(*(*subscription)->poll()), ElementsAre("+b"));
  EXPECT_THAT(namesOf(hub_->list(kThings, "")), ElementsAre("acme/a", "acme/b"));
}

TEST_F(WatchHubTest, RefusesARevisionBeforeWhatTheStoreRemembers) {
  const auto first = create(store_, "a");
  create(store_, "b");
  ASSERT_TRUE(store_.compact({}, 0));
  feed();

  EXPECT_EQ(hub_->subscribe(kThings, first, [] {}).error().reason, Reason::Expired);
  EXPECT_EQ(hub_->subscribe(kThings, 1, [] {}).error().reason, Reason::Expired);
  EXPECT_THAT(namesOf(hub_->list(kThings, "")), ElementsAre("acme/a", "acme/b"));
}

TEST_F(WatchHubTest, RefusesARevisionOfTheFuture) {
  feed();

  EXPECT_EQ(hub_->subscribe(kThings, hub_->revision() + 1, [] {}).error().reason, Reason::Timeout);
}

TEST_F(WatchHubTest, EndsASubscriberThatFellBehindTheRing) {
  makeHub({.ring = 2});
  feed();
  const auto slow = subscribe();
  const auto quiet = subscribe(kOthers);

  for (const char* name : {"a", "b", "c"}) create(store_, name);
  feed();

  EXPECT_EQ(slow->poll().error().reason, Reason::Expired);
  EXPECT_EQ(slow->poll().error().reason, Reason::Expired);
  EXPECT_THAT(*quiet->poll(), IsEmpty());
}

TEST_F(WatchHubTest, ServesAChangeThatIsOlderThanARingFullOfOthers) {
  makeHub({.ring = 2});
  feed();
  const auto things = subscribe(kThings);
  create(store_, "a");
  feed();
  create(store_, "x", Json::object(), kOthers);
  feed();

  EXPECT_THAT(textOf(*things->poll()), ElementsAre("+a"));
}

TEST_F(WatchHubTest, BeginsAnewAndTellsSubscribersWhenTheStoreWasRestored) {
  create(store_, "a");
  const auto kept = create(store_, "b");
  create(store_, "c");
  feed();
  const auto subscription = subscribe();

  store_.restoreTo(kept);
  feed();

  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(subscription->poll().error().reason, Reason::Expired);
  EXPECT_THAT(namesOf(hub_->list(kThings, "")), ElementsAre("acme/a", "acme/b"));
}

TEST_F(WatchHubTest, BeginsAnewWhenTheLogWasCompactedUnderIt) {
  feed();
  const auto subscription = subscribe();
  for (const char* name : {"a", "b", "c"}) create(store_, name);
  ASSERT_TRUE(store_.compact({}, 1));

  feed();

  EXPECT_EQ(subscription->poll().error().reason, Reason::Expired);
  EXPECT_THAT(hub_->list(kThings, "").objects, SizeIs(3));
}

TEST_F(WatchHubTest, NeverGoesBackInTime) {
  const auto first = create(store_, "a");
  create(store_, "b");
  feed();

  store_.readStale(first);
  feed();

  EXPECT_THAT(hub_->list(kThings, "").objects, SizeIs(2));
}

TEST_F(WatchHubTest, StopsServingOnAGapAndCountsIt) {
  Metrics metrics;
  makeHub({.metrics = &metrics});
  feed();
  const auto subscription = subscribe();
  holey_.holey = true;
  create(store_, "a");
  create(store_, "b");

  feed();

  EXPECT_FALSE(hub_->synced());
  EXPECT_EQ(subscription->poll().error().reason, Reason::Expired);
  EXPECT_THAT(metrics.text(), testing::HasSubstr("berth_watch_hub_alarms_total 1"));

  holey_.holey = false;
  feed();
  EXPECT_TRUE(hub_->synced());
  EXPECT_THAT(hub_->list(kThings, "").objects, SizeIs(2));
}

TEST_F(WatchHubTest, KeepsServingWhileTheStoreIsAway) {
  create(store_, "a");
  feed();

  store_.failNext({Reason::ServiceUnavailable, "away"});
  const Time next = feed();

  EXPECT_TRUE(hub_->synced());
  EXPECT_THAT(hub_->list(kThings, "").objects, SizeIs(1));
  EXPECT_LE(next - clock_.now(), seconds(5));
}

TEST_F(WatchHubTest, ReadsOftenAfterAChangeAndRarelyWhenIdle) {
  makeHub({.idlePoll = seconds(1), .busyPoll = std::chrono::milliseconds(50)});
  feed();
  create(store_, "a");

  EXPECT_EQ(feed() - clock_.now(), std::chrono::milliseconds(50));
  clock_.advance(seconds(2));
  EXPECT_EQ(feed() - clock_.now(), seconds(1));
}

TEST_F(WatchHubTest, WaitForReadsWhatWasCommittedBefore) {
  feed();
  const auto revision = create(store_, "a");

  EXPECT_TRUE(hub_->waitFor({}, revision));

  EXPECT_THAT(hub_->list(kThings, "").objects, SizeIs(1));
}

TEST_F(WatchHubTest, WaitForGivesUpAtItsDeadline) {
  feed();
  Context context;
  context.deadline = clock_.now() + std::chrono::milliseconds(1);

  EXPECT_EQ(hub_->waitFor(context, hub_->revision() + 1).error().reason, Reason::Timeout);
}

TEST_F(WatchHubTest, HintWakesTheFeeder) {
  int woken = 0;
  hub_->hint();
  hub_->wakeWith([&] { ++woken; });
  hub_->hint();

  EXPECT_EQ(woken, 2);
}

TEST(LabelsTest, AreReadFromMetadataOnly) {
  const auto labels = labelsOf(
      R"({"labels":{"no":"1"},"metadata":{"annotations":{"no":"2"},"labels":{"a":"b","c":"d"},)"
      R"("managedFields":[{"labels":{"no":"3"}}]},"spec":{"labels":{"no":"4"}}})");

  EXPECT_THAT(labels, ElementsAre(Pair("a", "b"), Pair("c", "d")));
}

}  // namespace
}  // namespace berth::runtime
