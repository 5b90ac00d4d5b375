#include "tests/unit/controller/api/api_fixture.hpp"
#include "tests/unit/controller/api/protobuf.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::StartsWith;

/// "viewer" of the fixture is a user without any role.
class RbacTest : public ApiFixture {
 protected:
  static inline const std::string kRbac = "/apis/rbac.authorization.k8s.io/v1";
  static inline const std::string kRoles = kRbac + "/namespaces/default/roles";
  static inline const std::string kRoleBindings = kRbac + "/namespaces/default/rolebindings";
  static inline const std::string kClusterRoles = kRbac + "/clusterroles";
  static inline const std::string kClusterBindings = kRbac + "/clusterrolebindings";
  static inline const std::string kMaps = "/api/v1/namespaces/default/configmaps";

  RbacTest() { settle(); }

  Answer asViewer(
      const std::string& method, const std::string& target, const Json& body = nullptr) {
    return call(
        method,
        target,
        body.is_null() ? "" : body.dump(),
        {{"Authorization", "Bearer just-looking"}});
  }

  static Json role(const std::string& name, const std::vector<Json>& rules) {
    return {{"metadata", {{"name", name}}}, {"rules", rules}};
  }
  static Json binding(const std::string& name, const std::string& kind, const std::string& role) {
    return {
        {"metadata", {{"name", name}}},
        {"roleRef", {{"kind", kind}, {"name", role}}},
        {"subjects", {{{"kind", "User"}, {"name", "viewer"}}}}};
  }
  static Json reading(const char* group, const char* resource) {
    return {{"verbs", {"get", "list", "watch"}}, {"apiGroups", {group}}, {"resources", {resource}}};
  }

  void made(const std::string& target, const Json& body) {
    const auto answer = call("POST", target, body.dump());
    ASSERT_EQ(answer.status, 201) << answer.text;
    settle();
  }
  /// The viewer gets a role in the namespace default.
  void grant(const std::vector<Json>& rules) {
    made(kClusterRoles, role("given", rules));
    made(kRoleBindings, binding("given", "ClusterRole", "given"));
  }
};

TEST_F(RbacTest, AllowsNothingByItself) {
  const auto refused = asViewer("GET", kHosts);

  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(
      refused.at("message"),
      "hosts.berth.dev is forbidden: User \"viewer\" cannot list resource \"hosts\" in API group "
      "\"berth.dev\" at the cluster scope");
  EXPECT_EQ(refused.body["details"], Json::parse(R"({"group":"berth.dev","kind":"hosts"})"));
  EXPECT_EQ(asViewer("GET", "/metrics").status, 403);
}

TEST_F(RbacTest, LetsEverybodyAskWhatThereIs) {
  for (const auto* path : {"/api", "/apis", "/apis/berth.dev/v1alpha1", "/openapi/v3", "/version"})
    EXPECT_EQ(asViewer("GET", path).status, 200) << path;
}

TEST_F(RbacTest, LetsTheUnknownAskForTheVersionOnly) {
  const auto version = send({.method = "GET", .target = "/version"});
  const auto kinds = send({.method = "GET", .target = "/apis"});

  EXPECT_EQ(version.status, 200);
  EXPECT_EQ(kinds.status, 401);
}

TEST_F(RbacTest, AllowsWhatABindingGives) {
  grant({reading("", "configmaps")});

  EXPECT_EQ(asViewer("GET", kMaps).status, 200);
  EXPECT_EQ(asViewer("GET", "/api/v1/configmaps").status, 403);
  EXPECT_EQ(asViewer("GET", "/api/v1/namespaces/berth-system/configmaps").status, 403);
  EXPECT_EQ(asViewer("GET", "/api/v1/namespaces/default/secrets").status, 403);
  EXPECT_EQ(asViewer("POST", kMaps, {{"metadata", {{"name", "a"}}}}).status, 403);
  EXPECT_EQ(asViewer("DELETE", kMaps).status, 403);
}

TEST_F(RbacTest, ForgetsWhatIsTakenBack) {
  grant({reading("", "configmaps")});
  ASSERT_EQ(asViewer("GET", kMaps).status, 200);

  call("DELETE", kRoleBindings + "/given");
  settle();

  EXPECT_EQ(asViewer("GET", kMaps).status, 403);
}

