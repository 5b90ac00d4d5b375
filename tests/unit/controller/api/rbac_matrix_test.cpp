#include <map>
#include <set>

#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::IsEmpty;
using Verbs = std::set<std::string>;

/// What the three ready-made roles may do with a resource, by letters: r for get, list
/// and watch; g for get; w for every verb; c for create; u for get, update and patch; t for
/// reading and deleting.
struct Row {
  const char* viewer;
  const char* nobody;  // who has no role
  const char* operates;
  const char* admin;
};

/// The policy, written by hand: a resource that is served and is not here fails the test.
/// So does a role that allows more or less than is told.
const std::map<std::string, Row> kPolicy{
    {"configmaps", {"r", "", "w", "w"}},
    {"events", {"r", "", "r", "w"}},
    {"namespaces", {"r", "", "r", "r"}},
    {"namespaces/finalize", {"", "", "", ""}},
    {"namespaces/status", {"g", "", "g", "g"}},
    {"secrets", {"", "", "c", "w"}},
    {"serviceaccounts", {"r", "", "r", "w"}},
    {"serviceaccounts/token", {"", "", "", "c"}},
    {"customresourcedefinitions.apiextensions.k8s.io", {"r", "", "r", "r"}},
    {"customresourcedefinitions.apiextensions.k8s.io/status", {"g", "", "g", "g"}},
    {"events.events.k8s.io", {"r", "", "r", "w"}},
    {"leases.coordination.k8s.io", {"r", "", "r", "w"}},
    {"tokenreviews.authentication.k8s.io", {"", "", "", ""}},
    {"selfsubjectreviews.authentication.k8s.io", {"c", "c", "c", "c"}},
    {"selfsubjectaccessreviews.authorization.k8s.io", {"c", "c", "c", "c"}},
    {"selfsubjectrulesreviews.authorization.k8s.io", {"c", "c", "c", "c"}},
    {"subjectaccessreviews.authorization.k8s.io", {"", "", "", ""}},
    {"localsubjectaccessreviews.authorization.k8s.io", {"", "", "", "c"}},
    {"roles.rbac.authorization.k8s.io", {"", "", "", "w"}},
    {"rolebindings.rbac.authorization.k8s.io", {"", "", "", "w"}},
    {"clusterroles.rbac.authorization.k8s.io", {"", "", "", ""}},
    {"clusterrolebindings.rbac.authorization.k8s.io", {"", "", "", ""}},
    {"accesstokens.berth.dev", {"", "", "", "t"}},
    {"accesstokens.berth.dev/status", {"", "", "", "g"}},
    {"backuppolicies.berth.dev", {"r", "", "w", "w"}},
    {"backups.berth.dev", {"r", "", "w", "w"}},
    {"certificates.berth.dev", {"r", "", "w", "w"}},
    {"clientdeployments.berth.dev", {"r", "", "w", "w"}},
    {"clientdeployments.berth.dev/log", {"g", "", "g", "g"}},
    {"clientdeployments.berth.dev/scale", {"g", "", "u", "u"}},
    {"dnsproviders.berth.dev", {"r", "", "r", "w"}},
    {"dnsrecords.berth.dev", {"r", "", "w", "w"}},
    {"gitsources.berth.dev", {"r", "", "r", "r"}},
    {"hosts.berth.dev", {"r", "", "w", "w"}},
    {"issuers.berth.dev", {"r", "", "r", "w"}},
    {"migrations.berth.dev", {"r", "", "w", "w"}},
    {"restores.berth.dev", {"r", "", "w", "w"}},
    {"syncconflicts.berth.dev", {"r", "", "w", "w"}},
    {"syncjobs.berth.dev", {"r", "", "w", "w"}},
    {"syncpolicies.berth.dev", {"r", "", "w", "w"}},
};
/// The status of each of our kinds.
const Row kOurStatus{"g", "", "g", "g"};

const Verbs kAll{"create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"};

Verbs verbsOf(const std::string& letters) {
  if (letters == "r") return {"get", "list", "watch"};
  if (letters == "t") return {"delete", "deletecollection", "get", "list", "watch"};
  if (letters == "g") return {"get"};
  if (letters == "c") return {"create"};
  if (letters == "u") return {"get", "patch", "update"};
  return letters == "w" ? kAll : Verbs{};
}

const Row* rowOf(const std::string& resource) {
  const auto found = kPolicy.find(resource);
  if (found != kPolicy.end()) return &found->second;
  return resource.ends_with(".berth.dev/status") ? &kOurStatus : nullptr;
}

struct Route {
  std::string resource;    // hosts.berth.dev/status
  std::string collection;  // its URL
  std::string subresource;
};

