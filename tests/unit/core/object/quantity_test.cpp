#include "core/object/quantity.hpp"

#include <gmock/gmock.h>

#include "core/object/duration.hpp"

namespace berth {
namespace {

struct AmountCase {
  const char* text;
  std::int64_t amount;
};

class BytesTest : public testing::TestWithParam<AmountCase> {};

TEST_P(BytesTest, Reads) {
  const auto bytes = parseBytes(GetParam().text);
  ASSERT_TRUE(bytes) << bytes.error().message;
  EXPECT_EQ(*bytes, GetParam().amount);
}

INSTANTIATE_TEST_SUITE_P(
    All,
    BytesTest,
    testing::Values(
        AmountCase{"0", 0},
        AmountCase{"700Mi", 700LL * 1024 * 1024},
        AmountCase{"2Gi", 2LL << 30},
        AmountCase{"1.5Gi", 3LL << 29},
        AmountCase{"1.5G", 1'500'000'000},
        AmountCase{"1k", 1000},
        AmountCase{"1e3", 1000},
        AmountCase{"1Ei", 1LL << 60},
        AmountCase{"100m", 1},
        AmountCase{".5Ki", 512},
        AmountCase{"+5", 5},
        AmountCase{"9223372036854775806", INT64_MAX - 1}));

TEST(MillisTest, ReadsProcessors) {
  EXPECT_EQ(*parseMillis("1500m"), 1500);
  EXPECT_EQ(*parseMillis("2"), 2000);
  EXPECT_EQ(*parseMillis("0.5"), 500);
  EXPECT_EQ(*parseMillis("0.0001"), 1) << "rounds up";
}

class NoQuantityTest : public testing::TestWithParam<const char*> {};

TEST_P(NoQuantityTest, IsRefused) {
  EXPECT_FALSE(parseBytes(GetParam())) << GetParam();
  EXPECT_FALSE(parseMillis(GetParam())) << GetParam();
}

INSTANTIATE_TEST_SUITE_P(
    All,
    NoQuantityTest,
    testing::Values(
        "",
        "Mi",
        "-1",
        "1.2.3",
        "1mi",
        "1 Gi",
        "1e",
        "1e99",
        "99999999999999999999",
        "9999Ei",
        "0x10",
        "1KiB",
        "NaN",
        "."));

TEST(BytesFormatTest, WritesTheShortestExactForm) {
  EXPECT_EQ(formatBytes(0), "0");
  EXPECT_EQ(formatBytes(700LL * 1024 * 1024), "700Mi");
  EXPECT_EQ(formatBytes(1025), "1025");
  EXPECT_EQ(formatMillis(1500), "1500m");
  EXPECT_EQ(formatMillis(2000), "2");
}

TEST(DurationTest, ReadsWhatGoReads) {
  using namespace std::chrono_literals;
  EXPECT_EQ(*parseDuration("1h30m"), Duration(90min));
  EXPECT_EQ(*parseDuration("90s"), Duration(90s));
  EXPECT_EQ(*parseDuration("1.5h"), Duration(90min));
  EXPECT_EQ(*parseDuration("250ms"), Duration(250ms));
  EXPECT_EQ(*parseDuration("-5m"), Duration(-5min));
  EXPECT_EQ(*parseDuration("0"), Duration::zero());
}

TEST(DurationTest, RefusesTheRest) {
  for (const auto* text :
       {"", "5", "m", "1h30", "1d", "1h 30m", ".s", "9999999h", "--1s", "1.2.3s"})
    EXPECT_FALSE(parseDuration(text)) << text;
}

TEST(DurationTest, WritesWithoutZeroParts) {
  using namespace std::chrono_literals;
  EXPECT_EQ(formatDuration(90min), "1h30m");
  EXPECT_EQ(formatDuration(0s), "0s");
  EXPECT_EQ(formatDuration(1500ms), "1s500ms");
  EXPECT_EQ(formatDuration(-5min), "-5m");
}

}  // namespace
}  // namespace berth
