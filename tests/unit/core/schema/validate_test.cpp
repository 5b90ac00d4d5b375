#include "core/schema/validate.hpp"

#include <gmock/gmock.h>

namespace berth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

Schema schemaOf(const char* text) {
  auto loaded = loadSchema(Json::parse(text));
  EXPECT_TRUE(loaded) << loaded.error().message;
  return *std::move(loaded);
}

/// One mistake in spec.x, and what Kubernetes says about it.
struct MistakeCase {
  const char* schema;  // of spec.x
  const char* value;   // of spec.x
  const char* reason;
  const char* message;
  const char* field = "spec.x";
};

class MistakeTest : public testing::TestWithParam<MistakeCase> {};

TEST_P(MistakeTest, IsToldInKubernetesWords) {
  const auto& given = GetParam();
  const auto schema = schemaOf(R"({"type":"object","properties":{"spec":{"type":"object"}}})");
  auto whole = schema;
  whole.properties.at("spec").properties.emplace("x", schemaOf(given.schema));
  const Json object = {{"spec", {{"x", Json::parse(given.value)}}}};

  const auto causes = validate(whole, object);

  ASSERT_EQ(causes.size(), 1U) << given.value;
  EXPECT_EQ(causes[0], (Cause{given.reason, given.message, given.field}));
}

INSTANTIATE_TEST_SUITE_P(
    All,
    MistakeTest,
    testing::Values(
        MistakeCase{
            R"({"type":"integer"})",
            R"("ten")",
            "FieldValueTypeInvalid",
            R"(Invalid value: "string": spec.x in body must be of type integer: "string")"},
        MistakeCase{
            R"({"type":"string"})",
            "null",
            "FieldValueTypeInvalid",
            R"(Invalid value: "null": spec.x in body must be of type string: "null")"},
        MistakeCase{
            R"({"type":"boolean"})",
            R"("true")",
            "FieldValueTypeInvalid",
            R"(Invalid value: "string": spec.x in body must be of type boolean: "string")"},
        MistakeCase{
            R"({"type":"integer"})",
            "1.5",
            "FieldValueTypeInvalid",
            R"(Invalid value: "number": spec.x in body must be of type integer: "number")"},
        MistakeCase{
            R"({"type":"integer","format":"int32"})",
            "3000000000",
            "FieldValueTypeInvalid",
            "Invalid value: 3000000000: spec.x in body must be of type int32: 3000000000"},
        MistakeCase{
            R"({"type":"string","enum":["gold","silver"]})",
            R"("tin")",
            "FieldValueNotSupported",
            R"(Unsupported value: "tin": supported values: "gold", "silver")"},
        MistakeCase{
            R"({"type":"integer","maximum":100})",
            "1000",
            "FieldValueInvalid",
            "Invalid value: 1000: spec.x in body should be less than or equal to 100"},
        MistakeCase{
            R"({"type":"integer","minimum":1})",
            "0",
            "FieldValueInvalid",
            "Invalid value: 0: spec.x in body should be greater than or equal to 1"},
        MistakeCase{
            R"({"type":"string","pattern":"^[a-z]+$"})",
            R"("A\nb")",
            "FieldValueInvalid",
            R"(Invalid value: "A\nb": spec.x in body should match '^[a-z]+$')"},
        MistakeCase{
            R"({"type":"string","maxLength":3})",
            R"("four")",
            "FieldValueTooLong",
            "Too long: may not be longer than 3"},
        MistakeCase{
            R"({"type":"string","minLength":3})",
            R"("ab")",
            "FieldValueInvalid",
            R"(Invalid value: "ab": spec.x in body should be at least 3 chars long)"},
        MistakeCase{
            R"({"type":"array","maxItems":1,"items":{"type":"string"}})",
            R"(["a","b"])",
            "FieldValueTooMany",
            "Too many: 2: must have at most 1 items"},
        MistakeCase{
            R"({"type":"array","minItems":1,"items":{"type":"string"}})",
            "[]",
            "FieldValueInvalid",
            "Invalid value: 0: spec.x in body should have at least 1 items"},
        MistakeCase{
            R"({"type":"array","x-kubernetes-list-type":"set","items":{"type":"string"}})",
            R"(["a","b","a"])",
            "FieldValueDuplicate",
            R"(Duplicate value: "a")",
            "spec.x[2]"},
        MistakeCase{
            R"({"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["k"],
                "items":{"type":"object","properties":{"k":{"type":"string"}}}})",
            R"([{"k":"a"},{"k":"a"}])",
            "FieldValueDuplicate",
            R"(Duplicate value: {"k":"a"})",
            "spec.x[1]"},
        MistakeCase{
            R"({"type":"object","required":["y"],"properties":{"y":{"type":"string"}}})",
            "{}",
            "FieldValueRequired",
            "Required value",
            "spec.x.y"},
        MistakeCase{
            R"({"type":"object","maxProperties":1,"additionalProperties":{"type":"string"}})",
            R"({"a":"","b":""})",
            "FieldValueTooMany",
            "Too many: 2: must have at most 1 items"},
        MistakeCase{
            R"({"type":"object","additionalProperties":{"type":"string"}})",
            R"({"a":1})",
            "FieldValueTypeInvalid",
            R"(Invalid value: "integer": spec.x.a in body must be of type string: "integer")",
            "spec.x.a"},
        MistakeCase{
            R"({"type":"string","format":"date-time"})",
            R"("today")",
            "FieldValueTypeInvalid",
            R"(Invalid value: "today": spec.x in body must be of type date-time: "today")"},
        MistakeCase{
            R"({"x-kubernetes-int-or-string":true})",
            "true",
            "FieldValueTypeInvalid",
            R"(Invalid value: "boolean": spec.x in body must be of type integer,string: "boolean")"},
        MistakeCase{
            R"({"type":"object","properties":{"a":{"type":"string"},"b":{"type":"string"}},
                "oneOf":[{"required":["a"]},{"required":["b"]}]})",
            "{}",
            "FieldValueInvalid",
            R"(Invalid value: "": "spec.x" must validate one and only one schema (oneOf). Found none valid)"},
        MistakeCase{
            R"({"type":"string","not":{"enum":["no"]}})",
            R"("no")",
            "FieldValueInvalid",
            R"(Invalid value: "": "spec.x" must not validate the schema (not))"},
        MistakeCase{
            R"({"type":"string","anyOf":[{"maxLength":1},{"pattern":"^a"}]})",
            R"("bb")",
            "FieldValueInvalid",
            R"(Invalid value: "": "spec.x" must validate at least one schema (anyOf))"},
        MistakeCase{
            R"({"type":"string","format":"password","minLength":8})",
            R"("hunter2")",
            "FieldValueInvalid",
            R"(Invalid value: "<hidden>": spec.x in body should be at least 8 chars long)"}));

