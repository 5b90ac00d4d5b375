#include "tests/unit/controller/api/api_fixture.hpp"
#include "tests/unit/controller/api/protobuf.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class BuiltinTest : public ApiFixture {
 protected:
  static inline const std::string kSpaces = "/api/v1/namespaces";

  Answer post(const std::string& target, const std::string& body) {
    return call("POST", target, body, {{"Content-Type", "application/vnd.kubernetes.protobuf"}});
  }

  void createNamespace(const std::string& name) {
    const auto made = call("POST", kSpaces, Json{{"metadata", {{"name", name}}}}.dump());
    ASSERT_EQ(made.status, 201) << made.text;
  }

  Answer createConfigMap(const std::string& name, const Json& extra = Json::object()) {
    Json object = {{"metadata", {{"name", name}}}, {"data", {{"a", "1"}}}};
    object["metadata"].update(extra);
    return call("POST", kSpaces + "/default/configmaps", object.dump());
  }

  static Json owner(const Answer& object) {
    return {
        {"apiVersion", object.at("apiVersion")},
        {"kind", object.at("kind")},
        {"name", object.at("metadata.name")},
        {"uid", object.at("metadata.uid")}};
  }

  int statusOf(const std::string& name) {
    return call("GET", kSpaces + "/default/configmaps/" + name).status;
  }
};

TEST_F(BuiltinTest, EmptiesADeletedNamespaceBeforeItGoes) {
  createNamespace("acme");
  call("POST", kSpaces + "/acme/configmaps", R"({"metadata":{"name":"a"}})");
  const auto held = call(
      "POST",
      kSpaces + "/acme/secrets",
      R"({"metadata":{"name":"b","finalizers":["x.dev/hold"]}})");

  const auto removed = call("DELETE", kSpaces + "/acme");
  settle();
  const auto waiting = call("GET", kSpaces + "/acme");
  const auto refused =
      call("POST", kSpaces + "/acme/configmaps", R"({"metadata":{"name":"late"}})");
  patch(kSpaces + "/acme/secrets/b", {{"metadata", {{"finalizers", nullptr}}}});
  settle();

  EXPECT_EQ(removed.at("status.phase"), "Terminating");
  EXPECT_EQ(waiting.status, 200);
  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(refused.body["details"]["causes"][0]["reason"], "NamespaceTerminating");
  EXPECT_EQ(call("GET", kSpaces + "/acme").status, 404);
  EXPECT_EQ(call("GET", "/api/v1/configmaps").body["items"].size(), 0U);
}

TEST_F(BuiltinTest, RefusesToCreateInAMissingNamespace) {
  const auto refused =
      call("POST", kSpaces + "/nowhere/configmaps", R"({"metadata":{"name":"a"}})");

  EXPECT_EQ(refused.status, 404);
  EXPECT_EQ(refused.at("message"), "namespaces \"nowhere\" not found");
  EXPECT_EQ(refused.at("details.kind"), "namespaces");
}

TEST_F(BuiltinTest, KeepsTheDefaultNamespace) {
  EXPECT_EQ(call("DELETE", kSpaces + "/default").status, 403);
}

TEST_F(BuiltinTest, FoldsStringDataIntoData) {
  const auto made = call(
      "POST",
      kSpaces + "/default/secrets",
      R"({"metadata":{"name":"a"},"data":{"x":"eA=="},"stringData":{"y":"why"}})");

  EXPECT_EQ(made.at("type"), "Opaque");
  EXPECT_EQ(made.body["data"], Json::parse(R"({"x":"eA==","y":"d2h5"})"));
  EXPECT_FALSE(made.body.contains("stringData"));
}

TEST_F(BuiltinTest, RefusesBadKeysAndValuesWithoutRepeatingThem) {
  const auto refused = call(
      "POST",
      kSpaces + "/default/secrets",
      R"({"metadata":{"name":"a"},"data":{"x":"canary!","a b":"eA=="}})");

  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(refused.body["details"]["causes"].size(), 2U) << refused.text;
  EXPECT_THAT(refused.text, testing::Not(HasSubstr("canary")));
}

TEST_F(BuiltinTest, KeepsImmutableDataAsItIs) {
  createConfigMap("a");
  patch(kSpaces + "/default/configmaps/a", {{"immutable", true}});

  const auto refused = patch(kSpaces + "/default/configmaps/a", {{"data", {{"a", "2"}}}});

  EXPECT_EQ(refused.status, 422);
}

TEST_F(BuiltinTest, TakesStrategicPatches) {
  createConfigMap("a");

  const auto patched =
      patch(kSpaces + "/default/configmaps/a", {{"data", {{"b", "2"}}}}, "strategic-merge");

  EXPECT_EQ(patched.body["data"], Json::parse(R"({"a":"1","b":"2"})"));
}