TEST_F(RbacTest, CountsPartsOfAnObjectByThemselves) {
  createHost("a");
  made(
      kClusterRoles,
      role("given", {{{"verbs", {"*"}}, {"apiGroups", {"berth.dev"}}, {"resources", {"hosts"}}}}));
  made(kClusterBindings, binding("given", "ClusterRole", "given"));

  EXPECT_EQ(asViewer("GET", kHosts + "/a").status, 200);
  EXPECT_EQ(asViewer("GET", kHosts + "/a/status").status, 403);
}

TEST_F(RbacTest, AnApplyOfWhatIsNotThereIsACreation) {
  grant({{{"verbs", {"patch"}}, {"apiGroups", {""}}, {"resources", {"configmaps"}}}});
  call("POST", kMaps, R"({"metadata":{"name":"there"}})");
  const auto apply = [&](const std::string& name) {
    const Json object = {
        {"apiVersion", "v1"}, {"kind", "ConfigMap"}, {"metadata", {{"name", name}}}};
    return call(
        "PATCH",
        kMaps + "/" + name + "?fieldManager=test",
        object.dump(),
        {{"Content-Type", "application/apply-patch+yaml"},
         {"Authorization", "Bearer just-looking"}});
  };

  EXPECT_EQ(apply("there").status, 200);
  EXPECT_EQ(apply("absent").status, 403);
}

TEST_F(RbacTest, EndsAWatchWhoseRightIsTakenBack) {
  grant({reading("", "configmaps")});
  const auto opened = asViewer("GET", kMaps + "?watch=true");
  ASSERT_TRUE(opened.stream);
  const auto writer = std::make_shared<RecordingWriter>();
  opened.stream(writer);
  settle();
  ASSERT_FALSE(writer->closed);

  call("DELETE", kRoleBindings + "/given");
  static_cast<void>(hub_->turn({}, clock_.now()));
  call("POST", kMaps, R"({"metadata":{"name":"late"}})");
  settle();

  EXPECT_TRUE(writer->closed);
  EXPECT_EQ(writer->text, "");
}

TEST_F(RbacTest, LetsAWatchGoOnWhenOtherRightsChange) {
  grant({reading("", "configmaps")});
  const auto opened = asViewer("GET", kMaps + "?watch=true");
  const auto writer = std::make_shared<RecordingWriter>();
  opened.stream(writer);
  settle();

  made(kClusterRoles, role("other", {reading("", "secrets")}));
  call("POST", kMaps, R"({"metadata":{"name":"late"}})");
  settle();

  EXPECT_FALSE(writer->closed);
  EXPECT_THAT(writer->summary(), ElementsAre("ADDED late"));
}

TEST_F(RbacTest, ChecksRulesAsKubernetesDoes) {
  const auto refused =
      call("POST", kRoles, role("a", {{{"nonResourceURLs", {"/x"}}}, {{"verbs", {"get"}}}}).dump());

  EXPECT_EQ(refused.status, 422);
  EXPECT_EQ(
      refused.at("message"),
      "Role.rbac.authorization.k8s.io \"a\" is invalid: [rules[0].verbs: Required value: verbs "
      "must contain at least one value, rules[0].nonResourceURLs: Invalid value: [\"/x\"]: "
      "namespaced rules cannot apply to non-resource URLs, rules[1].apiGroups: Required value: "
      "resource rules must supply at least one api group, rules[1].resources: Required value: "
      "resource rules must supply at least one resource]");
}

TEST_F(RbacTest, ChecksBindingsAsKubernetesDoes) {
  auto odd = binding("a", "Pod", "x");
  odd["subjects"] = {
      {{"kind", "ServiceAccount"}, {"name", "robot"}}, {{"kind", "Robot"}, {"name", "r"}}};

  const auto refused = call("POST", kRoleBindings, odd.dump());

  EXPECT_EQ(
      refused.at("message"),
      "RoleBinding.rbac.authorization.k8s.io \"a\" is invalid: [roleRef.kind: Unsupported value: "
      "\"Pod\": supported values: \"Role\", \"ClusterRole\", subjects[0].namespace: Required "
      "value, subjects[1].kind: Unsupported value: \"Robot\": supported values: "
      "\"ServiceAccount\", \"User\", \"Group\"]");
  const auto local = call("POST", kClusterBindings, binding("a", "Role", "x").dump());
  EXPECT_EQ(local.status, 422);
}

