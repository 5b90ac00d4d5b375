#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class WatchTest : public ApiFixture {};

TEST_F(WatchTest, BeginsWithTheStateAndGoesOn) {
  createHost("a");
  const auto stream = watch(kHosts + "?watch=1");

  patch(kHosts + "/a", {{"spec", {{"region", "eu"}}}});
  call("DELETE", kHosts + "/a");
  settle();

  EXPECT_THAT(stream->summary(), ElementsAre("ADDED a", "MODIFIED a", "DELETED a"));
}

TEST_F(WatchTest, ContinuesAfterAVersionWithoutGapOrRepeat) {
  const auto created = createHost("a");
  createHost("b");

  const auto stream =
      watch(kHosts + "?watch=1&resourceVersion=" + created.at("metadata.resourceVersion"));
  createHost("c");
  settle();

  EXPECT_THAT(stream->summary(), ElementsAre("ADDED b", "ADDED c"));
}

TEST_F(WatchTest, TellsOfADeletionWithTheLastStateAndTheNewVersion) {
  const auto created = createHost("a");
  const auto stream = watch(kHosts + "?watch=1");

  call("DELETE", kHosts + "/a");
  settle();

  const auto last = stream->events().back();
  EXPECT_EQ(stringAt(last, "type"), "DELETED");
  EXPECT_EQ(stringAt(last, "object.spec.connection.type"), "Local");
  EXPECT_GT(
      std::stoll(stringAt(last, "object.metadata.resourceVersion")),
      std::stoll(created.at("metadata.resourceVersion")));
}

TEST_F(WatchTest, TurnsChangesOfTheSelectionIntoAddedAndDeleted) {
  createHost("a", {{"tier", "tin"}});
  const auto stream = watch(kHosts + "?watch=1&labelSelector=tier%3Dgold");

  patch(kHosts + "/a", {{"metadata", {{"labels", {{"tier", "gold"}}}}}});
  patch(kHosts + "/a", {{"spec", {{"region", "eu"}}}});
  const auto left = patch(kHosts + "/a", {{"metadata", {{"labels", {{"tier", "tin"}}}}}});
  patch(kHosts + "/a", {{"spec", {{"region", "us"}}}});
  settle();

  EXPECT_THAT(stream->summary(), ElementsAre("ADDED a", "MODIFIED a", "DELETED a"));
  const auto last = stream->events().back();
  EXPECT_EQ(stringAt(last, "object.metadata.labels.tier"), "gold");
  EXPECT_EQ(stringAt(last, "object.metadata.resourceVersion"), left.at("metadata.resourceVersion"));
}

TEST_F(WatchTest, SelectsOneObjectByName) {
  const auto stream = watch(kHosts + "?watch=1&resourceVersion=0&fieldSelector=metadata.name%3Db");

  createHost("a");
  createHost("b");
  settle();

  EXPECT_THAT(stream->summary(), ElementsAre("ADDED b"));
}

TEST_F(WatchTest, SerializesAChangeOnceForAllWatchers) {
  const auto first = watch(kHosts + "?watch=1");
  const auto second = watch(kHosts + "?watch=1");

  createHost("a");
  settle();

  ASSERT_EQ(first->buffers.size(), 1U);
  EXPECT_EQ(first->buffers.back(), second->buffers.back());
}

TEST_F(WatchTest, EndsWithAnErrorWhenTheVersionIsTooOld) {
  const auto created = createHost("a");
  createHost("b");
  static_cast<void>(store_.compact({}, 0));

  const auto stream = watch(kHosts + "?watch=1&resourceVersion=1");

  ASSERT_EQ(stream->events().size(), 1U);
  EXPECT_EQ(stringAt(stream->events()[0], "type"), "ERROR");
  EXPECT_EQ(stream->events()[0]["object"]["code"], 410);
  EXPECT_EQ(stringAt(stream->events()[0], "object.reason"), "Expired");
  EXPECT_TRUE(stream->closed);
}

TEST_F(WatchTest, EndsCleanlyAtItsTimeout) {
  const auto stream = watch(kHosts + "?watch=1&timeoutSeconds=5");

  clock_.advance(std::chrono::seconds(4));
  settle();
  const bool early = stream->closed;
  clock_.advance(std::chrono::seconds(2));
  settle();

  EXPECT_FALSE(early);
  EXPECT_TRUE(stream->closed);
  EXPECT_THAT(stream->events(), IsEmpty());
}

TEST_F(WatchTest, SendsBookmarksWhenAllowed) {
  const auto stream = watch(kHosts + "?watch=1&allowWatchBookmarks=true");
  call("POST", "/api/v1/namespaces", R"({"metadata":{"name":"elsewhere"}})");
  settle();

  clock_.advance(std::chrono::seconds(61));
  settle();

  ASSERT_EQ(stream->events().size(), 1U);
  EXPECT_EQ(stringAt(stream->events()[0], "type"), "BOOKMARK");
  EXPECT_EQ(stringAt(stream->events()[0], "object.kind"), "Host");
  EXPECT_EQ(
      stringAt(stream->events()[0], "object.metadata.resourceVersion"),
      std::to_string(hub_->revision()));
}

TEST_F(WatchTest, MarksTheEndOfTheInitialState) {
  createHost("a");

  const auto stream = watch(
      kHosts +
      "?watch=1&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true");

  ASSERT_EQ(stream->events().size(), 2U);
  EXPECT_EQ(
      stream->events()[1]["object"]["metadata"]["annotations"]["k8s.io/initial-events-end"],
      "true");
}

TEST_F(WatchTest, NamesTheColumnsOfATableOnce) {
  const auto answer = call(
      "GET", kHosts + "?watch=1", {}, {{"Accept", "application/json;as=Table;v=v1;g=meta.k8s.io"}});
  auto writer = std::make_shared<RecordingWriter>();
  answer.stream(writer);

  createHost("a");
  createHost("b");
  settle();

  ASSERT_EQ(writer->events().size(), 2U);
  EXPECT_TRUE(writer->events()[0]["object"]["columnDefinitions"].is_array());
  EXPECT_TRUE(writer->events()[1]["object"]["columnDefinitions"].is_null());
}

TEST_F(WatchTest, ForgetsAWatcherThatHangsUpOrReadsTooSlowly) {
  const auto gone = watch(kHosts + "?watch=1");
  const auto slow = watch(kHosts + "?watch=1");
  slow->accepts = false;

  gone->hangUp();
  createHost("a");
  settle();

  EXPECT_THAT(gone->events(), IsEmpty());
  EXPECT_EQ(api_.openWatches(), 0U);
}

}  // namespace
}  // namespace berth::api
