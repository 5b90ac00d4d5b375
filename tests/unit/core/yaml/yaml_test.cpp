#include "core/yaml/yaml.hpp"

#include <gmock/gmock.h>

namespace berth {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

std::string problem(std::string_view text, const YamlLimits& limits = {}) {
  const auto parsed = parseYaml(text, limits);
  return parsed ? "none" : parsed.error().message;
}

struct ScalarCase {
  const char* yaml;
  const char* json;
};

class YamlScalarTest : public testing::TestWithParam<ScalarCase> {};

TEST_P(YamlScalarTest, IsReadAsKubectlDoes) {
  const auto parsed = parseYaml(std::string("a: ") + GetParam().yaml);
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(dumpJson(parsed->at(0).document["a"]), GetParam().json) << GetParam().yaml;
}

INSTANTIATE_TEST_SUITE_P(
    All,
    YamlScalarTest,
    testing::Values(
        ScalarCase{"true", "true"},
        ScalarCase{"yes", "true"},
        ScalarCase{"Off", "false"},
        ScalarCase{"'yes'", R"("yes")"},
        ScalarCase{"y", R"("y")"},
        ScalarCase{"null", "null"},
        ScalarCase{"~", "null"},
        ScalarCase{"", "null"},
        ScalarCase{"'null'", R"("null")"},
        ScalarCase{"12", "12"},
        ScalarCase{"-12", "-12"},
        ScalarCase{"0777", "511"},
        ScalarCase{"0o17", "15"},
        ScalarCase{"0x1F", "31"},
        ScalarCase{"0b101", "5"},
        ScalarCase{"1_000", "1000"},
        ScalarCase{"089", "89"},
        ScalarCase{"1.5", "1.5"},
        ScalarCase{"1e3", "1000"},
        ScalarCase{"1.2.3", R"("1.2.3")"},
        ScalarCase{"v1", R"("v1")"},
        ScalarCase{"700Mi", R"("700Mi")"},
        ScalarCase{"18446744073709551615", "18446744073709551615"},
        ScalarCase{"-9223372036854775808", "-9223372036854775808"},
        ScalarCase{"2001-12-14", R"("2001-12-14")"},
        ScalarCase{"2001-12-14T21:59:43Z", R"("2001-12-14T21:59:43Z")"},
        ScalarCase{".inf", R"(".inf")"},
        ScalarCase{"\"12\"", R"("12")"},
        ScalarCase{"!!str 12", R"("12")"},
        ScalarCase{"!!int \"12\"", "12"},
        ScalarCase{"!!binary aGk=", R"("aGk=")"},
        ScalarCase{"|\n  x\n  y\n", R"("x\ny\n")"},
        ScalarCase{">-\n  x\n  y\n", R"("x y")"}));

TEST(YamlTest, ReadsAStreamAndItsLines) {
  const auto parsed = parseYaml("# only a comment\n---\na: 1\n---\n---\n- b\n...\n");

  ASSERT_TRUE(parsed) << parsed.error().message;
  ASSERT_EQ(parsed->size(), 2U);
  EXPECT_EQ(dumpJson(parsed->at(0).document), R"({"a":1})");
  EXPECT_EQ(parsed->at(0).line, 2);
  EXPECT_EQ(dumpJson(parsed->at(1).document), R"(["b"])");
  EXPECT_EQ(parsed->at(1).line, 5);
}

TEST(YamlTest, ReadsJsonToo) {
  const auto parsed = parseYaml("{\"a\":\t[1, {\"b\": \"yes\"}], \"a\": 2}");
  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(dumpJson(parsed->at(0).document), R"({"a":2})");
  EXPECT_EQ(parsed->at(0).duplicateKeys.at(0).path, "a");
}

TEST(YamlTest, MakesKeysStringsAndTellsDuplicates) {
  const auto parsed = parseYaml("1: a\ntrue: b\nspec:\n- image: x\n  image: y\n");

  ASSERT_TRUE(parsed) << parsed.error().message;
  EXPECT_EQ(dumpJson(parsed->at(0).document), R"({"1":"a","spec":[{"image":"y"}],"true":"b"})");
  ASSERT_EQ(parsed->at(0).duplicateKeys.size(), 1U);
  EXPECT_EQ(parsed->at(0).duplicateKeys[0].path, "spec[0].image");
  EXPECT_EQ(parsed->at(0).duplicateKeys[0].line, 5);
}

TEST(YamlTest, FollowsAliasesAndMergeKeys) {
  const auto parsed = parseYaml(
      "base: &b {x: 1, y: 2}\nother: &o {y: 3, z: 4}\n"
      "one:\n  <<: *b\n  x: 9\ntwo:\n  <<: [*b, *o]\nlist: [*b]\n'<<': plain\n");

  ASSERT_TRUE(parsed) << parsed.error().message;
  const auto& document = parsed->at(0).document;
  EXPECT_EQ(dumpJson(document["one"]), R"({"x":9,"y":2})");
  EXPECT_EQ(dumpJson(document["two"]), R"({"x":1,"y":2,"z":4})");
  EXPECT_EQ(dumpJson(document["list"]), R"([{"x":1,"y":2}])");
  EXPECT_EQ(document["<<"], "plain");
}

TEST(YamlErrorTest, TellsThePlace) {
  EXPECT_THAT(problem("a: 1\nb: [1, 2\n"), StartsWith("line 3, column 1: "));
  EXPECT_THAT(problem("a: 1\n  b: 2\n"), StartsWith("line 2"));
  EXPECT_THAT(problem("a: *nobody\n"), StartsWith("line 1"));
  EXPECT_THAT(problem("? [a, b]\n: c\n"), HasSubstr("key must be a scalar"));
  EXPECT_THAT(problem("a: &x [*x]\n"), HasSubstr("own anchor"));
  EXPECT_THAT(problem("<<: 3\n"), HasSubstr("<< wants a map"));
  EXPECT_THAT(problem("a: !!int x\n"), HasSubstr("is not a !!int"));
}

TEST(YamlErrorTest, RefusesWhatIsNotUtf8) {
  EXPECT_THAT(problem("a: 1\nb: \xC3(\n"), StartsWith("line 2: not UTF-8"));
  EXPECT_THAT(problem(std::string("a: \0b", 5)), HasSubstr("not UTF-8"));
  EXPECT_THAT(
      problem("\xFF\xFE"
              "a"),
      HasSubstr("not UTF-8"));
  EXPECT_EQ(
      problem("\xEF\xBB\xBF"
              "a: ä€𝄞\n"),
      "none");
}

TEST(YamlErrorTest, RefusesBombsAndDepthAndLength) {
  std::string bomb = "a0: &a0 [x,x,x,x,x,x,x,x,x,x]\n";
  for (int i = 1; i < 10; ++i) {
    const auto previous = "*a" + std::to_string(i - 1);
    bomb += "a" + std::to_string(i) + ": &a" + std::to_string(i) + " [" + previous;
    for (int k = 0; k < 9; ++k) bomb += ", " + previous;
    bomb += "]\n";
  }
  EXPECT_THAT(problem(bomb), HasSubstr("aliases"));

  std::string text = "a: &a " + std::string(1'000'000, 'x') + "\nb: [";
  for (int i = 0; i < 100'000; ++i) text += "*a, ";
  EXPECT_THAT(problem(text + "]\n"), HasSubstr("aliases"));

  std::string anchors;
  for (int i = 0; i < 60; ++i) anchors += "&a" + std::to_string(i) + " [";
  EXPECT_THAT(
      problem(anchors + std::string(1'000'000, 'x') + std::string(60, ']')), HasSubstr("aliases"));

  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "- ";
  EXPECT_THAT(problem(deep + "x\n"), HasSubstr("nested more than 64 levels"));
  EXPECT_FALSE(parseYaml(std::string(100'000, '[') + std::string(100'000, ']')));
  const auto tooLong = parseYaml(std::string(10'000'000, ' '));
  ASSERT_FALSE(tooLong);
  EXPECT_EQ(tooLong.error().reason, Reason::RequestEntityTooLarge);
}

TEST(ToYamlTest, WritesAsKubectlDoes) {
  const auto document = Json::parse(R"({
      "kind": "Thing", "apiVersion": "v1",
      "spec": {"ports": [{"name": "http", "number": 80}, {"list": [[1, 2], []]}],
               "empty": {}, "none": null, "on": true, "text": "a\nb\n", "cut": "a\nb", "float": 1.5},
      "quoted": ["", "true", "12", "yes", "a: b", "@", "- x", " x", "it's", "tab\t", "1e3", "#x", "a #b",
                 "2001-12-14", "12:30", "x:y", "null", "*", "n"]})");

  EXPECT_EQ(toYaml(document), R"(apiVersion: v1
kind: Thing
quoted:
- ""
- "true"
- "12"
- "yes"
- 'a: b'
- '@'
- '- x'
- ' x'
- it's
- "tab\t"
- "1e3"
- '#x'
- 'a #b'
- "2001-12-14"
- "12:30"
- x:y
- "null"
- '*'
- "n"
spec:
  cut: |-
    a
    b
  empty: {}
  float: 1.5
  none: null
  "on": true
  ports:
  - name: http
    number: 80
  - list:
    - - 1
      - 2
    - []
  text: |
    a
    b
)");
}

TEST(ToYamlTest, BreaksLongLinesWhereKubectlDoes) {
  const std::string words =
      "0123456789 123456789 123456789 123456789 123456789 123456789 123456789 "
      "123456789 123456789 123456789";
  const Json document{
      {"plain", words},
      {"list", {words + "  two"}},
      {"quoted", "x: " + words},
      {"odd", words + "\t"}};

  const auto text = toYaml(document);

  EXPECT_EQ(text, R"(list:
- 0123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789
  123456789 123456789  two
odd: "0123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789
  123456789 123456789\t"
plain: 0123456789 123456789 123456789 123456789 123456789 123456789 123456789 123456789
  123456789 123456789
quoted: 'x: 0123456789 123456789 123456789 123456789 123456789 123456789 123456789
  123456789 123456789 123456789'
)");
  EXPECT_EQ(parseYaml(text)->at(0).document, document);
}

class RoundTripTest : public testing::TestWithParam<const char*> {};

TEST_P(RoundTripTest, GivesBackWhatItWrote) {
  const auto document = Json::parse(GetParam());
  const auto text = toYaml(document);
  const auto parsed = parseYaml(text);
  ASSERT_TRUE(parsed) << parsed.error().message << "\n" << text;
  ASSERT_EQ(parsed->size(), 1U) << text;
  EXPECT_EQ(parsed->at(0).document, document) << text;
}

TEST(RoundTripKeyTest, GivesBackLongKeys) {
  const std::string key(3000, 'k');
  const Json document = {
      {key, {{"a", {1, 2}}, {key, Json::array({"x"})}}}, {"z", {{key, nullptr}}}};
  const auto parsed = parseYaml(toYaml(document));
  ASSERT_TRUE(parsed) << parsed.error().message << toYaml(document);
  EXPECT_EQ(parsed->at(0).document, document);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    RoundTripTest,
    testing::Values(
        R"("a\nb\n\n")",
        R"({"a": "\n"})",
        R"({"a": " x\ny"})",
        R"({"a": "x \ny"})",
        R"({"a": ["x\n\ny\n", "z"]})",
        R"({"a": "---", "b": "...", "c": "-", "d": "?", "e": ":", "f": "a:"})",
        R"({"a": "\u0000\u0001\u007f\u0085\u2028\ufeff"})",
        R"({"": 1, "a b": 2, "x: y": 3, "line\nbreak": 4, "<<": {"m": 1}})",
        R"({"a": "%", "b": "`", "c": "\"", "d": "\\", "e": "a'b", "f": "'", "g": "|", "h": ">"})",
        R"({"a": [[], {}, [[]], [{}]], "b": [{"c": [{"d": null}]}]})",
        R"({"a": "{}", "b": "[]", "c": "!x", "d": "&x", "e": "key: |"})",
        R"({"a": -0.25, "b": 18446744073709551615, "c": -9223372036854775808, "d": 1e300})",
        R"({"a": "ünïcödé", "b": "日本", "c": "\ud834\udd1e"})",
        R"({"a": "0x1f", "b": "0o7", "c": ".5", "d": "+1", "e": "1_0", "f": ".nan", "g": "-.inf"})",
        "[]",
        "{}",
        "5",
        R"(["a", ["b", ["c"]]])"));

}  // namespace
}  // namespace berth
