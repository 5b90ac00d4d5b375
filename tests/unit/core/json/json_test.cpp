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

TEST(JsonTest, RefusesWhatIsTooLong) {
  EXPECT_EQ(parseJson("[1,2,3]", {.maxBytes = 4}).error().reason, Reason::RequestEntityTooLarge);
}

}  // namespace
}  // namespace berth