TEST_F(BuiltinTest, ReadsWhatKubectlSendsInProtobuf) {
  const auto meta = field(1, "made") + field(11, field(1, "tier") + field(2, "gold"));

  const auto space = post(kSpaces, protobuf("v1", "Namespace", field(1, meta)));
  const auto secret = post(
      kSpaces + "/default/secrets",
      protobuf(
          "v1",
          "Secret",
          field(1, field(1, "s")) + field(2, field(1, "k") + field(2, "v")) +
              field(3, "kubernetes.io/tls")));

  EXPECT_EQ(space.status, 201) << space.text;
  EXPECT_EQ(space.at("metadata.labels.tier"), "gold");
  EXPECT_EQ(space.at("status.phase"), "Active");
  EXPECT_EQ(secret.at("type"), "kubernetes.io/tls");
  EXPECT_EQ(secret.at("data.k"), "dg==");
}

TEST_F(BuiltinTest, RefusesOtherAndBrokenProtobuf) {
  EXPECT_EQ(post(kSpaces, protobuf("v1", "Pod", "")).status, 415);
  EXPECT_EQ(post(kSpaces, "not a message").status, 400);
  EXPECT_EQ(post(kSpaces, std::string("k8s\0\x0a\x7f", 6)).status, 400);
}

TEST_F(BuiltinTest, CollectsWhatHasNoOwnerLeft) {
  const auto first = createConfigMap("first");
  const auto second = createConfigMap("second");
  createConfigMap("child", {{"ownerReferences", {owner(first), owner(second)}}});
  settle();

  call("DELETE", kSpaces + "/default/configmaps/first");
  settle();
  const int withOneLeft = statusOf("child");
  call("DELETE", kSpaces + "/default/configmaps/second");
  settle();

  EXPECT_EQ(withOneLeft, 200);
  EXPECT_EQ(statusOf("child"), 404);
}

TEST_F(BuiltinTest, CollectsWhatNeverHadAnOwner) {
  const auto parent = createConfigMap("parent");
  auto stranger = owner(parent);
  stranger["uid"] = "another-life";

  createConfigMap("child", {{"ownerReferences", {stranger}}});
  settle();

  EXPECT_EQ(statusOf("child"), 404);
  EXPECT_EQ(statusOf("parent"), 200);
}

TEST_F(BuiltinTest, LeavesWhatAnUnknownKindOwns) {
  const Json unknown = {
      {"apiVersion", "apps/v1"}, {"kind", "Deployment"}, {"name", "x"}, {"uid", "1"}};

  createConfigMap("child", {{"ownerReferences", {unknown}}});
  settle();

  EXPECT_EQ(statusOf("child"), 200);
}

TEST_F(BuiltinTest, DeletesDependentsFirstInTheForeground) {
  const auto parent = createConfigMap("parent");
  auto blocking = owner(parent);
  blocking["blockOwnerDeletion"] = true;
  createConfigMap("child", {{"ownerReferences", {blocking}}, {"finalizers", {"x.dev/hold"}}});
  settle();

  call("DELETE", kSpaces + "/default/configmaps/parent", R"({"propagationPolicy":"Foreground"})");
  settle();
  const int whileHeld = statusOf("parent");
  patch(kSpaces + "/default/configmaps/child", {{"metadata", {{"finalizers", nullptr}}}});
  settle();

  EXPECT_EQ(whileHeld, 200);
  EXPECT_EQ(statusOf("child"), 404);
  EXPECT_EQ(statusOf("parent"), 404);
}

TEST_F(BuiltinTest, LetsDependentsLiveWhenTheyAreOrphaned) {
  const auto parent = createConfigMap("parent");
  createConfigMap("child", {{"ownerReferences", {owner(parent)}}});
  settle();

  call("DELETE", kSpaces + "/default/configmaps/parent", R"({"propagationPolicy":"Orphan"})");
  settle();

  EXPECT_EQ(statusOf("parent"), 404);
  const auto child = call("GET", kSpaces + "/default/configmaps/child");
  EXPECT_EQ(child.status, 200);
  EXPECT_FALSE(child.body["metadata"].contains("ownerReferences"));
}

TEST_F(BuiltinTest, SelectsEventsByWhatTheyAreAbout) {
  for (const auto* name : {"a", "b"})
    call(
        "POST",
        kSpaces + "/default/events",
        Json{
            {"metadata", {{"name", name}}},
            {"involvedObject", {{"kind", "Host"}, {"name", name}}},
            {"reason", "Seen"}}
            .dump());

  const auto found =
      call("GET", kSpaces + "/default/events?fieldSelector=involvedObject.name%3Db,reason%3DSeen");

  ASSERT_EQ(found.body["items"].size(), 1U) << found.text;
  EXPECT_EQ(stringAt(found.body["items"][0], "metadata.name"), "b");
}

TEST_F(BuiltinTest, ReadsYaml) {
  const auto made = call(
      "POST",
      kSpaces,
      "metadata:\n  name: from-yaml\n",
      {{"Content-Type", "application/yaml"}, {"Accept", "application/yaml"}});

  EXPECT_EQ(made.status, 201) << made.text;
  EXPECT_THAT(made.text, HasSubstr("name: from-yaml"));
}

}  // namespace
}  // namespace berth::api
