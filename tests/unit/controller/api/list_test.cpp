#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;

class ListTest : public ApiFixture {
 protected:
  static std::vector<std::string> names(const Answer& answer) {
    std::vector<std::string> result;
    for (const auto& item : answer.body["items"]) result.push_back(stringAt(item, "metadata.name"));
    return result;
  }

  static inline const std::string kTable = "application/json;as=Table;v=v1;g=meta.k8s.io";
};

TEST_F(ListTest, ShowsEveryAcknowledgedWriteInOrder) {
  createHost("b");
  createHost("a");

  const auto list = call("GET", kHosts);

  EXPECT_EQ(list.at("kind"), "HostList");
  EXPECT_EQ(list.at("apiVersion"), "berth.dev/v1alpha1");
  EXPECT_THAT(names(list), ElementsAre("a", "b"));
  EXPECT_EQ(list.body["items"][0]["kind"], "Host");
}

TEST_F(ListTest, IsAnEmptyListWhenThereIsNothing) {
  EXPECT_EQ(call("GET", kHosts).body["items"], Json::array());
}

TEST_F(ListTest, SelectsByLabelsAndFields) {
  createHost("a", {{"tier", "gold"}});
  createHost("b", {{"tier", "tin"}});
  createHost("c");

  EXPECT_THAT(names(call("GET", kHosts + "?labelSelector=tier%3Dgold")), ElementsAre("a"));
  EXPECT_THAT(names(call("GET", kHosts + "?labelSelector=tier!=gold")), ElementsAre("b", "c"));
  EXPECT_THAT(
      names(call("GET", kHosts + "?labelSelector=tier+in+(gold,tin)")), ElementsAre("a", "b"));
  EXPECT_THAT(names(call("GET", kHosts + "?fieldSelector=metadata.name%3Db")), ElementsAre("b"));
}

TEST_F(ListTest, RefusesSelectorsThatMakeNoSense) {
  const auto field = call("GET", kHosts + "?fieldSelector=spec.image%3Dx");
  const auto label = call("GET", kHosts + "?labelSelector=a%3D%3D%3Db");

  EXPECT_EQ(field.status, 400);
  EXPECT_EQ(field.at("message"), "field label not supported: spec.image");
  EXPECT_EQ(label.status, 400);
}

TEST_F(ListTest, PagesShowTheStateOfTheFirst) {
  for (const char* name : {"a", "b", "c", "d", "e"}) createHost(name);

  const auto first = call("GET", kHosts + "?limit=2");
  createHost("cc");
  call("DELETE", kHosts + "/d");
  const auto second = call("GET", kHosts + "?limit=2&continue=" + first.at("metadata.continue"));
  const auto third = call("GET", kHosts + "?limit=2&continue=" + second.at("metadata.continue"));

  EXPECT_THAT(names(first), ElementsAre("a", "b"));
  EXPECT_EQ(first.body["metadata"]["remainingItemCount"], 3);
  EXPECT_THAT(names(second), ElementsAre("c", "d"));
  EXPECT_EQ(second.at("metadata.resourceVersion"), first.at("metadata.resourceVersion"));
  EXPECT_EQ(second.body["metadata"]["remainingItemCount"], 1);
  EXPECT_THAT(names(third), ElementsAre("e"));
  EXPECT_EQ(third.at("metadata.continue"), "");
}

TEST_F(ListTest, PagesSkipWhatDoesNotMatch) {
  for (const char* name : {"a", "b", "c", "d", "e"})
    createHost(name, {{"odd", name[0] % 2 == 1 ? "yes" : "no"}});

  const auto first = call("GET", kHosts + "?limit=2&labelSelector=odd%3Dyes");
  const auto second = call(
      "GET", kHosts + "?limit=2&labelSelector=odd%3Dyes&continue=" + first.at("metadata.continue"));

  EXPECT_THAT(names(first), ElementsAre("a", "c"));
  EXPECT_FALSE(first.body["metadata"].contains("remainingItemCount"));
  EXPECT_THAT(names(second), ElementsAre("e"));
}

TEST_F(ListTest, SaysThatAPageIsTooOld) {
  for (const char* name : {"a", "b", "c"}) createHost(name);
  const auto first = call("GET", kHosts + "?limit=1");
  createHost("d");
  static_cast<void>(store_.compact({}, 0));

  const auto late = call("GET", kHosts + "?limit=1&continue=" + first.at("metadata.continue"));

  EXPECT_EQ(late.status, 410);
  EXPECT_EQ(late.at("reason"), "Expired");
}

TEST_F(ListTest, ReadsAnExactVersion) {
  const auto created = createHost("a");
  createHost("b");

  const auto then = call(
      "GET",
      kHosts +
          "?resourceVersionMatch=Exact&resourceVersion=" + created.at("metadata.resourceVersion"));

  EXPECT_THAT(names(then), ElementsAre("a"));
}

TEST_F(ListTest, RefusesAVersionOfTheFuture) {
  const auto future = call("GET", kHosts + "?resourceVersion=99999999999999");

  EXPECT_EQ(future.status, 504);
  EXPECT_EQ(future.body["details"]["causes"][0]["reason"], "ResourceVersionTooLarge");
}

TEST_F(ListTest, RendersATable) {
  createHost("a");
  patch(kHosts + "/a", {{"spec", {{"region", "eu"}}}});
  clock_.advance(std::chrono::seconds(75));

  const auto table = call("GET", kHosts, {}, {{"Accept", kTable}});

  ASSERT_EQ(table.at("kind"), "Table") << table.text;
  EXPECT_EQ(table.body["columnDefinitions"][0]["format"], "name");
  const auto& columns = table.body["columnDefinitions"];
  const auto column = [&](const char* name) {
    for (std::size_t i = 0; i < columns.size(); ++i)
      if (columns[i]["name"] == name) return table.body["rows"][0]["cells"][i];
    return Json("no such column");
  };
  EXPECT_EQ(column("Name"), "a");
  EXPECT_EQ(column("Region"), "eu");
  EXPECT_EQ(column("Age"), "75s");
  EXPECT_EQ(column("Ready"), nullptr);
  EXPECT_EQ(column("Unschedulable"), false);
  EXPECT_EQ(table.body["rows"][0]["object"]["kind"], "PartialObjectMetadata");
  EXPECT_EQ(table.body["rows"][0]["object"]["metadata"]["name"], "a");
}

TEST_F(ListTest, RendersMetadataOnly) {
  createHost("a");

  const auto list = call(
      "GET",
      kHosts,
      {},
      {{"Accept", "application/json;as=PartialObjectMetadataList;v=v1;g=meta.k8s.io"}});

  EXPECT_EQ(list.at("kind"), "PartialObjectMetadataList");
  EXPECT_EQ(list.body["items"][0]["kind"], "PartialObjectMetadata");
  EXPECT_FALSE(list.body["items"][0].contains("spec"));
}

TEST_F(ListTest, NamespacesAreNotDeletedAllAtOnce) {
  EXPECT_EQ(call("DELETE", "/api/v1/namespaces").status, 405);
  EXPECT_EQ(call("GET", "/api/v1/namespaces/default").status, 200);
}

TEST_F(ListTest, DeletesASelection) {
  createHost("a", {{"tier", "gold"}});
  createHost("b");

  const auto removed = call("DELETE", kHosts + "?labelSelector=tier%3Dgold");

  EXPECT_EQ(removed.status, 200);
  EXPECT_THAT(names(removed), ElementsAre("a"));
  EXPECT_THAT(names(call("GET", kHosts)), ElementsAre("b"));
}

}  // namespace
}  // namespace berth::api