TEST_F(RbacTest, TellsTheGroupsThatAreLeftOut) {
  made(kRoleBindings, binding("a", "ClusterRole", "viewer"));

  const auto present = call("GET", kRoleBindings + "/a");

  EXPECT_EQ(present.at("roleRef.apiGroup"), "rbac.authorization.k8s.io");
  EXPECT_EQ(present.body["subjects"][0]["apiGroup"], "rbac.authorization.k8s.io");
}

TEST_F(RbacTest, KeepsTheRoleOfABinding) {
  made(kRoleBindings, binding("a", "ClusterRole", "viewer"));

  const auto refused = patch(kRoleBindings + "/a", {{"roleRef", {{"name", "admin"}}}});

  EXPECT_EQ(refused.status, 422);
  EXPECT_THAT(refused.at("message"), HasSubstr("cannot change roleRef"));
}

TEST_F(RbacTest, ShowsRolesAndBindingsInTables) {
  const std::string table = "application/json;as=Table;v=v1;g=meta.k8s.io";
  made(kRoleBindings, binding("a", "ClusterRole", "viewer"));

  const auto bindings = call("GET", kRoleBindings, {}, {{"Accept", table}});
  const auto roles = call("GET", kClusterRoles + "/system:discovery", {}, {{"Accept", table}});

  EXPECT_EQ(bindings.body["columnDefinitions"][1]["name"], "Role");
  EXPECT_THAT(
      bindings.body["rows"][0]["cells"],
      ElementsAre("a", "ClusterRole/viewer", "0s", "viewer", "", ""));
  EXPECT_EQ(roles.body["columnDefinitions"][1]["name"], "Created At");
  EXPECT_THAT(roles.body["rows"][0]["cells"][1].get<std::string>(), HasSubstr("T22:13:20Z"));
}

TEST_F(RbacTest, GathersTheRulesOfOtherRoles) {
  auto part = role("part", {reading("", "configmaps")});
  part["metadata"]["labels"] = {{"gather", "yes"}};
  auto whole = role("whole", {});
  const Json selector = {{"matchLabels", {{"gather", "yes"}}}};
  whole["aggregationRule"]["clusterRoleSelectors"] = Json::array({selector});
  made(kClusterRoles, part);
  made(kClusterRoles, whole);

  const auto gathered = call("GET", kClusterRoles + "/whole");
  patch(kClusterRoles + "/part", {{"metadata", {{"labels", {{"gather", nullptr}}}}}});
  settle();

  EXPECT_EQ(gathered.body["rules"], Json::array({reading("", "configmaps")}));
  EXPECT_EQ(call("GET", kClusterRoles + "/whole").body["rules"], Json::array());
}

TEST_F(RbacTest, PutsBackWhatTheReadyMadeRolesLack) {
  patch(kClusterRoles + "/viewer", {{"rules", Json::array({reading("extra.dev", "things")})}});
  patch(
      kClusterRoles + "/system:basic-user",
      {{"rules", nullptr},
       {"metadata",
        {{"annotations", {{"rbac.authorization.kubernetes.io/autoupdate", "false"}}}}}});
  patch(kClusterBindings + "/system:discovery", {{"subjects", nullptr}});
  call("DELETE", kClusterRoles + "/operator");
  settle();

  ASSERT_TRUE(api_.ensureDefaults({}));
  settle();

  const auto viewer = call("GET", kClusterRoles + "/viewer").body["rules"];
  EXPECT_EQ(viewer[0], reading("extra.dev", "things"));
  EXPECT_GT(viewer.size(), 10U);
  EXPECT_FALSE(call("GET", kClusterRoles + "/system:basic-user").body.contains("rules"));
  EXPECT_EQ(asViewer("GET", "/apis").status, 200);
  EXPECT_EQ(call("GET", kClusterRoles + "/operator").status, 200);
}

