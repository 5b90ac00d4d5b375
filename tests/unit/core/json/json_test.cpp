#include "core/json/json.hpp"

#include <gmock/gmock.h>

namespace berth {
namespace {

TEST(JsonTest, KeepsKeysInByteOrder) {
  EXPECT_EQ(
      dumpJson(parseJson(R"({"b":1,"a":[true,null]})")->document), R"({"a":[true,null],"b":1})");
}

TEST(JsonTest, TellsWhereTheTextIsBroken) {
  const auto parsed = parseJson("{\n  \"a\": ]\n}");
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().reason, Reason::BadRequest);
  EXPECT_THAT(parsed.error().message, testing::HasSubstr("line 2, column 8"));
}

TEST(JsonTest, RefusesDeepNestingWithoutUsingTheStack) {
  EXPECT_THAT(
      parseJson(std::string(200'000, '[')).error().message, testing::HasSubstr("64 levels"));
}

TEST(JsonTest, RefusesWhatIsNotUtf8) { EXPECT_FALSE(parseJson("{\"a\":\"\xff\"}")); }

TEST(JsonTest, RemembersRepeatedKeysWithTheirPath) {
  const auto parsed = parseJson(R"({"spec":{"a":1,"a":2,"list":[{"x":1,"x":2}]}})");
  EXPECT_THAT(parsed->duplicateKeys, testing::ElementsAre("spec.a", "spec.list[0].x"));
  EXPECT_EQ(integerAt(parsed->document, "spec.a"), 2);
}

TEST(JsonTest, RefusesWhatFollowsTheDocument) {
  EXPECT_FALSE(parseJson("{} {}"));
  EXPECT_FALSE(parseJson(std::string_view("{}\0{}", 5)));
  EXPECT_FALSE(parseJson(std::string_view("{}\0", 3)));
  EXPECT_FALSE(parseJson(std::string_view("{\"a\0b\":1}", 9)));
  EXPECT_TRUE(parseJson(" {} \n"));
}

TEST(JsonTest, RefusesWhatOnlyLooksLikeJson) {
  for (const auto* text :
       {"",
        " ",
        "{",
        "[1,]",
        "{\"a\":1,}",
        "{a:1}",
        "01",
        "+1",
        ".5",
        "1.",
        "1e",
        "NaN",
        "-",
        "'a'",
        "\"\\x\"",
        "\"\n\"",
        "\"\\ud800\"",
        "\"\\udd1e\"",
        "{\"\\udd1e\":1}",
        "\"\\udc00\\ud800\"",
        "1e999",
        "[1 2]",
        "// a\n1",
        "\"\xed\xa0\x80\"",
        "\"\xc0\x80\"",
        "\"\xf5\x80\x80\x80\""})
    EXPECT_FALSE(parseJson(text)) << text;
}

TEST(JsonTest, KeepsNumbersExactly) {
  for (const auto* text :
       {"9223372036854775807",
        "-9223372036854775808",
        "18446744073709551615",
        "0",
        "1.5",
        "-0.1",
        "1e+30",
        "5e-324",
        "1.7976931348623157e+308",
        "123456789.123456789"})
    EXPECT_EQ(parseJson(text)->document, Json::parse(text)) << text;
  EXPECT_TRUE(parseJson("7")->document.is_number_integer());
  EXPECT_TRUE(parseJson("7.0")->document.is_number_float());
}

TEST(JsonTest, FindsAMembersTextWithoutReading) {
  const std::string text =
      R"({"a":"x\\","b\"":[1,{"c":"]}"}],"c":{"d":-1.5e3,"e":{}},"f":true,"g":null})";
  EXPECT_EQ(rawMember(text, "a"), R"("x\\")");
  EXPECT_EQ(rawMember(text, R"(b\")"), R"([1,{"c":"]}"}])");
  EXPECT_EQ(rawMember(text, "c"), R"({"d":-1.5e3,"e":{}})");
  EXPECT_EQ(rawMember(rawMember(text, "c"), "e"), "{}");
  EXPECT_EQ(rawMember(text, "f"), "true");
  EXPECT_EQ(rawMember(text, "g"), "null");
  EXPECT_EQ(rawMember(text, "d"), "");
  EXPECT_EQ(rawMember("{}", "a"), "");
}

TEST(JsonTest, RefusesWhatIsTooLong) {
  EXPECT_EQ(parseJson("[1,2,3]", {.maxBytes = 4}).error().reason, Reason::RequestEntityTooLarge);
}

}  // namespace
}  // namespace berth
