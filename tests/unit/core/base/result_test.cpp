#include "core/base/result.hpp"

#include <gmock/gmock.h>

#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "core/base/secret.hpp"

namespace berth {
namespace {

using namespace std::chrono_literals;

Result<int> half(int value) {
  if (value % 2 != 0) return Error{Reason::Invalid, "odd"};
  return value / 2;
}

Result<int> quarter(int value) {
  BERTH_TRY(const int once, half(value));
  BERTH_CHECK(half(once));
  return half(once);
}

TEST(ResultTest, GoesOnWithTheValueAndReturnsTheFirstError) {
  EXPECT_EQ(*quarter(8), 2);
  EXPECT_EQ(quarter(6).error(), (Error{Reason::Invalid, "odd"}));
}

TEST(ResultTest, OnlyTransientReasonsAreRetryable) {
  EXPECT_TRUE((Error{Reason::Conflict, ""}.isRetryable()));
  EXPECT_TRUE((Error{Reason::Timeout, ""}.isRetryable()));
  EXPECT_FALSE((Error{Reason::Invalid, ""}.isRetryable()));
  EXPECT_FALSE((Error{Reason::Forbidden, ""}.isRetryable()));
}

TEST(ClockTest, FormatsAndParsesRfc3339) {
  const Time time = *parseRfc3339("2026-03-01T12:30:45.123456+02:00");
  EXPECT_EQ(formatRfc3339(time), "2026-03-01T10:30:45Z");
  EXPECT_EQ(formatRfc3339Micro(time), "2026-03-01T10:30:45.123456Z");
  EXPECT_EQ(parseRfc3339("2026-02-30T00:00:00Z"), std::nullopt);
  EXPECT_EQ(parseRfc3339("yesterday"), std::nullopt);
  EXPECT_EQ(parseRfc3339("2026-03-01T12:30:45."), std::nullopt);
}

TEST(ClockTest, FormatsAgesAsKubectlDoes) {
  EXPECT_EQ(formatAge(4s), "4s");
  EXPECT_EQ(formatAge(119s), "119s");
  EXPECT_EQ(formatAge(162s), "2m42s");
  EXPECT_EQ(formatAge(11min), "11m");
  EXPECT_EQ(formatAge(3h + 12min), "3h12m");
  EXPECT_EQ(formatAge(20h), "20h");
  EXPECT_EQ(formatAge(24h * 3), "3d");
  EXPECT_EQ(formatAge(24h * 30), "30d");
}

TEST(RandomTest, MakesVersionFourUuids) {
  SeededRandom random(7);
  EXPECT_THAT(
      makeUuid(random),
      testing::MatchesRegex("[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}"));
  EXPECT_NE(makeUuid(random), makeUuid(random));
}

}  // namespace
}  // namespace berth
