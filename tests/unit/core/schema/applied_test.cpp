#include "core/schema/applied.hpp"

#include <gmock/gmock.h>

#include "core/schema/field_walk.hpp"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

const Schema& schema() {
  static const Schema kSchema = *loadSchema(Json::parse(R"({
    "type": "object", "properties": {
      "name": {"type": "string"},
      "note": {"type": "string", "nullable": true},
      "tree": {"type": "object", "properties": {
        "a": {"type": "string"}, "b": {"type": "integer", "default": 1}}},
      "labels": {"type": "object", "additionalProperties": {"type": "string"}},
      "whole": {"type": "object", "x-kubernetes-map-type": "atomic",
        "additionalProperties": {"type": "string"}},
      "list": {"type": "array", "items": {"type": "string"}},
      "set": {"type": "array", "x-kubernetes-list-type": "set", "items": {"type": "string"}},
      "env": {"type": "array", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": ["name"],
        "items": {"type": "object", "properties": {
          "name": {"type": "string"}, "value": {"type": "string"},
          "from": {"type": "object", "properties": {"key": {"type": "string"}}}}}},
      "ports": {"type": "array", "x-kubernetes-list-type": "map",
        "x-kubernetes-list-map-keys": ["port", "protocol"],
        "items": {"type": "object", "properties": {"port": {"type": "integer"},
          "protocol": {"type": "string", "default": "TCP"}, "name": {"type": "string"}}}},
      "any": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}
    }})"));
  return kSchema;
}

template <class Case>
std::string nameOf(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

struct WalkCase {
  const char* name;
  const char* value;
  const char* values;
  const char* nodes;
};
void PrintTo(const WalkCase& example, std::ostream* out) { *out << example.name; }

class FieldWalkTest : public testing::TestWithParam<WalkCase> {};

TEST_P(FieldWalkTest, TellsTheFields) {
  const auto& example = GetParam();
  const auto value = Json::parse(example.value);

  EXPECT_EQ(fieldSetOf(schema(), value, Cover::Values).json(), Json::parse(example.values));
  EXPECT_EQ(fieldSetOf(schema(), value, Cover::Nodes).json(), Json::parse(example.nodes));
  EXPECT_EQ(
      compareFields(schema(), Json::object(), value).written.json(), Json::parse(example.nodes));
  EXPECT_EQ(
      compareFields(schema(), value, Json::object()).removed.json(), Json::parse(example.nodes));
}

INSTANTIATE_TEST_SUITE_P(
    Values,
    FieldWalkTest,
    testing::Values(
        WalkCase{"Nothing", "{}", "{}", "{}"},
        WalkCase{"Scalar", R"({"name":"x"})", R"({"f:name":{}})", R"({"f:name":{}})"},
        WalkCase{
            "Struct",
            R"({"tree":{"a":"x"}})",
            R"({"f:tree":{"f:a":{}}})",
            R"({"f:tree":{".":{},"f:a":{}}})"},
        WalkCase{"EmptyStruct", R"({"tree":{}})", R"({"f:tree":{}})", R"({"f:tree":{}})"},
        WalkCase{
            "Map",
            R"({"labels":{"x/y":"z"}})",
            R"({"f:labels":{"f:x/y":{}}})",
            R"({"f:labels":{".":{},"f:x/y":{}}})"},
        WalkCase{"AtomicMap", R"({"whole":{"x":"z"}})", R"({"f:whole":{}})", R"({"f:whole":{}})"},
        WalkCase{"AtomicList", R"({"list":["x"]})", R"({"f:list":{}})", R"({"f:list":{}})"},
        WalkCase{
            "Set",
            R"({"set":["x","y"]})",
            R"({"f:set":{"v:\"x\"":{},"v:\"y\"":{}}})",
            R"({"f:set":{".":{},"v:\"x\"":{},"v:\"y\"":{}}})"},
        WalkCase{
            "KeyedList",
            R"({"env":[{"name":"A","from":{"key":"k"}}]})",
            R"({"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:from":{"f:key":{}}}}})",
            R"({"f:env":{".":{},"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:from":{".":{},"f:key":{}}}}})"},
        WalkCase{
            "KeyWithADefault",
            R"({"ports":[{"port":80}]})",
            R"({"f:ports":{"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}})",
            R"({"f:ports":{".":{},"k:{\"port\":80,\"protocol\":\"TCP\"}":{".":{},"f:port":{}}}})"},
        WalkCase{
            "WithoutSchema",
            R"({"any":{"x":{"y":[1,{"z":2}]}}})",
            R"({"f:any":{"f:x":{".":{},"f:y":{}}}})",
            R"({"f:any":{".":{},"f:x":{".":{},"f:y":{}}}})"}),
    nameOf<WalkCase>);

