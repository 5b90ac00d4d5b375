#include "tests/unit/controller/api/api_fixture.hpp"
#include "tests/unit/controller/api/protobuf.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;

const std::string kOld = "/api/v1/namespaces/default/events";
const std::string kNew = "/apis/events.k8s.io/v1/namespaces/default/events";

/// Events in their two groups are the same objects.
class EventViewTest : public ApiFixture {
 protected:
  static Json oldEvent(const std::string& name) {
    return {
        {"metadata", {{"name", name}}},
        {"involvedObject", {{"kind", "Host"}, {"name", "a"}}},
        {"message", "it works"},
        {"reason", "Ready"},
        {"type", "Normal"},
        {"count", 2},
        {"source", {{"component", "berth"}}}};
  }
};

TEST_F(EventViewTest, ReadsWhatWasWrittenToTheOther) {
  call("POST", kOld, oldEvent("x").dump());

  const auto read = call("GET", kNew + "/x");

  EXPECT_EQ(read.at("apiVersion"), "events.k8s.io/v1");
  EXPECT_EQ(read.at("note"), "it works");
  EXPECT_EQ(read.at("regarding.name"), "a");
  EXPECT_EQ(read.body["deprecatedCount"], 2);
  EXPECT_EQ(read.at("deprecatedSource.component"), "berth");
  EXPECT_FALSE(read.body.contains("message"));
}

TEST_F(EventViewTest, WritesWhatTheOtherReads) {
  const Json event = {
      {"apiVersion", "events.k8s.io/v1"},
      {"kind", "Event"},
      {"metadata", {{"name", "y"}}},
      {"regarding", {{"kind", "Host"}, {"name", "b"}}},
      {"note", "well"},
      {"reportingController", "berth.dev/test"},
      {"eventTime", "2026-01-02T03:04:05.000006Z"}};
  const auto made = call("POST", kNew, event.dump());
  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.at("note"), "well");

  EXPECT_EQ(patch(kNew + "/y", {{"note", "better"}}).at("note"), "better");

  const auto read = call("GET", kOld + "/y");
  EXPECT_EQ(read.at("apiVersion"), "v1");
  EXPECT_EQ(read.at("message"), "better");
  EXPECT_EQ(read.at("reportingComponent"), "berth.dev/test");
  EXPECT_EQ(read.at("involvedObject.name"), "b");
}

TEST_F(EventViewTest, ListsSelectsAndPrintsByItsOwnNames) {
  call("POST", kOld, oldEvent("x").dump());
  auto other = oldEvent("z");
  other["involvedObject"]["name"] = "other";
  call("POST", kOld, other.dump());

  const auto list = call("GET", kNew + "?fieldSelector=regarding.name%3Da");
  ASSERT_EQ(list.body["items"].size(), 1U) << list.text;
  EXPECT_EQ(list.body["items"][0]["note"], "it works");
  const auto table =
      call("GET", kNew + "/x", {}, {{"Accept", "application/json;as=Table;v=v1;g=meta.k8s.io"}});
  EXPECT_EQ(table.body["rows"][0]["cells"][3], "host/a");
  const auto partial = call(
      "GET",
      kNew,
      {},
      {{"Accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}});
  EXPECT_EQ(partial.body["items"].size(), 2U);
}

TEST_F(EventViewTest, IsWatchedByItsOwnNames) {
  const auto writer = watch(kNew + "?watch=1");

  call("POST", kOld, oldEvent("x").dump());
  call("DELETE", kNew + "/x");
  settle();

  EXPECT_THAT(writer->summary(), ElementsAre("ADDED x", "DELETED x"));
  EXPECT_EQ(writer->events()[0]["object"]["note"], "it works");
  EXPECT_EQ(writer->events()[1]["object"]["apiVersion"], "events.k8s.io/v1");
}

TEST_F(EventViewTest, IsReadFromProtobuf) {
  const auto time = std::string("\x08\x01\x10\xD0\x0F");  // 1 s and 2,000 ns
  const auto body = protobuf(
      "events.k8s.io/v1",
      "Event",
      field(1, field(1, "p")) + field(2, time) + field(8, field(1, "Host") + field(3, "a")) +
          field(10, "noted"));

  const auto made =
      call("POST", kNew, body, {{"Content-Type", "application/vnd.kubernetes.protobuf"}});

  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.at("note"), "noted");
  EXPECT_EQ(made.at("regarding.kind"), "Host");
  EXPECT_EQ(made.at("eventTime"), "1970-01-01T00:00:01.000002Z");
}

TEST_F(EventViewTest, LeasesAreReadFromProtobuf) {
  const std::string leases = "/apis/coordination.k8s.io/v1/namespaces/default/leases";
  const auto body = protobuf(
      "coordination.k8s.io/v1",
      "Lease",
      field(1, field(1, "p")) + field(2, field(1, "me") + std::string("\x10\x0F")));

  const auto made =
      call("POST", leases, body, {{"Content-Type", "application/vnd.kubernetes.protobuf"}});

  ASSERT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.at("spec.holderIdentity"), "me");
  EXPECT_EQ(made.body["spec"]["leaseDurationSeconds"], 15);
}

}  // namespace
}  // namespace berth::api
