#include "tests/unit/controller/api/front_door_fixture.hpp"

namespace berth::api {
namespace {

using testing::HasSubstr;

class FacadeTest : public FrontDoorFixture {
 protected:
  static inline const std::string kDeployments =
      "/apis/berth.dev/v1alpha1/namespaces/default/clientdeployments";

  Answer post(const std::string& target, const Json& body) {
    return call("POST", target, body.dump());
  }
  Answer makeDeployment(const std::string& client = "acme") {
    return post(
        "/api/deployments",
        {{"client_name", client}, {"image", "app:1"}, {"domain", client + ".example.org"}});
  }
  Json stored(const std::string& path) { return call("GET", path).body; }
};

TEST_F(FacadeTest, RegistersAHost) {
  const auto made = post(
      "/api/hosts",
      {{"hostname", "host-a"}, {"ip_address", "192.0.2.7"}, {"agent_url", "https://host-a:8050"}});

  EXPECT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.at("hostname"), "host-a");
  EXPECT_EQ(made.at("status"), "offline") << "nobody has reached it yet";
  const auto host = stored(kHosts + "/host-a");
  EXPECT_EQ(stringAt(host, "spec.address"), "192.0.2.7");
  EXPECT_EQ(stringAt(host, "spec.connection.agent.url"), "https://host-a:8050");
}

TEST_F(FacadeTest, ListsHosts) {
  createHost("a");
  createHost("b");

  const auto list = call("GET", "/api/hosts");

  EXPECT_EQ(list.body["count"], 2);
  EXPECT_EQ(stringAt(list.body["hosts"][0], "id"), "a");
  EXPECT_EQ(call("GET", "/api/v1/cluster/status").body["nodes"].size(), 2U);
}

TEST_F(FacadeTest, KeepsNewTenantsAwayFromAHostInMaintenance) {
  createHost("a");

  EXPECT_EQ(call("PUT", "/api/hosts/a", R"({"status":"maintenance"})").status, 200);

  EXPECT_EQ(stored(kHosts + "/a")["spec"]["unschedulable"], true);
}

TEST_F(FacadeTest, DeregistersAHost) {
  createHost("a");

  const auto gone = call("DELETE", "/api/hosts/a");

  EXPECT_EQ(gone.status, 200);
  EXPECT_EQ(gone.at("status"), "deleted");
  const auto missing = call("GET", "/api/hosts/a");
  EXPECT_EQ(missing.status, 404);
  EXPECT_THAT(missing.at("detail"), HasSubstr("\"a\" not found"));
}

TEST_F(FacadeTest, MakesADeploymentThatKubectlSees) {
  const auto made = post(
      "/api/deployments",
      {{"client_name", "acme"},
       {"image", "app:1"},
       {"fqdn", "acme.example.org"},
       {"host", "host-a"},
       {"memory", "1Gi"},
       {"env", {{"A", "1"}, {"B", "2"}}}});

  EXPECT_EQ(made.status, 201) << made.text;
  EXPECT_EQ(made.at("id"), "acme");
  EXPECT_EQ(made.at("client_name"), "acme");
  EXPECT_EQ(made.at("status"), "active");
  const auto object = stored(kDeployments + "/acme");
  EXPECT_EQ(stringAt(object, "spec.domain"), "acme.example.org");
  EXPECT_EQ(stringAt(object, "spec.placement.hostName"), "host-a");
  EXPECT_EQ(stringAt(object, "spec.resources.memory"), "1Gi");
  EXPECT_EQ(stringAt(object["spec"]["env"][1], "name"), "B");
}

TEST_F(FacadeTest, ChangesOnlyWhatAPutSpeaksOf) {
  makeDeployment();

  const auto changed = call("PUT", "/api/deployments/acme", R"({"image":"app:2"})");

  EXPECT_EQ(changed.status, 200) << changed.text;
  EXPECT_EQ(changed.at("image"), "app:2");
  EXPECT_EQ(changed.at("fqdn"), "acme.example.org");
}

TEST_F(FacadeTest, StopsAndPausesADeployment) {
  makeDeployment();

  EXPECT_EQ(
      call("PUT", "/api/deployments/acme", R"({"status":"stopped"})").at("status"), "stopped");
  EXPECT_EQ(call("PUT", "/api/deployments/acme", R"({"status":"paused"})").at("status"), "paused");
  EXPECT_EQ(call("PUT", "/api/deployments/acme", R"({"status":"active"})").at("status"), "active");
  EXPECT_EQ(call("PUT", "/api/deployments/acme", R"({"status":"gone"})").status, 422);
}

TEST_F(FacadeTest, NamesADeploymentOfAnotherNamespaceWithIt) {
  call("POST", "/api/v1/namespaces", R"({"metadata":{"name":"other"}})");
  const Json object = {{"metadata", {{"name", "beta"}}}, {"spec", {{"image", "app:1"}}}};
  call("POST", "/apis/berth.dev/v1alpha1/namespaces/other/clientdeployments", object.dump());

  const auto list = call("GET", "/api/deployments");

  ASSERT_EQ(list.body["count"], 1) << list.text;
  EXPECT_EQ(stringAt(list.body["deployments"][0], "id"), "other:beta");
  EXPECT_EQ(call("GET", "/api/deployments/other:beta").at("client_name"), "beta");
}

TEST_F(FacadeTest, RefusesWhatItDoesNotUnderstand) {
  EXPECT_EQ(post("/api/deployments", {{"client_name", "a"}, {"color", "red"}}).status, 422);
  EXPECT_EQ(post("/api/deployments", {{"client_name", "a"}}).status, 422) << "an image is needed";
  EXPECT_EQ(post("/api/deployments", {{"client_name", "../a"}, {"image", "app:1"}}).status, 422);
  EXPECT_EQ(call("POST", "/api/deployments", "[1]").status, 422);
  EXPECT_EQ(call("POST", "/api/deployments", "{").status, 400);
  EXPECT_EQ(call("PATCH", "/api/deployments", "{}").status, 405);
  EXPECT_EQ(post("/api/deployments/acme/configure-dns", {}).status, 501);
}

TEST_F(FacadeTest, AsksForTheSameRightsAsTheApi) {
  for (const auto* target :
       {"/api/hosts", "/api/deployments", "/api/sync/status", "/api/v1/cluster/status"}) {
    http::Request request{.target = target};
    EXPECT_EQ(send(request).status, 401) << target;
    request.headers.set("Authorization", "Bearer just-looking");
    EXPECT_EQ(send(request).status, 403) << target;
    EXPECT_THAT(send(request).at("detail"), HasSubstr("forbidden")) << target;
  }
}

TEST_F(FacadeTest, TellsEverybodyWhetherItIsHealthy) {
  const auto health = send({.target = "/health"});

  EXPECT_EQ(health.status, 200);
  EXPECT_EQ(health.body, (Json{{"status", "healthy"}}));
}

TEST_F(FacadeTest, ServesTheStateOfAClientByItsKey) {
  makeDeployment();

  const auto state = call("GET", "/api/v1/state/deployment.acme");
  EXPECT_EQ(state.at("value.client_name"), "acme");
  EXPECT_EQ(call("GET", "/api/v1/state/deployment.nobody").status, 404);
  EXPECT_EQ(call("GET", "/api/v1/state/other").status, 404);

  const auto set = call("PUT", "/api/v1/state/deployment.acme", R"({"value":{"status":"paused"}})");
  EXPECT_EQ(set.body["success"], true) << set.text;
  EXPECT_EQ(call("GET", "/api/v1/state/deployment.acme").at("value.status"), "paused");
  const auto unserved =
      call("PUT", "/api/v1/state/deployment.acme", R"({"value":{"sync_enabled":false}})");
  EXPECT_EQ(unserved.status, 501);
}

TEST_F(FacadeTest, QueuesASync) {
  makeDeployment();

  const auto queued = post("/api/sync/trigger/acme", {});
  const auto full = post("/api/v1/sync/trigger", {{"client_name", "acme"}, {"full_sync", true}});

  EXPECT_EQ(queued.status, 202) << queued.text;
  EXPECT_EQ(queued.at("status"), "queued");
  EXPECT_EQ(full.body["full_sync"], true) << full.text;
  const auto jobs = call("GET", "/api/sync/status").body["jobs"];
  ASSERT_EQ(jobs.size(), 2U);
  EXPECT_EQ(stringAt(jobs[0], "status"), "pending");
  EXPECT_EQ(post("/api/sync/trigger/nobody", {}).status, 404);
}

TEST_F(FacadeTest, ListsAndSettlesConflicts) {
  const Json conflict = {
      {"metadata", {{"name", "c1"}}},
      {"spec",
       {{"deploymentRef", {{"name", "acme"}}},
        {"table", "chat"},
        {"rowKey", "\"1\""},
        {"type", "BothChanged"}}}};
  const auto made =
      call("POST", "/apis/berth.dev/v1alpha1/namespaces/default/syncconflicts", conflict.dump());
  ASSERT_EQ(made.status, 201) << made.text;

  EXPECT_EQ(call("GET", "/api/sync/conflicts").body["count"], 1);
  EXPECT_EQ(call("GET", "/api/v1/conflicts?client_name=other").body["count"], 0);
  const auto settled = post("/api/sync/resolve/c1", {{"strategy", "source_wins"}});
  EXPECT_EQ(settled.at("resolution_strategy"), "AcceptSource") << settled.text;
  EXPECT_EQ(post("/api/sync/resolve/c1", {{"strategy", "guess"}}).status, 422);
}

TEST_F(FacadeTest, LeavesOtherPathsToTheApi) {
  EXPECT_EQ(call("GET", "/api/v1").at("kind"), "APIResourceList");
  EXPECT_EQ(call("GET", "/api").at("kind"), "APIVersions");
  EXPECT_EQ(call("GET", "/api/v1/namespaces").at("kind"), "NamespaceList");
  EXPECT_EQ(call("GET", "/api/nothing").status, 404);
}

}  // namespace
}  // namespace berth::api
