#include "tests/unit/controller/api/api_fixture.hpp"
#include "tests/unit/controller/api/protobuf.hpp"

namespace berth::api {
namespace {

using testing::UnorderedElementsAre;

class ReviewTest : public ApiFixture {
 protected:
  static inline const std::string kWhoAmI = "/apis/authentication.k8s.io/v1/selfsubjectreviews";
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

TEST_F(ReviewTest, KeepsNothing) {
  settle();
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
