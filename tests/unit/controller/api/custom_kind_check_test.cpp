#include "tests/unit/controller/api/custom_kind_fixture.hpp"

namespace berth::api {
namespace {

using testing::Contains;

class DefinitionCheckTest : public CustomKindFixture {};

TEST_F(DefinitionCheckTest, OurGroupTakesNoOtherKinds) {
  auto mine = crd();
  mine["metadata"]["name"] = "widgets.berth.dev";
  mine["spec"]["group"] = "berth.dev";

  EXPECT_EQ(make(mine).status, 403);
}

struct Wrong {
  const char* patch;  // RFC 6902 on crd()
  const char* field;
};

class WrongDefinitionTest : public CustomKindFixture, public testing::WithParamInterface<Wrong> {};

TEST_P(WrongDefinitionTest, IsRefusedWithThePlace) {
  const auto wrong = crd().patch(Json::parse(GetParam().patch));

  const auto answer = make(wrong);

  EXPECT_EQ(answer.status, 422) << answer.text;
  EXPECT_THAT(fieldsOf(answer), Contains(GetParam().field)) << answer.text;
}

#define ROOT "/spec/versions/0/schema/openAPIV3Schema"
#define COLOR ROOT "/properties/spec/properties/color"
#define AT "spec.versions[0].schema.openAPIV3Schema"
#define AT_COLOR AT ".properties[spec].properties[color]"

INSTANTIATE_TEST_SUITE_P(
    Names,
    WrongDefinitionTest,
    testing::Values(
        Wrong{
            R"([{"op":"replace","path":"/metadata/name","value":"x.example.org"}])",
            "metadata.name"},
        Wrong{R"([{"op":"replace","path":"/spec/group","value":"example"}])", "spec.group"},
        Wrong{
            R"([{"op":"replace","path":"/spec/group","value":"x.k8s.io"}])",
            "metadata.annotations[api-approved.kubernetes.io]"},
        Wrong{
            R"([{"op":"replace","path":"/spec/group","value":"coordination.k8s.io"}])",
            "spec.group"},
        Wrong{R"([{"op":"replace","path":"/spec/scope","value":"Galaxy"}])", "spec.scope"},
        Wrong{
            R"([{"op":"replace","path":"/spec/names/kind","value":"Wid_get"}])", "spec.names.kind"},
        Wrong{
            R"([{"op":"add","path":"/spec/names/listKind","value":"Widget"}])",
            "spec.names.listKind"},
        Wrong{
            R"([{"op":"add","path":"/spec/names/shortNames/0","value":"W"}])",
            "spec.names.shortNames[0]"},
        Wrong{
            R"([{"op":"add","path":"/spec/conversion","value":{"strategy":"Webhook"}}])",
            "spec.conversion.strategy"},
        Wrong{R"([{"op":"replace","path":"/spec/versions","value":[]}])", "spec.versions"},
        Wrong{
            R"([{"op":"replace","path":"/spec/versions/0/storage","value":false}])",
            "spec.versions"},
        Wrong{
            R"([{"op":"copy","from":"/spec/versions/0","path":"/spec/versions/1"}])",
            "spec.versions[1].name"},
        Wrong{R"([{"op":"remove","path":"/spec/versions/0/schema"}])", AT},
        Wrong{
            R"([{"op":"replace","path":"/spec/versions/0/additionalPrinterColumns/0/type","value":"x"}])",
            "spec.versions[0].additionalPrinterColumns[0].type"},
        Wrong{
            R"([{"op":"replace","path":"/spec/versions/0/additionalPrinterColumns/0/jsonPath","value":"x"}])",
            "spec.versions[0].additionalPrinterColumns[0].jsonPath"},
        Wrong{
            R"([{"op":"replace","path":"/spec/versions/0/selectableFields/0/jsonPath","value":".spec.x"}])",
            "spec.versions[0].selectableFields[0].jsonPath"},
        Wrong{
            R"([{"op":"replace","path":"/spec/versions/0/subresources/scale/specReplicasPath","value":".a"}])",
            "spec.versions[0].subresources.scale.specReplicasPath"}));

INSTANTIATE_TEST_SUITE_P(
    Structure,
    WrongDefinitionTest,
    testing::Values(
        Wrong{R"([{"op":"remove","path":")" ROOT R"(/type"}])", AT ".type"},
        Wrong{R"([{"op":"add","path":")" ROOT R"(/nullable","value":true}])", AT ".nullable"},
        Wrong{R"([{"op":"remove","path":")" COLOR R"(/type"}])", AT_COLOR ".type"},
        Wrong{R"([{"op":"replace","path":")" COLOR R"(/type","value":"text"}])", AT_COLOR ".type"},
        Wrong{R"([{"op":"add","path":")" COLOR R"(/$ref","value":"x"}])", AT_COLOR ".$ref"},
        Wrong{R"([{"op":"add","path":")" COLOR R"(/pattern","value":"("}])", AT_COLOR ".pattern"},
        Wrong{
            R"([{"op":"add","path":")" COLOR R"(/default","value":"pink"}])", AT_COLOR ".default"},
        Wrong{R"([{"op":"replace","path":")" COLOR R"(/enum","value":[]}])", AT_COLOR ".enum"},
        Wrong{
            R"([{"op":"add","path":")" COLOR
            R"(/x-kubernetes-validations","value":[{"rule":"self > 1"}]}])",
            AT_COLOR ".x-kubernetes-validations"},
        Wrong{
            R"([{"op":"add","path":")" COLOR R"(/anyOf","value":[{"type":"string"}]}])",
            AT_COLOR ".anyOf[0].type"},
        Wrong{
            R"([{"op":"replace","path":")" COLOR R"(","value":{"type":"array"}}])",
            AT_COLOR ".items"},
        Wrong{
            R"([{"op":"replace","path":")" COLOR
            R"(","value":{"type":"object","properties":{"a":{"type":"string"}},"additionalProperties":{"type":"string"}}}])",
            AT_COLOR ".additionalProperties"},
        Wrong{
            R"([{"op":"replace","path":")" COLOR
            R"(","value":{"type":"array","x-kubernetes-list-type":"map","items":{"type":"object"}}}])",
            AT_COLOR ".x-kubernetes-list-map-keys"}));

TEST_F(DefinitionCheckTest, ScopeAndKindCannotChange) {
  make(crd());

  const auto answer = patch(kCrds + "/widgets.example.org", {{"spec", {{"scope", "Cluster"}}}});

  EXPECT_EQ(answer.status, 422);
  EXPECT_THAT(fieldsOf(answer), Contains("spec.scope"));
}

}  // namespace
}  // namespace berth::api