TEST_F(RbacTest, ChangesNothingAtASecondStart) {
  const auto before = hub_->revision();

  ASSERT_TRUE(api_.ensureDefaults({}));
  settle();

  EXPECT_EQ(hub_->revision(), before);
}

/// "viewer" may write roles and bindings, and read config maps.
class EscalationTest : public RbacTest {
 protected:
  EscalationTest() {
    grant(
        {reading("", "configmaps"),
         {{"verbs", {"create", "get", "patch", "update"}},
          {"apiGroups", {"rbac.authorization.k8s.io"}},
          {"resources", {"roles", "rolebindings"}}}});
  }
};

TEST_F(EscalationTest, RefusesToGiveWhatIsNotHeld) {
  const auto refused =
      asViewer("POST", kRoles, role("more", {reading("", "configmaps"), reading("", "secrets")}));

  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(
      refused.at("message"),
      "roles.rbac.authorization.k8s.io \"more\" is forbidden: user \"viewer\" "
      "(groups=[\"system:authenticated\"]) is attempting to grant RBAC permissions not currently "
      "held:\n{APIGroups:[\"\"], Resources:[\"secrets\"], Verbs:[\"get\" \"list\" \"watch\"]}");
}

TEST_F(EscalationTest, AllowsToGiveWhatIsHeld) {
  const auto made = asViewer("POST", kRoles, role("same", {reading("", "configmaps")}));
  settle();
  const auto bound = asViewer("POST", kRoleBindings, binding("same", "Role", "same"));

  EXPECT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(bound.status, 201) << bound.text;
}

TEST_F(EscalationTest, RefusesToChangeARoleIntoMore) {
  made(kRoles, role("more", {reading("", "configmaps")}));

  const Json wider = {{"rules", Json::array({reading("", "secrets")})}};
  const auto refused = call(
      "PATCH",
      kRoles + "/more",
      wider.dump(),
      {{"Content-Type", "application/merge-patch+json"}, {"Authorization", "Bearer just-looking"}});

  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.at("message"), HasSubstr("not currently held"));
}

TEST_F(EscalationTest, RefusesToBindARoleThatIsNotHeld) {
  const auto refused =
      asViewer("POST", kRoleBindings, binding("root", "ClusterRole", "cluster-admin"));
  const auto absent = asViewer("POST", kRoleBindings, binding("root", "ClusterRole", "nothing"));

  EXPECT_EQ(refused.status, 403);
  EXPECT_THAT(refused.at("message"), StartsWith("rolebindings.rbac.authorization.k8s.io \"root\""));
  EXPECT_EQ(absent.status, 404);
}

TEST_F(EscalationTest, AllowsToBindByTheVerb) {
  made(
      kRoles,
      role(
          "binder",
          {{{"verbs", {"bind"}},
            {"apiGroups", {"rbac.authorization.k8s.io"}},
            {"resources", {"clusterroles"}},
            {"resourceNames", {"admin"}}}}));
  made(kRoleBindings, binding("binder", "Role", "binder"));

  EXPECT_EQ(asViewer("POST", kRoleBindings, binding("x", "ClusterRole", "admin")).status, 201);
  EXPECT_EQ(
      asViewer("POST", kRoleBindings, binding("y", "ClusterRole", "cluster-admin")).status, 403);
}

TEST_F(EscalationTest, AllowsToEscalateByTheVerb) {
  made(
      kRoles,
      role(
          "escalator",
          {{{"verbs", {"escalate"}},
            {"apiGroups", {"rbac.authorization.k8s.io"}},
            {"resources", {"roles"}}}}));
  made(kRoleBindings, binding("escalator", "Role", "escalator"));

  EXPECT_EQ(asViewer("POST", kRoles, role("more", {reading("", "secrets")})).status, 201);
}

TEST_F(EscalationTest, RefusesADryRunToo) {
  const auto refused =
      asViewer("POST", kRoles + "?dryRun=All", role("more", {reading("", "secrets")}));

  EXPECT_EQ(refused.status, 403);
}

}  // namespace
}  // namespace berth::api