TEST(ValidateTest, TakesWhatIsWell) {
  const auto schema = schemaOf(R"({"type":"object","properties":{
      "a":{"type":"string","nullable":true},
      "b":{"type":"number"},
      "c":{"x-kubernetes-int-or-string":true},
      "d":{"type":"object","x-kubernetes-preserve-unknown-fields":true},
      "e":{"type":"string","maxLength":2},
      "f":{"type":"object","properties":{"g":{"type":"string"}},
           "oneOf":[{"required":["g"]},{"required":["h"]}]}}})");

  EXPECT_THAT(
      validate(
          schema, Json::parse(R"({"a":null,"b":1,"c":"50%","d":{"x":[1]},"e":"äö","f":{"g":""}})")),
      IsEmpty());
}

TEST(ValidateTest, StopsAtAHundredCauses) {
  const auto schema = schemaOf(R"({"type":"array","items":{"type":"string"}})");
  EXPECT_EQ(validate(schema, Json(std::vector<int>(5000))).size(), 100U);
}

TEST(ValidateTest, EndsOnAnExpressionThatBacktracks) {
  const auto schema = schemaOf(R"({"type":"string","pattern":"^(a|a)*$"})");
  EXPECT_EQ(validate(schema, Json(std::string(50'000, 'a') + "b")).size(), 1U);
}

TEST(ValidateUpdateTest, KeepsWhatCannotBeChanged) {
  const auto schema = schemaOf(R"({"type":"object","properties":{
      "zone":{"type":"string","x-kubernetes-validations":[{"rule":"self == oldSelf","message":"the zone stays"}]},
      "ports":{"type":"array","x-kubernetes-list-type":"map","x-kubernetes-list-map-keys":["name"],
        "items":{"type":"object","properties":{"name":{"type":"string"},
          "number":{"type":"integer","x-kubernetes-validations":[{"rule":"self == oldSelf"}]}}}}}})");
  const auto old =
      Json::parse(R"({"zone":"a","ports":[{"name":"x","number":1},{"name":"y","number":2}]})");
  auto updated =
      Json::parse(R"({"zone":"b","ports":[{"name":"y","number":3},{"name":"z","number":9}]})");

  EXPECT_THAT(
      validateUpdate(schema, updated, old),
      ElementsAre(
          Cause{
              "FieldValueInvalid",
              R"(Invalid value: "integer": failed rule: self == oldSelf)",
              "ports[0].number"},
          Cause{"FieldValueInvalid", R"(Invalid value: "string": the zone stays)", "zone"}));
  EXPECT_THAT(validateUpdate(schema, old, old), IsEmpty());
}

TEST(ValidateMetadataTest, TellsWhatIsWrongWithNamesAndLabels) {
  const auto problems = [](const char* metadata) {
    std::vector<std::string> fields;
    for (const auto& cause : validateMetadata({{"metadata", Json::parse(metadata)}}))
      fields.push_back(cause.field + " " + cause.reason);
    return fields;
  };
  EXPECT_THAT(problems(R"({"name":"a.b"})"), IsEmpty());
  EXPECT_THAT(problems(R"({"generateName":"a-"})"), IsEmpty());
  EXPECT_THAT(problems("{}"), ElementsAre("metadata.name FieldValueRequired"));
  EXPECT_THAT(problems(R"({"name":"A"})"), ElementsAre("metadata.name FieldValueInvalid"));
  EXPECT_THAT(
      problems(R"({"name":"a","labels":{"a/b/c":"x","k":"-"}})"),
      ElementsAre("metadata.labels FieldValueInvalid", "metadata.labels FieldValueInvalid"));
  EXPECT_THAT(
      problems(R"({"name":"a","finalizers":["mine"]})"),
      ElementsAre("metadata.finalizers FieldValueInvalid"));
  EXPECT_THAT(
      problems(R"({"name":"a","ownerReferences":[{"apiVersion":"v1","kind":"X","name":"x"}]})"),
      ElementsAre("metadata.ownerReferences[0].uid FieldValueInvalid"));
}

TEST(InvalidObjectTest, SumsUpTheCauses) {
  const Cause one{"FieldValueRequired", "Required value", "spec.a"};
  const Cause two{"FieldValueRequired", "Required value", "spec.b"};

  EXPECT_EQ(
      invalidObject("DNSRecord", "berth.dev", "www", {one}).message,
      R"(DNSRecord.berth.dev "www" is invalid: spec.a: Required value)");
  EXPECT_EQ(
      invalidObject("Secret", "", "s", {one, two}).message,
      R"(Secret "s" is invalid: [spec.a: Required value, spec.b: Required value])");
}

struct FormatCase {
  const char* format;
  const char* value;
  bool has;
};

class FormatTest : public testing::TestWithParam<FormatCase> {};

TEST_P(FormatTest, IsTold) {
  EXPECT_EQ(hasFormat(GetParam().format, GetParam().value), GetParam().has)
      << GetParam().format << " " << GetParam().value;
}

INSTANTIATE_TEST_SUITE_P(
    All,
    FormatTest,
    testing::Values(
        FormatCase{"ipv4", "192.0.2.7", true},
        FormatCase{"ipv4", "192.0.2.256", false},
        FormatCase{"ipv6", "2001:db8::1", true},
        FormatCase{"ipv6", "2001:db8:::1", false},
        FormatCase{"cidr", "10.0.0.0/8", true},
        FormatCase{"cidr", "10.0.0.0/33", false},
        FormatCase{"cidr", "10.0.0.0", false},
        FormatCase{"duration", "1h30m", true},
        FormatCase{"duration", "1 hour", false},
        FormatCase{"date", "2026-02-28", true},
        FormatCase{"date", "2026-02-30", false},
        FormatCase{"date-time", "2026-01-01T00:00:00Z", true},
        FormatCase{"date-time", "2026-01-01", false},
        FormatCase{"hostname", "www.Example.org", true},
        FormatCase{"hostname", "-a.org", false},
        FormatCase{"email", "ops@example.org", true},
        FormatCase{"email", "ops@", false},
        FormatCase{"uri", "https://example.org/a", true},
        FormatCase{"uri", "example", false},
        FormatCase{"uuid", "123e4567-e89b-12d3-a456-426614174000", true},
        FormatCase{"uuid", "123e4567", false},
        FormatCase{"byte", "aGk=", true},
        FormatCase{"byte", "aGk", false},
        FormatCase{"mac", "00:11:22:33:44:55", true},
        FormatCase{"mac", "00:11:22:33:44", false},
        FormatCase{"nobody-knows", "anything", true}));

}  // namespace
}  // namespace berth
