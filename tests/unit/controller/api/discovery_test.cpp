#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::HasSubstr;

class DiscoveryTest : public ApiFixture {
 protected:
  static const Json* named(const Json& list, const char* member, const char* name) {
    for (const auto& item : list)
      if (item.contains(member) && item[member] == name) return &item;
    return nullptr;
  }

  static inline const std::string kV2 =
      "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList";
};

TEST_F(DiscoveryTest, ListsGroupsAndResources) {
  const auto groups = call("GET", "/apis");
  const auto resources = call("GET", "/apis/berth.dev/v1alpha1");

  EXPECT_NE(named(groups.body["groups"], "name", "berth.dev"), nullptr);
  const auto* hosts = named(resources.body["resources"], "name", "hosts");
  ASSERT_NE(hosts, nullptr);
  EXPECT_EQ((*hosts)["shortNames"], Json::parse(R"(["ho"])"));
  EXPECT_EQ((*hosts)["namespaced"], false);
  EXPECT_NE(named(resources.body["resources"], "name", "hosts/status"), nullptr);
  EXPECT_EQ(call("GET", "/api").body["versions"], Json::parse(R"(["v1"])"));
}

TEST_F(DiscoveryTest, AnswersInTheAggregatedFormThatIsAskedFor) {
  const auto v2 = call("GET", "/apis", {}, {{"Accept", kV2 + ",application/json"}});
  const auto beta = call(
      "GET",
      "/apis",
      {},
      {{"Accept", "application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList"}});

  EXPECT_EQ(v2.headers.get("Content-Type"), kV2);
  EXPECT_EQ(v2.at("apiVersion"), "apidiscovery.k8s.io/v2");
  EXPECT_EQ(beta.at("apiVersion"), "apidiscovery.k8s.io/v2beta1");
  const Json* ours = nullptr;
  for (const auto& group : v2.body["items"])
    if (group["metadata"]["name"] == "berth.dev") ours = &group["versions"][0]["resources"];
  ASSERT_NE(ours, nullptr) << v2.text;
  EXPECT_NE(named(*ours, "resource", "clientdeployments"), nullptr) << v2.text;
}

TEST_F(DiscoveryTest, AnswersWith304WhenTheClientHasIt) {
  const auto tag = std::string(call("GET", "/apis").headers.get("ETag"));

  const auto again = call("GET", "/apis", {}, {{"If-None-Match", tag}});

  EXPECT_EQ(again.status, 304);
  EXPECT_TRUE(again.text.empty());
}

TEST_F(DiscoveryTest, DescribesKindsInOpenApi) {
  const auto index = call("GET", "/openapi/v3");
  const auto url = stringAt(index.body["paths"]["apis/berth.dev/v1alpha1"], "serverRelativeURL");
  const auto document = call("GET", url);

  EXPECT_THAT(url, HasSubstr("/openapi/v3/apis/berth.dev/v1alpha1?hash="));
  EXPECT_THAT(std::string(document.headers.get("Cache-Control")), HasSubstr("immutable"));
  const auto& patch = document.body["paths"]["/apis/berth.dev/v1alpha1/hosts/{name}"]["patch"];
  EXPECT_EQ(patch["x-kubernetes-group-version-kind"]["kind"], "Host");
  EXPECT_NE(named(patch["parameters"], "name", "fieldValidation"), nullptr);
  EXPECT_FALSE(patch["requestBody"]["content"].contains("application/strategic-merge-patch+json"));
}

TEST_F(DiscoveryTest, IsReadyWhenEveryCheckPasses) {
  const auto ready = call("GET", "/readyz?verbose");

  EXPECT_EQ(ready.status, 200);
  EXPECT_THAT(ready.text, HasSubstr("[+]watch-hub ok"));
  EXPECT_EQ(call("GET", "/healthz").text, "ok");
}

TEST_F(DiscoveryTest, CountsRequestsByVerbResourceAndCode) {
  createHost("a");
  call("GET", kHosts + "/nobody");
  call("GET", "/apis/made.up/v1/things");

  const auto text = call("GET", "/metrics").text;

  EXPECT_THAT(
      text, HasSubstr(R"(apiserver_request_total{code="201",resource="hosts",verb="create"} 1)"));
  EXPECT_THAT(
      text, HasSubstr(R"(apiserver_request_total{code="404",resource="hosts",verb="get"} 1)"));
  EXPECT_THAT(text, testing::Not(HasSubstr("things")));
}

}  // namespace
}  // namespace berth::api
