#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class ObjectTest : public ApiFixture {};

TEST_F(ObjectTest, CreatesWithTheServersMetadataAndDefaults) {
  auto object = host("a");
  object["metadata"]["uid"] = "mine";
  object["metadata"]["generation"] = 9;
  object["status"] = {{"observedGeneration", 3}};

  const auto created = call("POST", kHosts, object.dump());

  EXPECT_EQ(created.status, 201) << created.text;
  EXPECT_NE(created.at("metadata.uid"), "mine");
  EXPECT_EQ(created.at("metadata.creationTimestamp"), formatRfc3339(clock_.wall()));
  EXPECT_EQ(created.body["metadata"]["generation"], 1);
  EXPECT_FALSE(created.at("metadata.resourceVersion").empty());
  EXPECT_EQ(created.at("spec.publishAddress"), "127.0.0.1");
  EXPECT_FALSE(created.body.contains("status"));
  EXPECT_EQ(call("GET", kHosts + "/a").body, created.body);
}

TEST_F(ObjectTest, MakesANameFromGenerateName) {
  auto object = host("");
  object["metadata"] = {{"generateName", "node-"}};

  const auto created = call("POST", kHosts, object.dump());

  EXPECT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(created.at("metadata.name").size(), std::string("node-").size() + 5);
}

TEST_F(ObjectTest, SaysThatItExistsAlready) {
  createHost("a");

  const auto again = createHost("a");

  EXPECT_EQ(again.status, 409);
  EXPECT_EQ(again.at("reason"), "AlreadyExists");
  EXPECT_EQ(again.at("message"), "hosts.berth.dev \"a\" already exists");
  EXPECT_EQ(again.at("details.kind"), "hosts");
}

TEST_F(ObjectTest, SaysEverythingThatIsInvalid) {
  auto object = host("Bad_Name");
  object["spec"]["connection"]["type"] = "Pigeon";
  object["spec"]["maxDeployments"] = 0;

  const auto refused = call("POST", kHosts, object.dump());

  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.at("details.kind"), "Host");
  EXPECT_EQ(refused.at("details.group"), "berth.dev");
  EXPECT_EQ(refused.body["details"]["causes"].size(), 3U) << refused.text;
  EXPECT_THAT(refused.at("message"), HasSubstr("Host.berth.dev \"Bad_Name\" is invalid: ["));
  EXPECT_EQ(call("GET", kHosts).body["items"].size(), 0U);
}

TEST_F(ObjectTest, RefusesUnknownAndRepeatedFieldsWhenStrict) {
  const auto* body =
      R"({"metadata":{"name":"a"},"spec":{"connection":{"type":"Local"},"regoin":"x","address":"a","address":"b"}})";

  const auto refused = call("POST", kHosts + "?fieldValidation=Strict", body);

  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(refused.at("reason"), "BadRequest");
  EXPECT_THAT(refused.at("message"), HasSubstr("strict decoding error: "));
  EXPECT_THAT(refused.at("message"), HasSubstr("duplicate field \"spec.address\""));
  EXPECT_THAT(refused.at("message"), HasSubstr("unknown field \"spec.regoin\""));
  EXPECT_THAT(refused.at("message"), HasSubstr("spec.region"));
}

TEST_F(ObjectTest, WarnsAboutUnknownFieldsAndDropsThem) {
  auto object = host("a");
  object["spec"]["bogus"] = 1;

  const auto created = call("POST", kHosts, object.dump());

  EXPECT_EQ(created.status, 201);
  EXPECT_FALSE(created.body["spec"].contains("bogus"));
  EXPECT_EQ(created.headers.get("Warning"), "299 - \"unknown field \\\"spec.bogus\\\"\"");
}

TEST_F(ObjectTest, SaysWhereABodyIsBroken) {
  const auto refused = call("POST", kHosts, "{\"a\": nope}");

  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.at("message"), HasSubstr("line 1, column"));
}