TEST(FieldWalkTest, OwnsWholeWhatIsNestedVeryDeep) {
  Json deep = 1;
  for (int i = 0; i < 60; ++i) deep = Json{{"x", deep}};

  auto node = fieldSetOf(schema(), {{"any", deep}}, Cover::Values).json();
  int depth = 0;
  for (; !node.empty(); ++depth) node = Json(std::prev(node.end()).value());

  EXPECT_EQ(depth, 40);
}

struct ChangeCase {
  const char* name;
  const char* before;
  const char* after;
  const char* written;
  const char* removed;
};
void PrintTo(const ChangeCase& example, std::ostream* out) { *out << example.name; }

class FieldChangesTest : public testing::TestWithParam<ChangeCase> {};

TEST_P(FieldChangesTest, AreTold) {
  const auto& example = GetParam();

  const auto changes =
      compareFields(schema(), Json::parse(example.before), Json::parse(example.after));

  EXPECT_EQ(changes.written.json(), Json::parse(example.written));
  EXPECT_EQ(changes.removed.json(), Json::parse(example.removed));
}

INSTANTIATE_TEST_SUITE_P(
    Changes,
    FieldChangesTest,
    testing::Values(
        ChangeCase{"None", R"({"name":"x"})", R"({"name":"x"})", "{}", "{}"},
        ChangeCase{"Value", R"({"name":"x"})", R"({"name":"y"})", R"({"f:name":{}})", "{}"},
        ChangeCase{
            "InsideOnly",
            R"({"tree":{"a":"x","b":2}})",
            R"({"tree":{"a":"y"}})",
            R"({"f:tree":{"f:a":{}}})",
            R"({"f:tree":{"f:b":{}}})"},
        ChangeCase{
            "AtomicList", R"({"list":["x"]})", R"({"list":["y"]})", R"({"f:list":{}})", "{}"},
        ChangeCase{
            "Set",
            R"({"set":["x","y"]})",
            R"({"set":["z","x"]})",
            R"({"f:set":{"v:\"z\"":{}}})",
            R"({"f:set":{"v:\"y\"":{}}})"},
        ChangeCase{"OrderIsNoField", R"({"set":["x","y"]})", R"({"set":["y","x"]})", "{}", "{}"},
        ChangeCase{
            "KeyedItem",
            R"({"env":[{"name":"A","value":"1"},{"name":"B","value":"1"}]})",
            R"({"env":[{"name":"B","value":"2"},{"name":"C"}]})",
            R"({"f:env":{"k:{\"name\":\"B\"}":{"f:value":{}},"k:{\"name\":\"C\"}":{".":{},"f:name":{}}}})",
            R"({"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}}}})"},
        ChangeCase{
            "AnotherType",
            R"({"any":{"x":{"y":1}}})",
            R"({"any":{"x":[1]}})",
            R"({"f:any":{"f:x":{}}})",
            R"({"f:any":{"f:x":{"f:y":{}}}})"}),
    nameOf<ChangeCase>);

struct MergeCase {
  const char* name;
  const char* live;
  const char* config;
  const char* merged;
};
void PrintTo(const MergeCase& example, std::ostream* out) { *out << example.name; }

class MergeAppliedTest : public testing::TestWithParam<MergeCase> {};

TEST_P(MergeAppliedTest, PutsTheConfigurationOnTop) {
  const auto& example = GetParam();

  EXPECT_EQ(
      mergeApplied(schema(), Json::parse(example.live), Json::parse(example.config)),
      Json::parse(example.merged));
}

INSTANTIATE_TEST_SUITE_P(
    Values,
    MergeAppliedTest,
    testing::Values(
        MergeCase{
            "Members",
            R"({"name":"x","tree":{"a":"1"}})",
            R"({"name":"y","tree":{"b":2}})",
            R"({"name":"y","tree":{"a":"1","b":2}})"},
        MergeCase{"List", R"({"list":["x","y"]})", R"({"list":["z"]})", R"({"list":["z"]})"},
        MergeCase{
            "AtomicMap",
            R"({"whole":{"a":"1"}})",
            R"({"whole":{"b":"2"}})",
            R"({"whole":{"b":"2"}})"},
        MergeCase{
            "Set", R"({"set":["a","s"]})", R"({"set":["x","s"]})", R"({"set":["a","x","s"]})"},
        MergeCase{
            "OrderOfTheConfiguration",
            R"({"set":["s1","a","s2"]})",
            R"({"set":["s2","s1"]})",
            R"({"set":["a","s2","s1"]})"},
        MergeCase{
            "KeyedItems",
            R"({"env":[{"name":"A","value":"1"},{"name":"B","value":"1"}]})",
            R"({"env":[{"name":"C"},{"name":"B","value":"2"}]})",
            R"({"env":[{"name":"A","value":"1"},{"name":"C"},{"name":"B","value":"2"}]})"},
        MergeCase{
            "KeyedItemsWithADefaultKey",
            R"({"ports":[{"port":1,"protocol":"TCP"},{"port":1,"protocol":"UDP"}]})",
            R"({"ports":[{"port":1,"name":"x"}]})",
            R"({"ports":[{"port":1,"protocol":"TCP","name":"x"},{"port":1,"protocol":"UDP"}]})"},
        MergeCase{
            "AnotherType",
            R"({"any":{"x":1}})",
            R"({"any":{"x":{"y":2}}})",
            R"({"any":{"x":{"y":2}}})"}),
    nameOf<MergeCase>);

