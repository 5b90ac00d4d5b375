#include <gmock/gmock.h>

#include "tests/support/simulation/simulation.hpp"

namespace berth::simulation {
namespace {

using testing::Eq;

/// What is wrong with the first of fifty seeds that fails.
std::string firstFailure(std::uint64_t first) {
  for (auto seed = first; seed < first + 50; ++seed)
    if (const auto outcome = simulate({.seed = seed}); outcome.wrong) return *outcome.wrong;
  return "";
}

class SeedsTest : public testing::TestWithParam<std::uint64_t> {};

TEST_P(SeedsTest, NothingIsHarmedAndEverythingBecomesAsDeclared) {
  EXPECT_EQ(firstFailure(GetParam()), "");
}

INSTANTIATE_TEST_SUITE_P(
    FiveHundred,
    SeedsTest,
    testing::Values(1U, 51U, 101U, 151U, 201U, 251U, 301U, 351U, 401U, 451U));

TEST(SimulationTest, TheSameSeedGivesTheSameRun) {
  for (const std::uint64_t seed : {3U, 17U, 42U, 99U}) {
    const auto once = simulate({.seed = seed});
    const auto again = simulate({.seed = seed});

    EXPECT_THAT(again.hash, Eq(once.hash));
    EXPECT_THAT(again.turns, Eq(once.turns));
  }
  EXPECT_NE(simulate({.seed = 3}).hash, simulate({.seed = 17}).hash);
}

/// That the checks can fail: a bug, and by which of them it is found.
struct Planting {
  Bug bug;
  std::string code;
};

class PlantedBugTest : public testing::TestWithParam<Planting> {};

TEST_P(PlantedBugTest, IsFound) {
  std::string code;
  for (std::uint64_t seed = 1; seed <= 200 && code != GetParam().code; ++seed)
    code = simulate({.seed = seed, .planted = {GetParam().bug}}).code;

  EXPECT_EQ(code, GetParam().code);
}

INSTANTIATE_TEST_SUITE_P(
    Bugs,
    PlantedBugTest,
    testing::Values(
        Planting{Bug::FinalizerFirst, "LEAK"},
        Planting{Bug::VolumeWithContainer, "S16"},
        Planting{Bug::NewKeyEachTime, "KEY"},
        Planting{Bug::StatusNeverSettles, "L5"},
        Planting{Bug::FailedKeyForgotten, "L1"}));

}  // namespace
}  // namespace berth::simulation
