#include "controller/api/openapi_protobuf.hpp"
#include "tests/unit/controller/api/api_fixture.hpp"
#include "tests/unit/controller/api/protobuf.hpp"

namespace berth::api {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

const std::string kProtobuf = "application/com.github.proto-openapi.spec.v2@v1.0+protobuf";

class OpenApiV2Test : public ApiFixture {};

TEST_F(OpenApiV2Test, DescribesEveryKindInJson) {
  const auto answer = call("GET", "/openapi/v2");

  EXPECT_EQ(answer.at("swagger"), "2.0");
  const auto& host = answer.body["definitions"]["dev.berth.v1alpha1.Host"];
  EXPECT_EQ(host["x-kubernetes-group-version-kind"][0]["kind"], "Host");
  EXPECT_EQ(
      host["properties"]["metadata"]["$ref"],
      "#/definitions/io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta");
  const auto& patch = answer.body["paths"]["/apis/berth.dev/v1alpha1/hosts/{name}"]["patch"];
  EXPECT_EQ(patch["x-kubernetes-group-version-kind"]["kind"], "Host");
  EXPECT_EQ(patch["parameters"][1]["name"], "dryRun");
}

TEST_F(OpenApiV2Test, IsServedInTheFormThatIsAskedFor) {
  const auto protobuf = call("GET", "/openapi/v2", {}, {{"Accept", kProtobuf}});
  const auto again = call(
      "GET",
      "/openapi/v2",
      {},
      {{"Accept", kProtobuf}, {"If-None-Match", std::string(protobuf.headers.get("ETag"))}});
  const auto other = call("GET", "/openapi/v2", {}, {{"Accept", "text/html"}});

  EXPECT_EQ(
      protobuf.headers.get("Content-Type"),
      "application/com.github.proto-openapi.spec.v2.v1.0+protobuf");
  EXPECT_THAT(
      protobuf.text,
      StartsWith("\x0A\x03"
                 "2.0"));
  EXPECT_EQ(again.status, 304);
  EXPECT_EQ(other.status, 406);
}

TEST(OpenApiProtobufTest, EncodesWhatGnosticDecodes) {
  const Json document = {
      {"swagger", "2.0"},
      {"info", {{"title", "t"}, {"version", "v"}}},
      {"paths", Json::object()},
      {"definitions",
       {{"A",
         {{"type", "object"},
          {"description", "d"},
          {"required", {"b"}},
          {"properties", {{"b", {{"type", "integer"}, {"maximum", 1}, {"maxLength", 300}}}}},
          {"x-kubernetes-group-version-kind", Json::array()}}}}}};

  const auto maximum = std::string("\x39\0\0\0\0\0\0\xF0\x3F", 9);
  const auto b = maximum + std::string("\x58\xAC\x02") + field(22, field(1, "integer"));
  const auto extension = field(1, "x-kubernetes-group-version-kind") + field(2, field(2, "[]"));
  const auto a = field(4, "d") + field(19, "b") + field(22, field(1, "object")) +
                 field(25, field(1, field(1, "b") + field(2, b))) + field(31, extension);
  EXPECT_EQ(
      encodeOpenApiV2(document),
      field(1, "2.0") + field(2, field(1, "t") + field(2, "v")) + field(8, "") +
          field(9, field(1, field(1, "A") + field(2, a))));
}

}  // namespace
}  // namespace berth::api
