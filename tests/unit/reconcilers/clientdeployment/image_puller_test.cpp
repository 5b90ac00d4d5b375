#include "reconcilers/clientdeployment/image_puller.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "reconcilers/providers/docker/fake_docker.hpp"
#include "reconcilers/providers/docker/fault.hpp"

namespace berth::clientdeployment {
namespace {

using std::chrono::seconds;
using testing::ElementsAre;

class ImagePullerTest : public testing::Test {
 protected:
  ImagePullerTest() {
    puller_.onDone([this](const ObjectKey& key, Duration) { told_.push_back(key.name); });
  }
  PullAnswer want(const std::string& name = "a") {
    return puller_.want({docker_.roles().images, "host-a", "app:1", std::nullopt, {"acme", name}});
  }
  long pulls() {
    long count = 0;
    docker_.world([&](docker::FakeWorld& world) {
      count = std::ranges::count(world.commands, "pull app:1");
    });
    return count;
  }

  FakeClock clock_;
  docker::FakeDocker docker_{clock_};
  ImagePuller puller_{clock_};
  std::vector<std::string> told_;
};

TEST_F(ImagePullerTest, FetchesOnceForAllWhoWantItAndTellsThem) {
  docker_.addToRegistry("app:1");
  EXPECT_EQ(want("a").state, PullState::Pulling);
  EXPECT_EQ(want("b").state, PullState::Pulling);

  puller_.work({});

  EXPECT_EQ(pulls(), 1);
  EXPECT_THAT(told_, ElementsAre("a", "b"));
  EXPECT_EQ(want().state, PullState::Fetched);
}

TEST_F(ImagePullerTest, WakesItsActorsWhenThereIsWork) {
  int wakes = 0;
  puller_.addWaker([&] { ++wakes; });
  want();
  want();
  EXPECT_EQ(wakes, 1);
}

TEST_F(ImagePullerTest, RemembersAFailureAndTriesAgainEverLater) {
  want();
  puller_.work({});
  const auto first = want();
  EXPECT_EQ(first.state, PullState::Failed);
  EXPECT_TRUE(docker::isFault(*first.error, docker::fault::kImageUnknown));
  EXPECT_EQ(first.retryIn, seconds(5));

  clock_.advance(seconds(5));
  EXPECT_EQ(want().state, PullState::Pulling);
  puller_.work({});
  EXPECT_EQ(want().retryIn, seconds(10));
}

TEST_F(ImagePullerTest, AsksTheRegistryAgainWhenTheAnswerIsOld) {
  docker_.addToRegistry("app:1");
  want();
  puller_.work({});
  clock_.advance(seconds(61));
  EXPECT_EQ(want().state, PullState::Pulling);
}

TEST_F(ImagePullerTest, RestsWhenThereIsNothingToDo) { EXPECT_EQ(puller_.work({}), Time::max()); }

}  // namespace
}  // namespace berth::clientdeployment
