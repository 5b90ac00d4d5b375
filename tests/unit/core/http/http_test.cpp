#include "core/http/http.hpp"

#include <gmock/gmock.h>

namespace berth::http {
namespace {

TEST(HeadersTest, ComparesNamesWithoutCase) {
  Headers headers{{"Content-Type", "text/plain"}};

  EXPECT_EQ(headers.get("content-TYPE"), "text/plain");
  EXPECT_TRUE(headers.has("CONTENT-type"));
  EXPECT_FALSE(headers.has("Content"));
  EXPECT_EQ(headers.get("Accept"), "");
}

TEST(HeadersTest, ReplacesAllOfANameWhenSet) {
  Headers headers{{"a", "1"}, {"b", "2"}, {"A", "3"}};

  headers.set("a", "4");

  EXPECT_EQ(headers.get("a"), "4");
  EXPECT_EQ(headers.all().size(), 2U);
}

TEST(TargetTest, DecodesPathAndQuery) {
  const auto target = parseTarget("/api/v1/a%20b?labelSelector=a%3Db%2Cc&watch&x=1+2&x=3");

  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/api/v1/a b");
  EXPECT_EQ(target->param("labelSelector"), "a=b,c");
  EXPECT_TRUE(target->has("watch"));
  EXPECT_EQ(target->param("watch"), "");
  EXPECT_EQ(target->param("x"), "1 2") << "the first of two";
  EXPECT_EQ(target->param("y"), "");
}

TEST(TargetTest, LeavesAPlusInThePathAlone) { EXPECT_EQ(parseTarget("/a+b").value().path, "/a+b"); }

class BrokenTargetTest : public testing::TestWithParam<const char*> {};

TEST_P(BrokenTargetTest, IsABadRequest) {
  const auto target = parseTarget(GetParam());

  ASSERT_FALSE(target);
  EXPECT_EQ(target.error().reason, Reason::BadRequest);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    BrokenTargetTest,
    testing::Values(
        "/%",
        "/%4",
        "/%zz",
        "/a%00b",
        "/a?x=%0",
        "/a?x=%00",
        "/a%2Fb",
        "/a%2fb",
        "/a%5Cb",
        "/a/../b",
        "/..",
        "/a/%2e%2e/b",
        "/./a"));

TEST(PercentEncodeTest, IsUndoneByParsing) {
  const std::string text = "a/b c+d&e=ü\x01~";

  EXPECT_EQ(parseTarget("/?x=" + percentEncode(text)).value().param("x"), text);
  EXPECT_EQ(percentEncode("A-z_0.~ /"), "A-z_0.~%20%2F");
}

}  // namespace
}  // namespace berth::http
