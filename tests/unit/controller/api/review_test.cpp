#include "tests/unit/controller/api/api_fixture.hpp"
#include "tests/unit/controller/api/protobuf.hpp"

namespace berth::api {
namespace {

using testing::HasSubstr;
using testing::UnorderedElementsAre;

class ReviewTest : public ApiFixture {
 protected:
  static inline const std::string kWhoAmI = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
  static inline const std::string kAuthorization = "/apis/authorization.k8s.io/v1/";

  ReviewTest() { settle(); }
};

TEST_F(ReviewTest, TellsWhoTheUserIs) {
  const auto answer = call("POST", kWhoAmI, "{}");

  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.at("kind"), "SelfSubjectReview");
  EXPECT_EQ(answer.at("status.userInfo.username"), "admin");
  EXPECT_THAT(
      answer.body["status"]["userInfo"]["groups"],
      UnorderedElementsAre("system:masters", "system:authenticated"));
}

TEST_F(ReviewTest, ReadsTheProtobufThatKubectlSends) {
  const auto answer = call(
      "POST",
      kWhoAmI,
      protobuf("authentication.k8s.io/v1", "SelfSubjectReview", ""),
      {{"Content-Type", "application/vnd.kubernetes.protobuf"}});

  EXPECT_EQ(answer.status, 201) << answer.text;
  EXPECT_EQ(answer.at("status.userInfo.username"), "admin");
}

TEST_F(ReviewTest, TellsWhetherTheUserMay) {
  const auto ask = [&](const Json& spec) {
    return call("POST", kAuthorization + "selfsubjectaccessreviews", Json{{"spec", spec}}.dump());
  };

  const auto yes = ask({{"resourceAttributes", {{"verb", "get"}, {"resource", "secrets"}}}});
  const auto path = ask({{"nonResourceAttributes", {{"verb", "get"}, {"path", "/metrics"}}}});
  const auto neither = ask(Json::object());

  EXPECT_EQ(yes.body["status"]["allowed"], true);
  EXPECT_EQ(path.body["status"]["allowed"], true);
  EXPECT_EQ(neither.status, 422);
  EXPECT_THAT(neither.at("message"), HasSubstr("exactly one of nonResourceAttributes"));
}

TEST_F(ReviewTest, ReadsAQuestionAboutRightsInProtobuf) {
  const auto attributes = field(1, "default") + field(2, "get") + field(5, "secrets");
  const auto answer = call(
      "POST",
      kAuthorization + "selfsubjectaccessreviews",
      protobuf(
          "authorization.k8s.io/v1", "SelfSubjectAccessReview", field(2, field(1, attributes))),
      {{"Content-Type", "application/vnd.kubernetes.protobuf"},
       {"Authorization", "Bearer just-looking"}});

  EXPECT_EQ(answer.status, 201) << answer.text;
  EXPECT_EQ(answer.at("spec.resourceAttributes.resource"), "secrets");
  EXPECT_EQ(answer.body["status"]["allowed"], false);
}

TEST_F(ReviewTest, TellsWhatSomebodyElseMay) {
  const Json about = {{"namespace", "default"}, {"verb", "create"}, {"resource", "secrets"}};
  const auto ask = [&](const std::string& target, const Json& subject) {
    Json spec = {{"resourceAttributes", about}};
    spec.update(subject);
    return call("POST", target, Json{{"spec", spec}}.dump());
  };

  const auto root = ask(kAuthorization + "subjectaccessreviews", {{"groups", {"system:masters"}}});
  const auto ann = ask(kAuthorization + "subjectaccessreviews", {{"user", "ann"}});
  const auto nobody = ask(kAuthorization + "subjectaccessreviews", Json::object());
  const auto local =
      ask(kAuthorization + "namespaces/default/localsubjectaccessreviews", {{"user", "ann"}});
  const auto elsewhere =
      ask(kAuthorization + "namespaces/berth-system/localsubjectaccessreviews", {{"user", "ann"}});

  EXPECT_EQ(root.body["status"]["allowed"], true);
  EXPECT_EQ(ann.body["status"]["allowed"], false);
  EXPECT_EQ(nobody.status, 422);
  EXPECT_EQ(local.body["status"]["allowed"], false);
  EXPECT_EQ(elsewhere.status, 422);
}

TEST_F(ReviewTest, ListsWhatTheUserMay) {
  const auto rules = call(
      "POST",
      kAuthorization + "selfsubjectrulesreviews",
      R"({"spec":{"namespace":"default"}})",
      {{"Authorization", "Bearer just-looking"}});
  const auto nowhere = call("POST", kAuthorization + "selfsubjectrulesreviews", R"({"spec":{}})");

  EXPECT_EQ(rules.status, 201) << rules.text;
  EXPECT_EQ(rules.body["status"]["incomplete"], false);
  EXPECT_EQ(rules.body["status"]["resourceRules"].size(), 2U);
  EXPECT_EQ(rules.body["status"]["resourceRules"][0]["verbs"], Json::array({"create"}));
  EXPECT_EQ(rules.body["status"]["nonResourceRules"].size(), 2U);
  EXPECT_EQ(nowhere.status, 400);
}

TEST_F(ReviewTest, KeepsNothing) {
  const auto before = hub_->revision();

  call("POST", kWhoAmI, "{}");
  settle();

  EXPECT_EQ(hub_->revision(), before);
  EXPECT_EQ(call("GET", kWhoAmI).status, 405);
  EXPECT_EQ(call("GET", kWhoAmI + "/x").status, 405);
  EXPECT_EQ(call("DELETE", kWhoAmI).status, 405);
}

TEST_F(ReviewTest, CanOnlyBeCreated) {
  const auto resources = call("GET", "/apis/authentication.k8s.io/v1").body["resources"];
  const auto schema = call("GET", "/openapi/v3/apis/authentication.k8s.io/v1").body;

  EXPECT_EQ(resources[0]["name"], "selfsubjectreviews");
  EXPECT_EQ(resources[0]["verbs"], Json::array({"create"}));
  EXPECT_FALSE(schema["paths"][kWhoAmI].contains("get"));
  EXPECT_TRUE(schema["paths"][kWhoAmI].contains("post"));
}

}  // namespace
}  // namespace berth::api
