#include "reconcilers/providers/hosts/fake_prober.hpp"

#include <gmock/gmock.h>

namespace berth::hosts {
namespace {

class FakeProberTest : public testing::Test {
 protected:
  void probeLater() {
    clock_.advance(std::chrono::seconds(1));
    prober_.probe();
  }

  FakeClock clock_;
  std::optional<int> status_ = 200;
  FakeProber prober_{clock_, [this](const std::string&, int) { return status_; }};
};

TEST_F(FakeProberTest, HasNoAnswerBeforeTheFirstProbe) {
  prober_.set("web", {});

  EXPECT_FALSE(prober_.latest("web"));
  prober_.probe();
  EXPECT_TRUE(prober_.latest("web")->success());
}

TEST_F(FakeProberTest, CountsTheRowAndCallsBackWhenItBreaks) {
  std::vector<std::string> changed;
  prober_.onChange([&](const std::string& key) { changed.push_back(key); });
  prober_.set("web", {});
  prober_.probe();
  probeLater();
  status_ = 503;
  probeLater();

  const auto latest = *prober_.latest("web");

  EXPECT_EQ(latest.outcome, ProbeOutcome::BadStatus);
  EXPECT_EQ(latest.streak, 1);
  EXPECT_EQ(latest.message, "HTTP 503");
  EXPECT_EQ(latest.since, clock_.now());
  EXPECT_EQ(changed.size(), 2U);
}

TEST_F(FakeProberTest, KeepsItsResultWhenTheSameSpecIsSetAgain) {
  prober_.set("web", {});
  prober_.probe();

  prober_.set("web", {});
  EXPECT_TRUE(prober_.latest("web"));

  prober_.set("web", {.port = 1});
  EXPECT_FALSE(prober_.latest("web"));
}

TEST_F(FakeProberTest, ForgetsWhatIsRemoved) {
  prober_.set("web", {});
  prober_.probe();

  prober_.remove("web");

  EXPECT_FALSE(prober_.latest("web"));
  EXPECT_EQ(prober_.nextDue(), Time::max());
}

}  // namespace
}  // namespace berth::hosts
