#include "tests/unit/controller/api/custom_kind_fixture.hpp"

namespace berth::api {
namespace {

using testing::Contains;
using testing::HasSubstr;
using testing::IsEmpty;

class CustomKindTest : public CustomKindFixture {};

TEST_F(CustomKindTest, IsServedAtOnce) {
  const auto made = make(crd());
  ASSERT_EQ(made.status, 201) << made.text;

  const auto widget = makeWidget("a");

  ASSERT_EQ(widget.status, 201) << widget.text;
  EXPECT_EQ(widget.body["spec"]["replicas"], 1);
  EXPECT_EQ(call("GET", kWidgets).body["kind"], "WidgetList");
}

TEST_F(CustomKindTest, IsEstablishedWithItsNamesAccepted) {
  const auto made = make(crd());

  EXPECT_EQ(made.body["status"]["conditions"][0]["type"], "NamesAccepted");
  EXPECT_EQ(made.body["status"]["conditions"][1]["type"], "Established");
  EXPECT_EQ(made.body["status"]["conditions"][1]["status"], "True");
  EXPECT_EQ(made.at("status.acceptedNames.listKind"), "WidgetList");
  EXPECT_EQ(made.at("status.acceptedNames.singular"), "widget");
  EXPECT_EQ(made.body["status"]["storedVersions"], Json::array({"v1"}));
  EXPECT_EQ(made.body["metadata"]["generation"], 1);
}

TEST_F(CustomKindTest, IsInDiscoveryAndOpenApi) {
  make(crd());

  const auto list = call("GET", "/apis/example.org/v1").body["resources"];
  ASSERT_EQ(list.size(), 3U);
  EXPECT_EQ(list[0]["shortNames"], Json::array({"wi"}));
  EXPECT_EQ(list[2]["name"], "widgets/scale");
  EXPECT_EQ(list[2]["kind"], "Scale");
  EXPECT_THAT(call("GET", "/openapi/v3").text, HasSubstr("apis/example.org/v1"));
  EXPECT_THAT(
      call("GET", "/openapi/v3/apis/example.org/v1").text, HasSubstr("org.example.v1.Widget"));
}

TEST_F(CustomKindTest, ValidatesSelectsAndPrintsByItsSchema) {
  make(crd());
  makeWidget("a", "red");
  makeWidget("b", "green");

  EXPECT_EQ(makeWidget("c", "blue").status, 422);
  const auto red = call("GET", kWidgets + "?fieldSelector=spec.color%3Dred");
  EXPECT_EQ(red.body["items"].size(), 1U);
  const auto table =
      call("GET", kWidgets, {}, {{"Accept", "application/json;as=Table;v=v1;g=meta.k8s.io"}});
  EXPECT_EQ(table.body["columnDefinitions"][1]["name"], "Color");
  EXPECT_EQ(table.body["rows"][1]["cells"][1], "green");
}

TEST_F(CustomKindTest, IsWatchedLikeAnyOther) {
  make(crd());
  const auto writer = watch(kWidgets + "?watch=true");

  makeWidget("a");
  settle();

  EXPECT_THAT(writer->summary(), Contains("ADDED a"));
}

TEST_F(CustomKindTest, ChangesOfItsSchemaCountAtOnce) {
  make(crd());
  ASSERT_EQ(makeWidget("a", "blue").status, 422);

  const Json change = Json::array(
      {{{"op", "add"},
        {"path", "/spec/versions/0/schema/openAPIV3Schema/properties/spec/properties/color/enum/-"},
        {"value", "blue"}}});
  const auto patched = patch(kCrds + "/widgets.example.org", change, "json");

  ASSERT_EQ(patched.status, 200) << patched.text;
  EXPECT_EQ(patched.body["metadata"]["generation"], 2);
  EXPECT_EQ(makeWidget("a", "blue").status, 201);
}

TEST_F(CustomKindTest, TakesItsObjectsWithItWhenItGoes) {
  make(crd());
  makeWidget("a");

  const auto removed = call("DELETE", kCrds + "/widgets.example.org");
  EXPECT_EQ(removed.status, 200);
  EXPECT_EQ(makeWidget("late").status, 405);
  settle();

  EXPECT_EQ(call("GET", kCrds + "/widgets.example.org").status, 404);
  EXPECT_EQ(call("GET", kWidgets).status, 404);
  make(crd());
  EXPECT_THAT(call("GET", kWidgets).body["items"], IsEmpty());
}

TEST_F(CustomKindTest, StaysWhileAnObjectIsHeld) {
  make(crd());
  auto held = widget("held");
  held["metadata"]["finalizers"] = {"example.org/hold"};
  call("POST", kWidgets, held.dump());

  call("DELETE", kCrds + "/widgets.example.org");
  settle();
  EXPECT_EQ(call("GET", kWidgets + "/held").status, 200);
  patch(kWidgets + "/held", {{"metadata", {{"finalizers", nullptr}}}});
  settle();

  EXPECT_EQ(call("GET", kCrds + "/widgets.example.org").status, 404);
}

TEST_F(CustomKindTest, OwnsObjectsThatTheCollectorFollows) {
  make(crd());
  const auto owner = makeWidget("owner");
  const Json child = {
      {"metadata",
       {{"name", "child"},
        {"ownerReferences",
         Json::array(
             {{{"apiVersion", "example.org/v1"},
               {"kind", "Widget"},
               {"name", "owner"},
               {"uid", owner.at("metadata.uid")}}})}}}};
  ASSERT_EQ(call("POST", "/api/v1/namespaces/default/configmaps", child.dump()).status, 201);

  call("DELETE", kWidgets + "/owner");
  settle();

  EXPECT_EQ(call("GET", "/api/v1/namespaces/default/configmaps/child").status, 404);
}

TEST_F(CustomKindTest, NamesThatAnotherKindHasAreRefused) {
  make(crd());
  auto other = crd();
  other["metadata"]["name"] = "gadgets.example.org";
  other["spec"]["names"] = {{"plural", "gadgets"}, {"kind", "Gadget"}, {"shortNames", {"wi"}}};

  const auto answer = make(other);

  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(answer.at("message"), HasSubstr("name/example.org/wi is taken by"));
}

TEST_F(CustomKindTest, IsServedInEachOfItsVersions) {
  auto definition = crd();
  definition["spec"]["versions"] = {version("v1beta1", false), version("v1", true)};
  definition["spec"]["versions"][0]["deprecated"] = true;
  ASSERT_EQ(make(definition).status, 201);
  const std::string old = "/apis/example.org/v1beta1/namespaces/default/widgets";

  auto body = widget("a");
  body["apiVersion"] = "example.org/v1beta1";
  ASSERT_EQ(call("POST", old, body.dump()).status, 201);

  EXPECT_EQ(call("GET", kWidgets + "/a").at("apiVersion"), "example.org/v1");
  EXPECT_EQ(call("GET", kWidgets).body["items"][0]["apiVersion"], "example.org/v1");
  const auto read = call("GET", old + "/a");
  EXPECT_EQ(read.at("apiVersion"), "example.org/v1beta1");
  EXPECT_EQ(read.headers.get("Warning"), "299 - \"example.org/v1beta1 Widget is deprecated\"");
  EXPECT_EQ(patch(old + "/a", {{"spec", {{"color", "green"}}}}).at("spec.color"), "green");
  EXPECT_EQ(call("GET", "/apis/example.org").at("preferredVersion.version"), "v1");
}

TEST_F(CustomKindTest, ScalesThroughItsPaths) {
  make(crd());
  makeWidget("a");
  patch(kWidgets + "/a/status", {{"status", {{"replicas", 1}, {"selector", "app=a"}}}});

  const auto scale = call("GET", kWidgets + "/a/scale");
  EXPECT_EQ(scale.at("kind"), "Scale");
  EXPECT_EQ(scale.body["spec"]["replicas"], 1);
  EXPECT_EQ(scale.body["status"], Json({{"replicas", 1}, {"selector", "app=a"}}));
  EXPECT_EQ(
      patch(kWidgets + "/a/scale", {{"spec", {{"replicas", 3}}}}).body["spec"]["replicas"], 3);

  auto stale = scale.body;
  stale["spec"]["replicas"] = 5;
  EXPECT_EQ(call("PUT", kWidgets + "/a/scale", stale.dump()).status, 409);
  stale["metadata"].erase("resourceVersion");
  EXPECT_EQ(call("PUT", kWidgets + "/a/scale", stale.dump()).status, 200);
  EXPECT_EQ(call("GET", kWidgets + "/a").body["spec"]["replicas"], 5);
  EXPECT_EQ(patch(kWidgets + "/a/scale", {{"spec", {{"replicas", -1}}}}).status, 422);
}

TEST_F(CustomKindTest, ItsScalesAuditRecordSaysWhoAsked) {
  make(crd());
  makeWidget("a");
  const auto before = store_.readAudit({}, 0, 1)->head.seq;

  patch(kWidgets + "/a/scale", {{"spec", {{"replicas", 3}}}});

  const auto page = *store_.readAudit({}, before, 10);
  ASSERT_EQ(page.entries.size(), 1U);
  const auto record = Json::parse(page.entries[0].record);
  EXPECT_EQ(stringAt(record, "subresource"), "scale");
  EXPECT_EQ(stringAt(record, "verb"), "patch");
  EXPECT_FALSE(stringAt(record, "request").empty());
}

TEST_F(CustomKindTest, KindsWithoutScaleHaveNone) {
  createHost("a");

  EXPECT_EQ(call("GET", kHosts + "/a/scale").status, 404);
}

TEST_F(CustomKindTest, OursAreThereToRead) {
  ASSERT_TRUE(api_.ensureKinds({}).has_value());
  ASSERT_TRUE(api_.ensureKinds({}).has_value());

  const auto list = call("GET", kCrds);
  EXPECT_EQ(list.body["items"].size(), 15U);
  const auto hosts = call("GET", kCrds + "/hosts.berth.dev");
  EXPECT_EQ(hosts.body["status"]["conditions"][1]["type"], "Established");
  EXPECT_EQ(hosts.body["metadata"]["generation"], 1);
}

TEST_F(CustomKindTest, OursCanBeLabeledAndNothingElse) {
  ASSERT_TRUE(api_.ensureKinds({}).has_value());
  const auto path = kCrds + "/hosts.berth.dev";

  EXPECT_EQ(patch(path, {{"metadata", {{"labels", {{"a", "b"}}}}}}).status, 200);
  const auto changed = patch(path, {{"spec", {{"names", {{"shortNames", {"x"}}}}}}});
  EXPECT_EQ(changed.status, 403);
  EXPECT_THAT(changed.at("message"), HasSubstr("part of the server"));
  EXPECT_EQ(call("DELETE", path).status, 403);
  EXPECT_EQ(call("DELETE", kCrds).status, 403);
  EXPECT_EQ(call("GET", path).status, 200);
}

}  // namespace
}  // namespace berth::api