TEST_F(ObjectTest, RefusesABodyOfAnotherKindOrVersion) {
  auto object = host("a");
  object["apiVersion"] = "berth.dev/v2";

  const auto refused = call("POST", kHosts, object.dump());

  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(
      refused.at("message"),
      "the API version in the data (berth.dev/v2) does not match the expected API version "
      "(berth.dev/v1alpha1)");
}

TEST_F(ObjectTest, ReplacesWhenTheVersionIsCurrent) {
  auto object = createHost("a").body;
  object["spec"]["region"] = "eu";

  const auto replaced = call("PUT", kHosts + "/a", object.dump());
  const auto stale = call("PUT", kHosts + "/a", object.dump());

  EXPECT_EQ(replaced.status, 200);
  EXPECT_EQ(replaced.body["metadata"]["generation"], 2);
  EXPECT_NE(replaced.at("metadata.resourceVersion"), object["metadata"]["resourceVersion"]);
  EXPECT_EQ(stale.status, 409);
  EXPECT_EQ(
      stale.at("message"),
      "Operation cannot be fulfilled on hosts.berth.dev \"a\": the object has been modified; "
      "please apply your changes to the latest version and try again");
}

TEST_F(ObjectTest, DemandsTheVersionInAReplace) {
  createHost("a");

  const auto refused = call("PUT", kHosts + "/a", host("a").dump());

  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body["details"]["causes"][0]["field"], "metadata.resourceVersion");
}

TEST_F(ObjectTest, WritesNothingWhenNothingChanges) {
  const auto created = createHost("a");

  const auto put = call("PUT", kHosts + "/a", created.text);
  const auto merged = patch(kHosts + "/a", {{"spec", {{"unschedulable", false}}}});

  EXPECT_EQ(put.body, created.body);
  EXPECT_EQ(merged.body, created.body);
}

TEST_F(ObjectTest, CountsGenerationsOfTheSpecOnly) {
  createHost("a");

  const auto labeled = patch(kHosts + "/a", {{"metadata", {{"labels", {{"x", "y"}}}}}});
  const auto reported = patch(kHosts + "/a/status", {{"status", {{"observedGeneration", 1}}}});
  const auto changed = patch(kHosts + "/a", {{"spec", {{"region", "eu"}}}});

  EXPECT_EQ(labeled.body["metadata"]["generation"], 1);
  EXPECT_EQ(reported.body["metadata"]["generation"], 1);
  EXPECT_EQ(changed.body["metadata"]["generation"], 2);
}

TEST_F(ObjectTest, KeepsStatusAndTheRestApart) {
  createHost("a");

  const auto viaMain = patch(kHosts + "/a", {{"status", {{"observedGeneration", 5}}}});
  const auto viaStatus = patch(
      kHosts + "/a/status",
      {{"status", {{"observedGeneration", 6}}},
       {"spec", {{"region", "eu"}}},
       {"metadata", {{"labels", {{"x", "y"}}}}}});

  EXPECT_FALSE(viaMain.body.contains("status"));
  EXPECT_EQ(viaStatus.body["status"]["observedGeneration"], 6);
  EXPECT_FALSE(viaStatus.body["spec"].contains("region"));
  EXPECT_FALSE(viaStatus.body["metadata"].contains("labels"));
}

TEST_F(ObjectTest, RefusesAPatchOfAnotherVersion) {
  const auto created = createHost("a");
  patch(kHosts + "/a", {{"spec", {{"region", "eu"}}}});

  const auto stale = patch(
      kHosts + "/a",
      {{"metadata", {{"resourceVersion", created.at("metadata.resourceVersion")}}},
       {"spec", {{"region", "us"}}}});

  EXPECT_EQ(stale.status, 409);
}

