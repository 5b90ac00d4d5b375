#include "controller/api/patch.hpp"

#include <gtest/gtest.h>

namespace berth::api {
namespace {

struct PatchCase {
  const char* name;
  const char* target;
  const char* patch;
  const char* result;  // empty: it fails
};

void PrintTo(const PatchCase& example, std::ostream* out) { *out << example.name; }

std::string nameOf(const testing::TestParamInfo<PatchCase>& info) { return info.param.name; }

class MergePatchTest : public testing::TestWithParam<PatchCase> {};

TEST_P(MergePatchTest, FollowsRfc7386) {
  const auto& example = GetParam();

  const auto merged = applyMergePatch(Json::parse(example.target), Json::parse(example.patch));

  EXPECT_EQ(merged, Json::parse(example.result));
}

// Appendix A of the RFC.
INSTANTIATE_TEST_SUITE_P(
    Rfc7386,
    MergePatchTest,
    testing::Values(
        PatchCase{"Replaces", R"({"a":"b"})", R"({"a":"c"})", R"({"a":"c"})"},
        PatchCase{"Adds", R"({"a":"b"})", R"({"b":"c"})", R"({"a":"b","b":"c"})"},
        PatchCase{"Removes", R"({"a":"b"})", R"({"a":null})", R"({})"},
        PatchCase{"RemovesOne", R"({"a":"b","b":"c"})", R"({"a":null})", R"({"b":"c"})"},
        PatchCase{"ReplacesAList", R"({"a":["b"]})", R"({"a":"c"})", R"({"a":"c"})"},
        PatchCase{"ReplacesByAList", R"({"a":"c"})", R"({"a":["b"]})", R"({"a":["b"]})"},
        PatchCase{
            "Nests", R"({"a":{"b":"c"}})", R"({"a":{"b":"d","c":null}})", R"({"a":{"b":"d"}})"},
        PatchCase{"ListsAreWhole", R"({"a":[{"b":"c"}]})", R"({"a":[1]})", R"({"a":[1]})"},
        PatchCase{"OfAList", R"(["a","b"])", R"(["c","d"])", R"(["c","d"])"},
        PatchCase{"ByAScalar", R"({"a":"foo"})", R"("bar")", R"("bar")"},
        PatchCase{"KeepsNullOfTheTarget", R"({"e":null})", R"({"a":1})", R"({"e":null,"a":1})"},
        PatchCase{"OfAScalar", R"([1,2])", R"({"a":"b","c":null})", R"({"a":"b"})"},
        PatchCase{
            "DropsNullInside", R"({})", R"({"a":{"bb":{"ccc":null}}})", R"({"a":{"bb":{}}})"}),
    nameOf);

class JsonPatchTest : public testing::TestWithParam<PatchCase> {};

TEST_P(JsonPatchTest, FollowsRfc6902) {
  const auto& example = GetParam();

  const auto patched = applyJsonPatch(Json::parse(example.target), Json::parse(example.patch));

  if (std::string(example.result).empty()) {
    ASSERT_FALSE(patched) << patched->dump();
    EXPECT_EQ(patched.error().reason, Reason::Invalid);
  } else {
    ASSERT_TRUE(patched) << patched.error().message;
    EXPECT_EQ(*patched, Json::parse(example.result));
  }
}

INSTANTIATE_TEST_SUITE_P(
    Rfc6902,
    JsonPatchTest,
    testing::Values(
        PatchCase{
            "AddsAMember",
            R"({"foo":"bar"})",
            R"([{"op":"add","path":"/baz","value":"qux"}])",
            R"({"baz":"qux","foo":"bar"})"},
        PatchCase{
            "AddsAnItem",
            R"({"foo":["bar","baz"]})",
            R"([{"op":"add","path":"/foo/1","value":"qux"}])",
            R"({"foo":["bar","qux","baz"]})"},
        PatchCase{
            "AppendsAnItem",
            R"({"foo":["bar"]})",
            R"([{"op":"add","path":"/foo/-","value":["abc"]}])",
            R"({"foo":["bar",["abc"]]})"},
        PatchCase{
            "RemovesAnItem",
            R"({"foo":["bar","qux","baz"]})",
            R"([{"op":"remove","path":"/foo/1"}])",
            R"({"foo":["bar","baz"]})"},
        PatchCase{
            "Replaces",
            R"({"baz":"qux"})",
            R"([{"op":"replace","path":"/baz","value":"boo"}])",
            R"({"baz":"boo"})"},
        PatchCase{
            "Moves",
            R"({"foo":{"bar":"baz"},"qux":{}})",
            R"([{"op":"move","from":"/foo/bar","path":"/qux/thud"}])",
            R"({"foo":{},"qux":{"thud":"baz"}})"},
        PatchCase{
            "Copies",
            R"({"a":{"b":1}})",
            R"([{"op":"copy","from":"/a","path":"/c"}])",
            R"({"a":{"b":1},"c":{"b":1}})"},
        PatchCase{
            "UnescapesPointers",
            R"({"a/b":1,"m~n":2})",
            R"([{"op":"remove","path":"/a~1b"},{"op":"replace","path":"/m~0n","value":3}])",
            R"({"m~n":3})"},
        PatchCase{
            "TestsAndGoesOn",
            R"({"a":[1,2]})",
            R"([{"op":"test","path":"/a/1","value":2},{"op":"remove","path":"/a/0"}])",
            R"({"a":[2]})"},
        PatchCase{
            "ReplacesTheWhole",
            R"({"a":1})",
            R"([{"op":"replace","path":"","value":{"b":2}}])",
            R"({"b":2})"},
        PatchCase{"FailsATest", R"({"a":1})", R"([{"op":"test","path":"/a","value":2}])", ""},
        PatchCase{"MissesAPath", R"({"a":1})", R"([{"op":"remove","path":"/b"}])", ""},
        PatchCase{"MissesAParent", R"({"a":1})", R"([{"op":"add","path":"/b/c","value":1}])", ""},
        PatchCase{
            "RefusesAnIndexBeyond",
            R"({"a":[1]})",
            R"([{"op":"add","path":"/a/2","value":1}])",
            ""},
        PatchCase{
            "RefusesALeadingZero", R"({"a":[1,2]})", R"([{"op":"remove","path":"/a/01"}])", ""},
        PatchCase{
            "RefusesToMoveIntoItself",
            R"({"a":{"b":{}}})",
            R"([{"op":"move","from":"/a","path":"/a/b/c"}])",
            ""}),
    nameOf);

TEST(JsonPatchLimitsTest, RefusesWhatIsNoListOfOperations) {
  for (const auto* patch :
       {R"({"op":"add"})",
        R"([1])",
        R"([{"op":"fly","path":"/a","value":1}])",
        R"([{"op":"add","path":"/a"}])",
        R"([{"op":"add","path":"a","value":1}])",
        R"([{"op":"remove"}])"}) {
    const auto patched = applyJsonPatch(Json::object(), Json::parse(patch));

    ASSERT_FALSE(patched) << patch;
    EXPECT_EQ(patched.error().reason, Reason::BadRequest) << patch;
  }
}

TEST(JsonPatchLimitsTest, RefusesToDoubleForEver) {
  Json patch = Json::array();
  for (int i = 0; i < 40; ++i)
    patch.push_back({{"op", "copy"}, {"from", ""}, {"path", "/a" + std::to_string(i)}});

  const auto patched = applyJsonPatch({{"seed", 1}}, patch);

  ASSERT_FALSE(patched);
  EXPECT_EQ(patched.error().reason, Reason::RequestEntityTooLarge);
}

class StrategicPatchTest : public testing::TestWithParam<PatchCase> {};

TEST_P(StrategicPatchTest, MergesAndObeysDirectives) {
  const auto& example = GetParam();

  const auto patched = applyStrategicPatch(Json::parse(example.target), Json::parse(example.patch));

  ASSERT_TRUE(patched) << patched.error().message;
  EXPECT_EQ(*patched, Json::parse(example.result));
}

INSTANTIATE_TEST_SUITE_P(
    Kubernetes,
    StrategicPatchTest,
    testing::Values(
        PatchCase{
            "MergesMaps",
            R"({"data":{"a":"1","b":"2"}})",
            R"({"data":{"a":null,"c":"3"}})",
            R"({"data":{"b":"2","c":"3"}})"},
        PatchCase{
            "ReplacesAMap",
            R"({"data":{"a":"1"}})",
            R"({"data":{"$patch":"replace","b":"2"}})",
            R"({"data":{"b":"2"}})"},
        PatchCase{
            "DeletesAMap",
            R"({"data":{"a":"1"},"x":1})",
            R"({"data":{"$patch":"delete"}})",
            R"({"x":1})"},
        PatchCase{
            "MergesOwnersByUid",
            R"({"ownerReferences":[{"uid":"1","name":"a"},{"uid":"2","name":"b"}]})",
            R"({"ownerReferences":[{"uid":"2","name":"c"},{"uid":"3","name":"d"}]})",
            R"({"ownerReferences":[{"uid":"1","name":"a"},{"uid":"2","name":"c"},{"uid":"3","name":"d"}]})"},
        PatchCase{
            "DeletesAnOwner",
            R"({"ownerReferences":[{"uid":"1"},{"uid":"2"}]})",
            R"({"ownerReferences":[{"$patch":"delete","uid":"1"}]})",
            R"({"ownerReferences":[{"uid":"2"}]})"},
        PatchCase{
            "AddsFinalizersAsASet",
            R"({"finalizers":["a/x"]})",
            R"({"finalizers":["a/x","b/y"]})",
            R"({"finalizers":["a/x","b/y"]})"},
        PatchCase{
            "DeletesFromAPrimitiveList",
            R"({"finalizers":["a/x","b/y"]})",
            R"({"$deleteFromPrimitiveList/finalizers":["a/x"]})",
            R"({"finalizers":["b/y"]})"},
        PatchCase{
            "OrdersAList",
            R"({"finalizers":["a/x","b/y"]})",
            R"({"$setElementOrder/finalizers":["b/y","a/x"],"finalizers":["c/z"]})",
            R"({"finalizers":["b/y","a/x","c/z"]})"},
        PatchCase{
            "RetainsKeys",
            R"({"spec":{"a":1,"b":2}})",
            R"({"spec":{"$retainKeys":["b","c"],"c":3}})",
            R"({"spec":{"b":2,"c":3}})"},
        PatchCase{"ReplacesOtherLists", R"({"list":[1,2]})", R"({"list":[3]})", R"({"list":[3]})"}),
    nameOf);

}  // namespace
}  // namespace berth::api
