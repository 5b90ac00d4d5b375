#include "core/schema/field_set.hpp"

#include <gmock/gmock.h>

#include "core/base/random.hpp"

namespace berth {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

FieldSet setOf(const char* text) { return *FieldSet::parse(Json::parse(text)); }

template <class Case>
std::string nameOf(const testing::TestParamInfo<Case>& info) {
  return info.param.name;
}

struct SetCase {
  const char* name;
  const char* a;
  const char* b;
  const char* united;
  const char* difference;
  const char* common;
};
void PrintTo(const SetCase& example, std::ostream* out) { *out << example.name; }

class FieldSetTest : public testing::TestWithParam<SetCase> {};

TEST_P(FieldSetTest, IsASet) {
  const auto& example = GetParam();
  const auto a = setOf(example.a);
  const auto b = setOf(example.b);

  auto united = a;
  united.unite(b);
  auto difference = a;
  difference.subtract(b);

  EXPECT_EQ(united, setOf(example.united)) << united.json();
  EXPECT_EQ(difference, setOf(example.difference)) << difference.json();
  EXPECT_EQ(a.intersection(b), setOf(example.common)) << a.intersection(b).json();
}

INSTANTIATE_TEST_SUITE_P(
    Algebra,
    FieldSetTest,
    testing::Values(
        SetCase{"Empty", "{}", "{}", "{}", "{}", "{}"},
        SetCase{
            "Apart",
            R"({"f:a":{}})",
            R"({"f:b":{}})",
            R"({"f:a":{},"f:b":{}})",
            R"({"f:a":{}})",
            "{}"},
        SetCase{"Same", R"({"f:a":{}})", R"({"f:a":{}})", R"({"f:a":{}})", "{}", R"({"f:a":{}})"},
        SetCase{
            "AThingIsNotWhatIsInIt",
            R"({"f:a":{}})",
            R"({"f:a":{"f:b":{}}})",
            R"({"f:a":{".":{},"f:b":{}}})",
            R"({"f:a":{}})",
            "{}"},
        SetCase{
            "WhatIsInAThingIsNotTheThing",
            R"({"f:a":{".":{},"f:b":{}}})",
            R"({"f:a":{}})",
            R"({"f:a":{".":{},"f:b":{}}})",
            R"({"f:a":{"f:b":{}}})",
            R"({"f:a":{}})"},
        SetCase{
            "TheThingStaysWhenAllInItGoes",
            R"({"f:a":{".":{},"f:b":{}}})",
            R"({"f:a":{"f:b":{}}})",
            R"({"f:a":{".":{},"f:b":{}}})",
            R"({"f:a":{}})",
            R"({"f:a":{"f:b":{}}})"},
        SetCase{
            "EmptyBranchesGo",
            R"({"f:a":{"k:{\"n\":1}":{"f:x":{}}},"v:2":{}})",
            R"({"f:a":{"k:{\"n\":1}":{"f:x":{}}}})",
            R"({"f:a":{"k:{\"n\":1}":{"f:x":{}}},"v:2":{}})",
            R"({"v:2":{}})",
            R"({"f:a":{"k:{\"n\":1}":{"f:x":{}}}})"}),
    nameOf<SetCase>);

TEST(FieldSetFormTest, IsTheSameForTheSameSet) {
  EXPECT_EQ(
      setOf(R"({"k:{ \"b\": 1, \"a\": \"x\" }":{".":{}},"f:z":{}})").json().dump(),
      R"({"f:z":{},"k:{\"a\":\"x\",\"b\":1}":{}})");
}

TEST(FieldSetFormTest, RefusesWhatIsNone) {
  for (const auto* text :
       {R"([])",
        R"({"x:a":{}})",
        R"({"f:a":1})",
        R"({"k:1":{}})",
        R"({"k:{}":{}})",
        R"({"v:x":{}})",
        R"({"i:0":{}})",
        R"({"f:a":{"a":{}}})"}) {
    const auto parsed = FieldSet::parse(Json::parse(text));
    EXPECT_FALSE(parsed.has_value()) << text;
  }
}

TEST(FieldSetFormTest, NamesFieldsAsPeopleDo) {
  const auto set = setOf(
      R"({"f:spec":{"f:env":{"k:{\"name\":\"B\",\"port\":8}":{".":{},"f:value":{}}},"f:image":{}},
          "f:metadata":{"f:finalizers":{"v:\"a/b\"":{}}}})");

  EXPECT_THAT(
      set.paths(),
      ElementsAre(
          ".metadata.finalizers[=\"a/b\"]",
          ".spec.image",
          ".spec.env[name=\"B\",port=8]",
          ".spec.env[name=\"B\",port=8].value"));
  EXPECT_THAT(FieldSet().paths(), IsEmpty());
}

/// A set made by chance: few names, so that sets meet.
Json anyNode(Random& random, int depth) {
  static const std::vector<std::string> kElements{
      "f:a", "f:b", "f:c", R"(k:{"n":1})", R"(k:{"n":2})", "v:\"x\"", "v:3"};
  Json node = Json::object();
  if (depth == 0) return node;
  for (const auto& element : kElements)
    if (below(random, 3) == 0) node[element] = anyNode(random, depth - 1);
  if (below(random, 2) == 0) node["."] = Json::object();
  return node;
}

FieldSet anySet(Random& random) { return *FieldSet::parse(anyNode(random, 3)); }

FieldSet unionOf(FieldSet a, const FieldSet& b) {
  a.unite(b);
  return a;
}
FieldSet differenceOf(FieldSet a, const FieldSet& b) {
  a.subtract(b);
  return a;
}

class FieldSetLawTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(FieldSetLawTest, Holds) {
  SeededRandom random(GetParam());
  const auto a = anySet(random);
  const auto b = anySet(random);
  const auto c = anySet(random);

  EXPECT_EQ(*FieldSet::parse(a.json()), a);
  EXPECT_EQ(unionOf(a, b), unionOf(b, a));
  EXPECT_EQ(a.intersection(b), b.intersection(a));
  EXPECT_EQ(unionOf(unionOf(a, b), c), unionOf(a, unionOf(b, c)));
  EXPECT_EQ(unionOf(differenceOf(a, b), a.intersection(b)), a);
  EXPECT_TRUE(differenceOf(a, b).intersection(b).empty());
  EXPECT_EQ(differenceOf(differenceOf(a, b), c), differenceOf(a, unionOf(b, c)));
  EXPECT_EQ(a.intersection(unionOf(b, c)), unionOf(a.intersection(b), a.intersection(c)));
  EXPECT_TRUE(differenceOf(a, a).empty());
}

INSTANTIATE_TEST_SUITE_P(ByChance, FieldSetLawTest, testing::Range<std::uint64_t>(0, 200));

}  // namespace
}  // namespace berth
