#include <gmock/gmock.h>

#include "controller/runtime/event_writer.hpp"
#include "controller/store/memory_store.hpp"
#include "core/object/core_kinds.hpp"
#include "tests/unit/controller/runtime/memory_client.hpp"
#include "tests/unit/controller/runtime/store_writes.hpp"

namespace berth::runtime {
namespace {

using namespace std::chrono_literals;
using testing::Le;
using testing::SizeIs;
using testing::StartsWith;

const ResourceType kThing{"berth.dev", "v1alpha1", "Thing", "things", true};

EventNote givenNote(const std::string& message = "started") {
  return {kThing, {"acme", "www"}, "uid-1", false, "Started", message};
}

class EventsTest : public testing::Test {
 protected:
  void record(const EventNote& note) {
    writer_.record({}, note);
    writer_.turn({}, clock_.now());
  }
  Json onlyEvent() {
    EXPECT_THAT(client_.documents, SizeIs(1));
    return client_.documents.empty() ? Json() : client_.documents.begin()->second;
  }

  FakeClock clock_;
  MemoryClient client_;
  Metrics metrics_;
  EventWriter writer_{client_, clock_, {.instance = "me", .metrics = &metrics_}};
};

TEST_F(EventsTest, WritesACoreEventAboutTheObject) {
  record(givenNote());

  const auto event = onlyEvent();
  EXPECT_EQ(stringAt(event, "kind"), "Event");
  EXPECT_EQ(stringAt(event, "metadata.namespace"), "acme");
  EXPECT_EQ(stringAt(event, "involvedObject.kind"), "Thing");
  EXPECT_EQ(stringAt(event, "involvedObject.uid"), "uid-1");
  EXPECT_EQ(stringAt(event, "type"), "Normal");
  EXPECT_EQ(stringAt(event, "reason"), "Started");
  EXPECT_EQ(stringAt(event, "message"), "started");
  EXPECT_EQ(integerAt(event, "count"), 1);
}

TEST_F(EventsTest, WritesNothingBeforeItsTurn) {
  writer_.record({}, givenNote());

  EXPECT_EQ(client_.writes, 0);
}

TEST_F(EventsTest, TheSameNoteAgainRaisesTheCount) {
  record(givenNote());
  const auto first = stringAt(onlyEvent(), "firstTimestamp");
  clock_.advance(1min);

  record(givenNote());

  EXPECT_EQ(integerAt(onlyEvent(), "count"), 2);
  EXPECT_EQ(stringAt(onlyEvent(), "firstTimestamp"), first);
  EXPECT_EQ(stringAt(onlyEvent(), "lastTimestamp"), formatRfc3339(clock_.wall()));
}

TEST_F(EventsTest, FindsItsEventAgainAfterARestart) {
  record(givenNote());

  EventWriter restarted(client_, clock_, {});
  restarted.record({}, givenNote());
  restarted.turn({}, clock_.now());

  EXPECT_EQ(integerAt(onlyEvent(), "count"), 2);
}

TEST_F(EventsTest, NotesOfAnotherLifeAreOtherEvents) {
  record(givenNote());
  auto other = givenNote();
  other.uid = "uid-2";

  record(other);

  EXPECT_THAT(client_.documents, SizeIs(2));
}

TEST_F(EventsTest, ManyMessagesBecomeOneEvent) {
  for (int i = 0; i < 20; ++i) record(givenNote("try " + std::to_string(i)));

  EXPECT_THAT(client_.documents, SizeIs(11));
}

TEST_F(EventsTest, ADayOfFailuresMakesFewEvents) {
  for (int i = 0; i < 24 * 60; ++i) {
    clock_.advance(1min);
    record(givenNote("try " + std::to_string(i)));
  }

  EXPECT_THAT(client_.writes, Le(25 + 24 * 12));
}

TEST_F(EventsTest, ANoteThatCannotBeKeptIsCountedAndDropped) {
  client_.failure = Error{Reason::ServiceUnavailable, "away"};

  record(givenNote());

  EXPECT_THAT(client_.documents, SizeIs(0));
  EXPECT_THAT(metrics_.text(), testing::HasSubstr("berth_events_dropped_total 1"));
}

TEST_F(EventsTest, AConflictIsTriedAgain) {
  client_.failure = Error{Reason::Conflict, "changed"};

  record(givenNote());

  EXPECT_THAT(client_.documents, SizeIs(1));
}

TEST_F(EventsTest, NamesAreValidHoweverLongTheObjectsNameIs) {
  auto note = givenNote();
  note.key.name = std::string(235, 'a') + "." + std::string(17, 'b');

  record(note);

  const auto name = client_.documents.begin()->first;
  EXPECT_THAT(name.size(), Le(253U));
  EXPECT_THAT(name, StartsWith("aaa"));
  EXPECT_EQ(name.find(".."), std::string::npos);
}

TEST_F(EventsTest, EventsOfClusterScopedObjectsLiveInDefault) {
  auto note = givenNote();
  note.key = {"", "host-1"};

  record(note);

  EXPECT_EQ(stringAt(onlyEvent(), "metadata.namespace"), "default");
  EXPECT_EQ(findPath(onlyEvent(), "involvedObject.namespace"), nullptr);
}

TEST_F(EventsTest, TheSweeperRemovesWhatIsOlderThanItsTime) {
  store::MemoryStore store(clock_);
  const auto hub = makeWatchHub(store, clock_);
  EventSweeper sweeper(*hub, client_, clock_, 1h);
  for (const char* name : {"old", "new"}) client_.documents[name] = Json::object();
  create(store, "old", {{"lastTimestamp", formatRfc3339(clock_.wall())}}, "events");
  clock_.advance(30min);
  create(store, "new", {{"lastTimestamp", formatRfc3339(clock_.wall())}}, "events");
  clock_.advance(30min);
  hub->turn({}, clock_.now());

  EXPECT_GT(sweeper.turn({}, clock_.now()), clock_.now());

  EXPECT_THAT(client_.documents, testing::ElementsAre(testing::Key("new")));
}

}  // namespace
}  // namespace berth::runtime