TEST_F(ObjectTest, AppliesAJsonPatchAndReportsOneThatFails) {
  createHost("a");

  const auto done =
      patch(kHosts + "/a", {{{"op", "add"}, {"path", "/spec/region"}, {"value", "eu"}}}, "json");
  const auto failed = patch(kHosts + "/a", {{{"op", "remove"}, {"path", "/spec/nothing"}}}, "json");

  EXPECT_EQ(done.at("spec.region"), "eu");
  EXPECT_EQ(failed.status, 422);
}

TEST_F(ObjectTest, RefusesStrategicPatchesOfItsOwnKinds) {
  createHost("a");

  const auto refused = patch(kHosts + "/a", {{"spec", {{"region", "eu"}}}}, "strategic-merge");

  EXPECT_EQ(refused.status, 415);
  EXPECT_EQ(refused.at("reason"), "UnsupportedMediaType");
}

TEST_F(ObjectTest, RefusesToRename) {
  createHost("a");

  const auto refused = patch(kHosts + "/a", {{"metadata", {{"name", "b"}}}});

  EXPECT_EQ(refused.status, 400);
  EXPECT_EQ(
      refused.at("message"), "the name of the object (b) does not match the name on the URL (a)");
}

TEST_F(ObjectTest, DryRunsLeaveNoTrace) {
  const auto created = call("POST", kHosts + "?dryRun=All", host("a").dump());
  createHost("b");
  const auto patched = patch(kHosts + "/b?dryRun=All", {{"spec", {{"region", "eu"}}}});
  const auto removed = call("DELETE", kHosts + "/b", R"({"dryRun":["All"]})");

  EXPECT_EQ(created.status, 201);
  EXPECT_FALSE(created.at("metadata.uid").empty());
  EXPECT_EQ(created.at("metadata.resourceVersion"), "");
  EXPECT_EQ(patched.body["metadata"]["generation"], 2);
  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(call("GET", kHosts + "/a").status, 404);
  EXPECT_EQ(call("GET", kHosts + "/b").body["metadata"]["generation"], 1);
}

TEST_F(ObjectTest, RefusesAnUnknownDryRun) {
  const auto refused = call("POST", kHosts + "?dryRun=Bogus", host("a").dump());

  EXPECT_EQ(refused.status, 422);
}

TEST_F(ObjectTest, DeletesAtOnceWithoutFinalizers) {
  const auto created = createHost("a");

  const auto removed = call("DELETE", kHosts + "/a", R"({"propagationPolicy":"Background"})");

  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(removed.at("status"), "Success");
  EXPECT_EQ(removed.at("details.uid"), created.at("metadata.uid"));
  EXPECT_EQ(removed.at("details.kind"), "hosts");
  EXPECT_EQ(call("GET", kHosts + "/a").status, 404);
}

TEST_F(ObjectTest, HoldsADeletedObjectUntilTheLastFinalizerGoes) {
  createHost("a");
  patch(kHosts + "/a", {{"metadata", {{"finalizers", {"berth.dev/cleanup"}}}}});

  const auto removed = call("DELETE", kHosts + "/a");
  const auto again = call("DELETE", kHosts + "/a");
  const auto added =
      patch(kHosts + "/a", {{"metadata", {{"finalizers", {"berth.dev/cleanup", "x.dev/y"}}}}});
  const auto released = patch(kHosts + "/a", {{"metadata", {{"finalizers", nullptr}}}});

  EXPECT_EQ(removed.at("kind"), "Host");
  EXPECT_FALSE(removed.at("metadata.deletionTimestamp").empty());
  EXPECT_EQ(removed.body["metadata"]["generation"], 2);
  EXPECT_EQ(again.body, removed.body);
  EXPECT_EQ(added.status, 422);
  EXPECT_EQ(released.status, 200);
  EXPECT_EQ(call("GET", kHosts + "/a").status, 404);
}

TEST_F(ObjectTest, RefusesToDeleteAnotherLife) {
  createHost("a");

  const auto refused = call("DELETE", kHosts + "/a", R"({"preconditions":{"uid":"other"}})");

  EXPECT_EQ(refused.status, 409);
  EXPECT_EQ(call("GET", kHosts + "/a").status, 200);
}

