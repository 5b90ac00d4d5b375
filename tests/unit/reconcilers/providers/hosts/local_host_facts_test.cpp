#include "reconcilers/providers/hosts/local_host_facts.hpp"

#include <gmock/gmock.h>

#include "reconcilers/providers/docker/fake_docker.hpp"

namespace berth::hosts {
namespace {

TEST(LocalHostFactsTest, ReadsMemoryInBytes) {
  Facts facts;

  ASSERT_TRUE(readMemory(
      "MemTotal:       16000 kB\nMemFree: 1 kB\nMemAvailable:   9000 kB\nSwapTotal: 2 kB\n",
      facts));

  EXPECT_EQ(facts.memoryBytes, 16'000 * 1024);
  EXPECT_EQ(facts.memoryAvailableBytes, 9'000 * 1024);
  EXPECT_EQ(facts.swapBytes, 2 * 1024);
}

TEST(LocalHostFactsTest, HalfOfTheMemoryIsAnError) {
  Facts facts;

  EXPECT_FALSE(readMemory("MemTotal: 16000 kB\n", facts));
}

TEST(LocalHostFactsTest, JoinsTheEngineAndTheMachine) {
  const FakeClock clock;
  docker::FakeDocker fake(clock);
  fake.world([](docker::FakeWorld& world) { world.info.dataRoot = "/"; });
  LocalHostFacts facts(fake.roles().engine);

  const auto read = facts.read({});

  ASSERT_TRUE(read);
  EXPECT_EQ(read->machineId, "FAKE:ENGINE");
  EXPECT_GT(read->diskBytes, read->diskAvailableBytes);
}

TEST(LocalHostFactsTest, IsAnErrorWhenTheEngineIsAway) {
  const FakeClock clock;
  docker::FakeDocker fake(clock);
  fake.setAway(true);
  LocalHostFacts facts(fake.roles().engine);

  EXPECT_EQ(facts.read({}).error().reason, Reason::ServiceUnavailable);
}

}  // namespace
}  // namespace berth::hosts