struct AbandonCase {
  const char* name;
  const char* object;
  const char* owned;
  const char* kept;
  const char* left;
};
void PrintTo(const AbandonCase& example, std::ostream* out) { *out << example.name; }

class RemoveAbandonedTest : public testing::TestWithParam<AbandonCase> {};

TEST_P(RemoveAbandonedTest, TakesOutWhatNobodyHas) {
  const auto& example = GetParam();
  auto object = Json::parse(example.object);

  removeAbandoned(
      schema(),
      object,
      *FieldSet::parse(Json::parse(example.owned)),
      *FieldSet::parse(Json::parse(example.kept)));

  EXPECT_EQ(object, Json::parse(example.left));
}

INSTANTIATE_TEST_SUITE_P(
    Values,
    RemoveAbandonedTest,
    testing::Values(
        AbandonCase{
            "Field", R"({"name":"x","note":"y"})", R"({"f:name":{}})", "{}", R"({"note":"y"})"},
        AbandonCase{
            "NotWhatAnotherOwns",
            R"({"name":"x"})",
            R"({"f:name":{}})",
            R"({"f:name":{}})",
            R"({"name":"x"})"},
        AbandonCase{
            "AStructWithItsDefaults",
            R"({"tree":{"a":"x","b":1}})",
            R"({"f:tree":{"f:a":{}}})",
            "{}",
            "{}"},
        AbandonCase{
            "OnlyOurPartOfAStruct",
            R"({"tree":{"a":"x","b":1}})",
            R"({"f:tree":{"f:a":{}}})",
            R"({"f:tree":{"f:b":{}}})",
            R"({"tree":{"b":1}})"},
        AbandonCase{
            "ALabel",
            R"({"labels":{"a":"1","b":"2"}})",
            R"({"f:labels":{"f:a":{}}})",
            R"({"f:labels":{"f:b":{}}})",
            R"({"labels":{"b":"2"}})"},
        AbandonCase{
            "TheLastLabel",
            R"({"labels":{"a":"1"}})",
            R"({"f:labels":{"f:a":{}}})",
            R"({"f:labels":{}})",
            "{}"},
        AbandonCase{
            "AnItemOfASet",
            R"({"set":["a","b"]})",
            R"({"f:set":{"v:\"a\"":{}}})",
            R"({"f:set":{"v:\"b\"":{}}})",
            R"({"set":["b"]})"},
        AbandonCase{
            "AnItemWithItsDefaults",
            R"({"env":[{"name":"A","value":"d"},{"name":"B"}]})",
            R"({"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{}}}})",
            R"({"f:env":{"k:{\"name\":\"B\"}":{".":{},"f:name":{}}}})",
            R"({"env":[{"name":"B"}]})"},
        AbandonCase{
            "AFieldOfAnItem",
            R"({"env":[{"name":"A","value":"1"}]})",
            R"({"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{},"f:value":{}}}})",
            R"({"f:env":{"k:{\"name\":\"A\"}":{".":{},"f:name":{}}}})",
            R"({"env":[{"name":"A"}]})"}),
    nameOf<AbandonCase>);

TEST(AppliedTest, TellsWhatListsLack) {
  const auto problems = findListProblems(
      schema(),
      Json::parse(R"({"set":["a","a"],"env":[{"value":"x"}],"ports":[{"port":1},{"port":1}]})"));

  EXPECT_THAT(
      problems,
      ElementsAre(
          HasSubstr("omits key field \"name\""),
          HasSubstr(".ports: duplicate entries"),
          HasSubstr(".set: duplicate entries")));
}

TEST(AppliedTest, DropsNullsThatMeanNothing) {
  auto config = Json::parse(R"({"name":null,"note":null,"env":[{"name":"A","value":null}]})");

  dropNulls(schema(), config);

  EXPECT_EQ(config, Json::parse(R"({"note":null,"env":[{"name":"A"}]})"));
}

}  // namespace
}  // namespace berth