TEST_F(ObjectTest, LetsOnlyOneObjectHaveAClaim) {
  auto first = host("a");
  first["spec"]["connection"]["local"] = {{"socket", "/run/docker.sock"}};
  call("POST", kHosts, first.dump());
  auto second = first;
  second["metadata"]["name"] = "b";

  const auto refused = call("POST", kHosts, second.dump());
  call("DELETE", kHosts + "/a");
  const auto accepted = call("POST", kHosts, second.dump());

  EXPECT_EQ(refused.status, 422) << refused.text;
  EXPECT_EQ(accepted.status, 201) << accepted.text;
}

TEST_F(ObjectTest, TellsWhoMayComeIn) {
  http::Request request{.method = "GET", .target = kHosts};

  const auto anonymous = send(request);
  request.headers.set("Authorization", "Bearer wrong");
  const auto unknown = send(request);
  request.headers.set("Authorization", "Bearer just-looking");
  const auto viewer = send(request);
  request.headers = {};
  request.target = "/version";
  const auto version = send(request);

  EXPECT_EQ(anonymous.status, 401);
  EXPECT_EQ(unknown.at("message"), "Unauthorized");
  EXPECT_EQ(viewer.status, 403);
  EXPECT_EQ(
      viewer.at("message"),
      "hosts.berth.dev is forbidden: User \"viewer\" cannot list resource \"hosts\" in API group "
      "\"berth.dev\" at the cluster scope");
  EXPECT_EQ(version.at("minor"), "32");
}

TEST_F(ObjectTest, TakesClientCertificatesForUsers) {
  http::Request request{.target = kHosts};
  request.peerCommonName = "root";
  request.peerOrganizations = {"system:masters"};

  EXPECT_EQ(send(request).status, 200);
}

TEST_F(ObjectTest, SurvivesALostAnswerOfTheStore) {
  store_.loseNextAnswer();

  const auto created = createHost("a");

  EXPECT_EQ(created.status, 201) << created.text;
  EXPECT_EQ(call("GET", kHosts).body["items"].size(), 1U);
}

TEST_F(ObjectTest, RepeatsAPatchThatLostARace) {
  createHost("a");
  // The hub still shows the first state when the second patch comes.
  patch(kHosts + "/a", {{"spec", {{"region", "eu"}}}});

  const auto second = patch(kHosts + "/a", {{"spec", {{"address", "192.0.2.1"}}}});

  EXPECT_EQ(second.status, 200);
  EXPECT_EQ(second.at("spec.region"), "eu");
  EXPECT_EQ(second.at("spec.address"), "192.0.2.1");
}

TEST_F(ObjectTest, RefusesToGrowBeyondWhatCanBeReadAgain) {
  createHost("a");
  Json deep = 1;
  for (int i = 0; i < 40; ++i) deep = Json{{"x", deep}};
  const std::string below = "/spec/x" + [] {
    std::string path;
    for (int i = 0; i < 39; ++i) path += "/x";
    return path;
  }();

  const auto refused = patch(
      kHosts + "/a",
      {{{"op", "add"}, {"path", "/spec/x"}, {"value", deep}},
       {{"op", "add"}, {"path", below}, {"value", deep}}},
      "json");

  EXPECT_EQ(refused.status, 400) << refused.text;
  EXPECT_THAT(refused.at("message"), HasSubstr("levels deep"));
}

TEST_F(ObjectTest, AnswersTheUnknownWithAStatus) {
  EXPECT_EQ(call("GET", "/apis/berth.dev/v1alpha1/unknowns").at("reason"), "NotFound");
  EXPECT_EQ(call("GET", "/nothing/here").at("kind"), "Status");
  EXPECT_EQ(call("POST", kHosts + "/a", "{}").status, 405);
  EXPECT_EQ(call("GET", kHosts + "/a/scale").status, 404);
}

}  // namespace
}  // namespace berth::api
