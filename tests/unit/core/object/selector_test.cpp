#include "core/object/selector.hpp"

#include <gmock/gmock.h>

namespace berth {
namespace {

struct SelectorCase {
  const char* selector;
  Labels labels;
  bool matches;
};

class LabelSelectorTest : public testing::TestWithParam<SelectorCase> {};

TEST_P(LabelSelectorTest, Matches) {
  const auto selector = LabelSelector::parse(GetParam().selector);
  ASSERT_TRUE(selector) << selector.error().message;
  EXPECT_EQ(selector->matches(GetParam().labels), GetParam().matches) << GetParam().selector;
  EXPECT_EQ(LabelSelector::parse(selector->text())->requirements(), selector->requirements());
}

INSTANTIATE_TEST_SUITE_P(
    All,
    LabelSelectorTest,
    testing::Values(
        SelectorCase{"", {}, true},
        SelectorCase{"a=b", {{"a", "b"}}, true},
        SelectorCase{"a==b", {{"a", "c"}}, false},
        SelectorCase{"a=b", {}, false},
        SelectorCase{"a=", {{"a", ""}}, true},
        SelectorCase{"a!=b", {}, true},
        SelectorCase{"a!=b", {{"a", "b"}}, false},
        SelectorCase{"a in (x, y)", {{"a", "y"}}, true},
        SelectorCase{"a in (x,y)", {{"a", "z"}}, false},
        SelectorCase{"a in (x,)", {{"a", ""}}, true},
        SelectorCase{"a in (,x,x)", {{"a", "x"}}, true},
        SelectorCase{"a notin (x,y)", {}, true},
        SelectorCase{"a notin (x,y)", {{"a", "x"}}, false},
        SelectorCase{"a", {{"a", ""}}, true},
        SelectorCase{"a", {}, false},
        SelectorCase{"!a", {}, true},
        SelectorCase{"! a", {{"a", "x"}}, false},
        SelectorCase{"a>3", {{"a", "4"}}, true},
        SelectorCase{"a>3", {{"a", "3"}}, false},
        SelectorCase{"a<3", {{"a", "-1"}}, true},
        SelectorCase{"a<3", {{"a", "x"}}, false},
        SelectorCase{
            "berth.dev/tier=gold,a in (b),!c", {{"berth.dev/tier", "gold"}, {"a", "b"}}, true},
        SelectorCase{"a=b,c=d", {{"a", "b"}}, false}));

TEST(LabelSelectorErrorTest, RefusesWhatDoesNotParse) {
  for (const auto* text :
       {"a in",
        "a in (",
        "a in (b",
        "a in ()",
        "=b",
        "a=b,",
        ",a",
        "a b",
        "a>x",
        "a=b=c",
        "a=!",
        "-a=b",
        "a=/",
        "(a)",
        "!",
        "!a=b",
        "a in (b) c"})
    EXPECT_FALSE(LabelSelector::parse(text)) << text;
  EXPECT_EQ(LabelSelector::parse("a in (").error().reason, Reason::BadRequest);
}

TEST(LabelSelectorJsonTest, ReadsTheStructuredForm) {
  const auto selector = LabelSelector::fromJson(Json::parse(R"({
      "matchLabels": {"a": "b"},
      "matchExpressions": [{"key": "c", "operator": "NotIn", "values": ["d"]},
                           {"key": "e", "operator": "Exists"}]})"));
  ASSERT_TRUE(selector);
  EXPECT_TRUE(selector->matches({{"a", "b"}, {"e", ""}}));
  EXPECT_FALSE(selector->matches({{"a", "b"}, {"c", "d"}, {"e", ""}}));
  EXPECT_FALSE(LabelSelector::fromJson(
      Json::parse(R"({"matchExpressions":[{"key":"a","operator":"Near"}]})")));
}

TEST(FieldSelectorTest, MatchesFieldsAndUnescapes) {
  const auto lookup = [](const std::string& field) {
    return field == "metadata.name" ? std::string("a,b") : "";
  };
  EXPECT_TRUE(FieldSelector::parse(R"(metadata.name=a\,b)")->matches(lookup));
  EXPECT_FALSE(FieldSelector::parse("metadata.name!=a\\,b")->matches(lookup));
  EXPECT_TRUE(FieldSelector::parse("metadata.name==a\\,b,spec.x=")->matches(lookup));
  EXPECT_TRUE(FieldSelector::parse("")->empty());
  for (const auto* text : {"a", "=b", "a=b=c", "a=\\"})
    EXPECT_FALSE(FieldSelector::parse(text)) << text;
}

}  // namespace
}  // namespace berth
