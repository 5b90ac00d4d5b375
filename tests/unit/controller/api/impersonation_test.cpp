#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using testing::ElementsAre;
using testing::UnorderedElementsAre;

/// "viewer" of the fixture is a user without any role.
class ImpersonationTest : public ApiFixture {
 protected:
  using Headers = std::vector<std::pair<std::string, std::string>>;

  /// Who the server takes the admin for.
  Json whoAmI(const Headers& headers) {
    http::Request request{
        .method = "POST",
        .target = "/apis/authentication.k8s.io/v1/selfsubjectreviews",
        .body = "{}"};
    request.headers.set("Authorization", "Bearer let-me-in");
    for (const auto& [name, value] : headers) request.headers.add(name, value);
    const auto answer = send(request);
    EXPECT_EQ(answer.status, 201) << answer.text;
    return answer.body["status"]["userInfo"];
  }

  void grantImpersonation(const char* resource, const char* name) {
    const Json role = {
        {"metadata", {{"name", "as"}}},
        {"rules",
         {{{"verbs", {"impersonate"}},
           {"apiGroups", {""}},
           {"resources", {resource}},
           {"resourceNames", {name}}}}}};
    const Json binding = {
        {"metadata", {{"name", "as"}}},
        {"roleRef", {{"kind", "ClusterRole"}, {"name", "as"}}},
        {"subjects", {{{"kind", "User"}, {"name", "viewer"}}}}};
    call("POST", "/apis/rbac.authorization.k8s.io/v1/clusterroles", role.dump());
    call("POST", "/apis/rbac.authorization.k8s.io/v1/clusterrolebindings", binding.dump());
    settle();
  }

  Answer asViewer(const Headers& headers) {
    Headers all{{"Authorization", "Bearer just-looking"}};
    all.insert(all.end(), headers.begin(), headers.end());
    return call("GET", "/apis", {}, all);
  }
};

TEST_F(ImpersonationTest, ActsAsAUser) {
  settle();

  const auto user = whoAmI(
      {{"Impersonate-User", "ann"},
       {"impersonate-group", "team"},
       {"Impersonate-Group", "other"},
       {"Impersonate-Uid", "42"},
       {"Impersonate-Extra-Acme.com%2Fproject", "x"},
       {"Impersonate-Extra-scopes", "a"},
       {"Impersonate-Extra-scopes", "b"}});

  EXPECT_EQ(user["username"], "ann");
  EXPECT_THAT(user["groups"], UnorderedElementsAre("team", "other", "system:authenticated"));
  EXPECT_EQ(user["uid"], "42");
  EXPECT_EQ(user["extra"]["acme.com/project"], Json::array({"x"}));
  EXPECT_EQ(user["extra"]["scopes"], Json::array({"a", "b"}));
}

TEST_F(ImpersonationTest, LosesTheRightsOfWhoReallyAsks) {
  settle();

  const auto refused = call("GET", kHosts, {}, {{"Impersonate-User", "ann"}});

  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(
      call(
          "GET", kHosts, {}, {{"Impersonate-User", "ann"}, {"Impersonate-Group", "system:masters"}})
          .status,
      200);
}

TEST_F(ImpersonationTest, KnowsTheGroupsOfServiceAccounts) {
  settle();

  const auto user = whoAmI({{"Impersonate-User", "system:serviceaccount:acme:robot"}});

  EXPECT_THAT(
      user["groups"],
      UnorderedElementsAre(
          "system:serviceaccounts", "system:serviceaccounts:acme", "system:authenticated"));
}

TEST_F(ImpersonationTest, NeedsTheRight) {
  settle();

  const auto refused = asViewer({{"Impersonate-User", "ann"}});

  EXPECT_EQ(refused.status, 403);
  EXPECT_EQ(
      refused.at("message"),
      "users \"ann\" is forbidden: User \"viewer\" cannot impersonate resource \"users\" in API "
      "group \"\" at the cluster scope");
}

TEST_F(ImpersonationTest, NeedsTheRightForEachPart) {
  grantImpersonation("users", "ann");

  EXPECT_EQ(asViewer({{"Impersonate-User", "ann"}}).status, 200);
  EXPECT_EQ(asViewer({{"Impersonate-User", "bob"}}).status, 403);
  EXPECT_EQ(
      asViewer({{"Impersonate-User", "ann"}, {"Impersonate-Group", "system:masters"}}).status, 403);
  EXPECT_EQ(asViewer({{"Impersonate-User", "ann"}, {"Impersonate-Uid", "1"}}).status, 403);
  EXPECT_EQ(asViewer({{"Impersonate-User", "ann"}, {"Impersonate-Extra-a", "1"}}).status, 403);
}

TEST_F(ImpersonationTest, TakesAServiceAccountForOne) {
  grantImpersonation("users", "system:serviceaccount:acme:robot");

  EXPECT_EQ(asViewer({{"Impersonate-User", "system:serviceaccount:acme:robot"}}).status, 403);
}

TEST_F(ImpersonationTest, NeedsAUser) {
  EXPECT_EQ(call("GET", "/apis", {}, {{"Impersonate-Group", "team"}}).status, 400);
}

}  // namespace
}  // namespace berth::api
