#include "reconcilers/clientdeployment/placement.hpp"

#include <gtest/gtest.h>

#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {
namespace {

Candidate givenHost(const std::string& name) {
  return {
      .name = name,
      .ready = true,
      .maxDeployments = 10,
      .memoryBytes = 1000,
      .firstPort = 20000,
      .lastPort = 20009};
}

const Wish kWish{.uid = "uid-1", .memoryBytes = 100};

std::string refusal(const Candidate& candidate, const Wish& wish = kWish) {
  const auto placement = place(wish, {candidate});
  EXPECT_EQ(placement.host, "");
  return placement.refused.empty() ? "" : placement.refused.front().why;
}

TEST(PlacementTest, TakesTheHostWithMostFreeMemory) {
  auto full = givenHost("a");
  full.promisedBytes = 800;
  EXPECT_EQ(place(kWish, {full, givenHost("b")}).host, "b");
}

TEST(PlacementTest, TakesTheFirstByNameAmongEquals) {
  EXPECT_EQ(place(kWish, {givenHost("b"), givenHost("a")}).host, "a");
}

TEST(PlacementTest, SaysThatThereAreNoHosts) {
  EXPECT_EQ(place(kWish, {}).reason, reason::kNoHosts);
}

TEST(PlacementTest, SaysWhyEachHostWasRefused) {
  auto a = givenHost("a");
  a.ready = false;
  auto b = givenHost("b");
  b.unschedulable = true;

  const auto placement = place(kWish, {a, b});

  EXPECT_EQ(placement.reason, reason::kUnschedulable);
  EXPECT_EQ(placement.message, "no host takes it: a is not ready; b is unschedulable");
}

TEST(PlacementTest, KeepsToEachLimit) {
  auto crowded = givenHost("a");
  crowded.deployments = 10;
  EXPECT_EQ(refusal(crowded), "has its most deployments");

  auto small = givenHost("a");
  small.promisedBytes = 901;
  EXPECT_EQ(refusal(small), "has too little memory left");

  auto portless = givenHost("a");
  portless.lastPort = 20000;
  portless.ports = {20000};
  EXPECT_EQ(refusal(portless), "has no port left");

  auto other = givenHost("a");
  other.ports = {8081};
  auto wish = kWish;
  wish.hostPort = 8081;
  EXPECT_EQ(refusal(other, wish), "has given the port away");
}

TEST(PlacementTest, KeepsToLabels) {
  auto wish = kWish;
  wish.hostSelector = {{"region", "eu"}};
  auto host = givenHost("a");
  EXPECT_EQ(refusal(host, wish), "lacks the label region=eu");
  host.labels = {{"region", "eu"}};
  EXPECT_EQ(place(wish, {host}).host, "a");
}

TEST(PlacementTest, KeepsAwayFromTaintsThatAreNotTolerated) {
  auto host = givenHost("a");
  host.taints = {{"dedicated", "acme", "NoSchedule"}};
  EXPECT_EQ(refusal(host), "has the taint dedicated=acme");

  auto wish = kWish;
  wish.tolerations = {{.key = "dedicated", .value = "other"}};
  EXPECT_EQ(refusal(host, wish), "has the taint dedicated=acme");
  wish.tolerations = {{.key = "dedicated", .value = "acme"}};
  EXPECT_EQ(place(wish, {host}).host, "a");
  wish.tolerations = {{.operatorValue = "Exists"}};
  EXPECT_EQ(place(wish, {host}).host, "a");
}

TEST(PlacementTest, TakesASoftTaintLast) {
  auto soft = givenHost("a");
  soft.taints = {{"old", "", "PreferNoSchedule"}};
  EXPECT_EQ(place(kWish, {soft, givenHost("b")}).host, "b");
  EXPECT_EQ(place(kWish, {soft}).host, "a");
}

TEST(PlacementTest, SpreadsAGroupBeforeItLooksAtMemory) {
  auto wish = kWish;
  wish.group = "customer-1";
  auto roomy = givenHost("a");
  roomy.groups = {{"customer-1", 1}};
  auto tight = givenHost("b");
  tight.promisedBytes = 500;
  EXPECT_EQ(place(wish, {roomy, tight}).host, "b");
}

TEST(PlacementTest, TakesTheNamedHostWithoutAskingForRoom) {
  auto wish = kWish;
  wish.hostName = "a";
  auto full = givenHost("a");
  full.promisedBytes = 1000;
  EXPECT_EQ(place(wish, {full, givenHost("b")}).host, "a");
}

TEST(PlacementTest, DoesNotTakeAnotherHostThanTheNamedOne) {
  auto wish = kWish;
  wish.hostName = "c";
  EXPECT_EQ(place(wish, {givenHost("a")}).reason, reason::kHostNotFound);
  auto down = givenHost("c");
  down.ready = false;
  EXPECT_EQ(place(wish, {down, givenHost("a")}).reason, reason::kHostNotReady);
}

TEST(ChoosePortTest, IsTheSameForATenantWhileItIsFree) {
  const auto host = givenHost("a");
  const auto port = choosePort("uid-1", host);
  ASSERT_TRUE(port);
  EXPECT_EQ(choosePort("uid-1", host), port);
}

TEST(ChoosePortTest, PassesOverPortsThatAreGivenAwayOrRefused) {
  auto host = givenHost("a");
  const auto first = *choosePort("uid-1", host);
  host.ports.insert(first);
  const auto second = *choosePort("uid-1", host);
  EXPECT_NE(second, first);
  EXPECT_NE(*choosePort("uid-1", host, {second}), second);
}

TEST(ChoosePortTest, SaysWhenNoneIsLeft) {
  auto host = givenHost("a");
  host.lastPort = 20000;
  EXPECT_FALSE(choosePort("uid-1", host, {20000}));
}

}  // namespace
}  // namespace berth::clientdeployment
