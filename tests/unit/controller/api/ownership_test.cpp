#include "controller/api/ownership.hpp"

#include "controller/api/apply.hpp"
#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";

class OwnershipTest : public ApiFixture {
 protected:
  static inline const std::string kMaps = "/api/v1/namespaces/default/configmaps";

  static Json map(Json data) {
    return {
        {"apiVersion", "v1"},
        {"kind", "ConfigMap"},
        {"metadata", {{"name", "m"}}},
        {"data", std::move(data)}};
  }
  Answer applyMap(const Json& document, const std::string& manager) {
    return call(
        "PATCH",
        kMaps + "/m?fieldManager=" + manager,
        document.dump(),
        {{"Content-Type", "application/apply-patch+yaml"}});
  }
  Answer mergeAs(const std::string& manager, const Json& body) {
    return patch(kMaps + "/m?fieldManager=" + manager, body);
  }
  static std::vector<std::string> managers(const Answer& answer) {
    std::vector<std::string> names;
    for (const auto& entry : answer.body["metadata"].value("managedFields", Json::array()))
      names.push_back(stringAt(entry, "manager") + " " + stringAt(entry, "operation"));
    return names;
  }
};

TEST_F(OwnershipTest, AWriteThatChangesNothingIsNotNoted) {
  const auto made = call("POST", kMaps + "?fieldManager=one", map({{"a", "1"}}).dump());

  const auto same = mergeAs("two", {{"data", {{"a", "1"}}}});

  EXPECT_EQ(same.body, made.body);
}

TEST_F(OwnershipTest, APutWithoutManagedFieldsLosesNone) {
  auto object = call("POST", kMaps + "?fieldManager=one", map({{"a", "1"}}).dump()).body;
  object["metadata"].erase("managedFields");
  object["data"]["b"] = "2";

  const auto put = call("PUT", kMaps + "/m?fieldManager=two", object.dump());

  EXPECT_THAT(managers(put), ElementsAre("one Update", "two Update")) << put.text;
}

TEST_F(OwnershipTest, OneEmptyEntryEndsTrackingUntilTheNextApply) {
  call("POST", kMaps + "?fieldManager=one", map({{"a", "1"}}).dump());

  const auto kept = mergeAs("two", {{"metadata", {{"managedFields", Json::array()}}}});
  const auto reset =
      mergeAs("two", {{"metadata", {{"managedFields", Json::array({Json::object()})}}}});
  const auto written = mergeAs("two", {{"data", {{"b", "2"}}}});
  const auto applied = applyMap(map({{"c", "3"}}), "gitops");

  EXPECT_THAT(managers(kept), ElementsAre("one Update"));
  EXPECT_FALSE(reset.body["metadata"].contains("managedFields")) << reset.text;
  EXPECT_FALSE(written.body["metadata"].contains("managedFields"));
  EXPECT_THAT(managers(applied), ElementsAre("gitops Apply", "before-first-apply Update"));
}

TEST_F(OwnershipTest, IsHandedOverByAJsonPatch) {
  const auto made = call("POST", kMaps + "?fieldManager=one", map({{"a", "1"}}).dump());
  auto entry = made.body["metadata"]["managedFields"][0];
  entry["manager"] = "kubectl";
  entry["operation"] = "Apply";

  const auto moved = patch(
      kMaps + "/m",
      {{{"op", "replace"}, {"path", "/metadata/managedFields"}, {"value", {entry}}},
       {{"op", "replace"},
        {"path", "/metadata/resourceVersion"},
        {"value", made.at("metadata.resourceVersion")}}},
      "json");

  EXPECT_EQ(moved.status, 200) << moved.text;
  EXPECT_THAT(managers(moved), ElementsAre("kubectl Apply"));
  EXPECT_NE(moved.at("metadata.resourceVersion"), made.at("metadata.resourceVersion"));
}

TEST_F(OwnershipTest, WhatCannotBeReadIsNotTaken) {
  const auto made = call("POST", kMaps + "?fieldManager=one", map({{"a", "1"}}).dump());
  const Json broken = {{"manager", "x"}, {"operation", "Dance"}};

  const auto patched = mergeAs("two", {{"metadata", {{"managedFields", Json::array({broken})}}}});

  EXPECT_EQ(patched.body, made.body);
}

TEST_F(OwnershipTest, MergesTheOldestOfManyWriters) {
  call("POST", kMaps + "?fieldManager=first", map({{"a", "1"}}).dump());
  Answer last;

  for (int i = 0; i < 12; ++i) {
    clock_.advance(std::chrono::seconds(1));
    last = mergeAs("m" + std::to_string(i), {{"data", {{"k" + std::to_string(i), "v"}}}});
  }

  EXPECT_EQ(managers(last).size(), 10U);
  EXPECT_EQ(managers(last).front(), "ancient-changes Update");
  EXPECT_EQ(managers(last).back(), "m11 Update");
  const auto& ancient = last.body["metadata"]["managedFields"][0]["fieldsV1"]["f:data"];
  EXPECT_TRUE(ancient.contains("f:a") && ancient.contains("f:k0") && ancient.contains("f:k2"));
}

TEST_F(OwnershipTest, KubectlTakesOverWhatItAppliedFromTheClient) {
  auto object = map({{"a", "1"}, {"b", "1"}});
  const auto text = object.dump() + "\n";
  object["metadata"]["annotations"] = {{kLastApplied, text}};
  call("POST", kMaps + "?fieldManager=kubectl-client-side-apply", object.dump());
  mergeAs("other", {{"data", {{"b", "2"}}}});

  const auto other = applyMap(map({{"a", "3"}}), "gitops");
  const auto taken = applyMap(map({{"a", "3"}}), "kubectl");
  const auto refused = applyMap(map({{"a", "3"}, {"b", "3"}}), "kubectl");

  EXPECT_EQ(other.status, 409);
  EXPECT_EQ(taken.status, 200) << taken.text;
  EXPECT_EQ(taken.body["data"]["a"], "3");
  EXPECT_EQ(
      refused.at("message"),
      "Apply failed with 1 conflict: conflict with \"other\" using v1: .data.b");
}

TEST_F(OwnershipTest, KeepsTheAnnotationOfClientSideApplyInStepForKubectlOnly) {
  auto object = map({{"a", "1"}});
  object["metadata"]["annotations"] = {{kLastApplied, object.dump() + "\n"}};
  call("POST", kMaps + "?fieldManager=kubectl-client-side-apply", object.dump());
  const auto annotation = [](const Answer& answer) {
    return answer.body["metadata"]["annotations"][kLastApplied].get<std::string>();
  };

  const auto byOther = applyMap(map({{"c", "2"}}), "gitops");
  const auto byKubectl = applyMap(map({{"a", "2"}}), "kubectl");

  EXPECT_THAT(annotation(byOther), HasSubstr(R"("data":{"a":"1"})"));
  EXPECT_EQ(
      annotation(byKubectl),
      R"({"apiVersion":"v1","data":{"a":"2"},"kind":"ConfigMap","metadata":{"name":"m","namespace":"default"}})"
      "\n");
  EXPECT_EQ(applyMap(map({{"a", "2"}}), "kubectl").body, byKubectl.body);
}

}  // namespace
}  // namespace berth::api