/// One user per role, each bound in the whole cluster.
class RbacMatrixTest : public ApiFixture {
 protected:
  RbacMatrixTest() {
    for (const auto* role : {"viewer", "operator", "admin", "cluster-admin"}) {
      const Json binding = {
          {"metadata", {{"name", std::string("matrix-") + role}}},
          {"roleRef", {{"kind", "ClusterRole"}, {"name", role}}},
          {"subjects", {{{"kind", "User"}, {"name", role}}}}};
      const auto made =
          call("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding.dump());
      EXPECT_EQ(made.status, 201) << made.text;
    }
    settle();
  }

  Answer as(const std::string& user, const std::string& method, const std::string& target) {
    std::vector<std::pair<std::string, std::string>> headers{{"Impersonate-User", user}};
    if (method == "PATCH") headers.emplace_back("Content-Type", "application/merge-patch+json");
    const bool writes = method != "GET";
    return call(
        method,
        target + (writes ? "?dryRun=All" : ""),
        writes && method != "DELETE" ? "{}" : "",
        headers);
  }

  /// Every resource and subresource that discovery tells of.
  std::vector<Route> routes() {
    std::vector<Route> all;
    std::vector<std::string> bases{"/api/v1"};
    const auto groups = call("GET", "/apis").body;
    for (const auto& group : groups["groups"])
      for (const auto& version : group["versions"])
        bases.push_back("/apis/" + stringAt(version, "groupVersion"));
    for (const auto& base : bases) {
      const auto list = call("GET", base).body;
      const auto version = stringAt(list, "groupVersion");
      const auto slash = version.find('/');
      const auto group = slash == std::string::npos ? "" : "." + version.substr(0, slash);
      for (const auto& resource : list["resources"]) {
        const auto name = stringAt(resource, "name");
        const auto part = name.find('/');
        const auto plural = name.substr(0, part);
        const auto rest = part == std::string::npos ? "" : name.substr(part);
        all.push_back(
            {plural + group + rest,
             base + (resource["namespaced"] == true ? "/namespaces/default/" : "/") + plural,
             rest});
      }
    }
    return all;
  }

  /// The verbs that a user is not forbidden to use on a route.
  Verbs allowed(const std::string& user, const Route& route) {
    const auto item = route.collection + "/x" + route.subresource;
    std::map<std::string, std::pair<const char*, std::string>> requests{
        {"get", {"GET", item}},
        {"update", {"PUT", item}},
        {"patch", {"PATCH", item}},
        {"delete", {"DELETE", item}},
        {"create", {"POST", route.subresource.empty() ? route.collection : item}}};
    if (route.subresource.empty()) {
      requests["list"] = {"GET", route.collection};
      requests["watch"] = {"GET", route.collection + "?watch=true"};
      requests["deletecollection"] = {"DELETE", route.collection};
    }
    Verbs verbs;
    for (const auto& [verb, request] : requests) {
      const auto answer = as(user, request.first, request.second);
      EXPECT_NE(answer.status, 500) << verb << ' ' << route.resource;
      // "default" may not be deleted, whoever asks: that is no matter of rights.
      const bool refused = answer.status == 403 &&
                           answer.at("message").find("is forbidden: User") != std::string::npos;
      if (!refused) verbs.insert(verb);
    }
    return verbs;
  }

  /// What the table says, of the verbs that the route can have.
  static Verbs told(const char* letters, const Route& route) {
    auto verbs = verbsOf(letters);
    if (!route.subresource.empty())
      for (const auto* verb : {"list", "watch", "deletecollection"}) verbs.erase(verb);
    return verbs;
  }
};

TEST_F(RbacMatrixTest, EveryRoleMayDoWhatTheTableSaysOnEveryRoute) {
  const auto all = routes();
  EXPECT_GT(all.size(), 40U);

  for (const auto& route : all) {
    const auto* row = rowOf(route.resource);
    ASSERT_NE(row, nullptr) << route.resource << " is served: say in the table who may use it";
    EXPECT_EQ(allowed("viewer", route), told(row->viewer, route)) << route.resource;
    EXPECT_EQ(allowed("operator", route), told(row->operates, route)) << route.resource;
    EXPECT_EQ(allowed("admin", route), told(row->admin, route)) << route.resource;
    EXPECT_EQ(allowed("nobody", route), told(row->nobody, route)) << route.resource;
    EXPECT_EQ(allowed("cluster-admin", route), told("w", route)) << route.resource;
  }
}

TEST_F(RbacMatrixTest, OnlyWhoIsTrustedMayReadMetricsAndAudit) {
  const std::set<std::string> forAll{
      "/api", "/apis", "/healthz", "/livez", "/openapi/v2", "/openapi/v3", "/readyz", "/version"};
  const std::set<std::string> forFew{"/audit", "/metrics"};

  const auto root = call("GET", "/").body;
  for (const auto& path : root["paths"]) {
    const auto target = path.get<std::string>();
    ASSERT_TRUE(forAll.contains(target) || forFew.contains(target))
        << target << " is served: say who may use it";
    for (const auto* user : {"viewer", "operator", "admin", "nobody"}) {
      EXPECT_EQ(as(user, "GET", target).status == 403, forFew.contains(target)) << user << target;
      EXPECT_EQ(as(user, "POST", target).status, 403) << user << target;
    }
    EXPECT_NE(as("cluster-admin", "GET", target).status, 403);
  }
}

}  // namespace
}  // namespace berth::api
