#include "controller/api/gate.hpp"

#include "tests/unit/controller/api/api_fixture.hpp"

namespace berth::api {
namespace {

using http::Priority;
using namespace std::chrono_literals;

class GateTest : public testing::Test {
 protected:
  static http::Request request(const std::string& token, const std::string& address = "192.0.2.7") {
    http::Request made{.target = "/api/v1/pods", .remoteAddress = address};
    if (!token.empty()) made.headers.set("Authorization", "Bearer " + token);
    return made;
  }
  Result<User> come(const http::Request& made) {
    return gate_.authenticate(authenticator_, {}, made);
  }

  FakeClock clock_;
  Authenticator authenticator_{
      {{Secret("one"), "alice", {}},
       {Secret("two"), "alice", {}},
       {Secret("root"), "admin", {"system:masters"}}},
      {clock_}};
  Gate gate_{clock_, {.watchesOfUser = 2, .wrongAtOnce = 3, .wrongPerSecond = 1}, nullptr};
};

TEST_F(GateTest, GivesARequestTheTurnsOfItsAddressUntilItsUserIsKnown) {
  const auto made = request("one");
  EXPECT_EQ(gate_.flowOf(made).key, "192.0.2.7");
  EXPECT_EQ(gate_.flowOf(made).priority, Priority::Low);

  ASSERT_TRUE(come(made));

  EXPECT_EQ(gate_.flowOf(made).key, "alice");
  EXPECT_EQ(gate_.flowOf(made).priority, Priority::Normal);
}

TEST_F(GateTest, GivesOneUserOneFlowWhateverCredentialIsShown) {
  ASSERT_TRUE(come(request("one", "192.0.2.7")));
  ASSERT_TRUE(come(request("two", "192.0.2.8")));

  EXPECT_EQ(gate_.flowOf(request("one")).key, gate_.flowOf(request("two")).key);
}

TEST_F(GateTest, PutsAdministratorsFirst) {
  ASSERT_TRUE(come(request("root")));

  EXPECT_EQ(gate_.flowOf(request("root")).priority, Priority::High);
}

TEST_F(GateTest, KnowsACertificateAtOnce) {
  auto made = request("");
  made.peerCommonName = "node-1";
  made.peerOrganizations = {"system:nodes"};

  EXPECT_EQ(gate_.flowOf(made).key, "node-1");
  EXPECT_EQ(gate_.flowOf(made).priority, Priority::High);
}

TEST_F(GateTest, PutsHealthBeforeAllElse) {
  for (const auto* target : {"/healthz", "/livez?verbose", "/readyz"}) {
    auto made = request("");
    made.target = target;
    EXPECT_EQ(gate_.flowOf(made).priority, Priority::Urgent) << target;
  }
  auto other = request("");
  other.target = "/healthz/../api";
  EXPECT_EQ(gate_.flowOf(other).priority, Priority::Low);
}

TEST_F(GateTest, LetsAnAddressWaitThatShowsTooManyWrongCredentials) {
  for (int i = 0; i < 3; ++i)
    EXPECT_EQ(come(request("wrong")).error().reason, Reason::Unauthorized);

  const auto refused = come(request("wrong"));

  EXPECT_EQ(refused.error().reason, Reason::TooManyRequests);
  EXPECT_EQ(refused.error().retryAfterSeconds, 1);
  EXPECT_EQ(come(request("one")).error().reason, Reason::TooManyRequests)
      << "a right guess is not told from a wrong one";
  EXPECT_TRUE(come(request("one", "192.0.2.8"))) << "elsewhere nobody waits";
}

TEST_F(GateTest, LetsKnownUsersOfThatAddressPass) {
  ASSERT_TRUE(come(request("one")));
  for (int i = 0; i < 4; ++i) static_cast<void>(come(request("wrong")));

  EXPECT_TRUE(come(request("one")));
  EXPECT_TRUE(come(request(""))) << "and those who show no credential";
}

TEST_F(GateTest, ForgivesWithTime) {
  for (int i = 0; i < 4; ++i) static_cast<void>(come(request("wrong")));
  ASSERT_EQ(come(request("one")).error().reason, Reason::TooManyRequests);

  clock_.advance(1s);

  EXPECT_TRUE(come(request("one")));
}

TEST_F(GateTest, CountsANetworkOfIpv6AsOneAddress) {
  for (int i = 0; i < 3; ++i)
    static_cast<void>(come(request("wrong", "2001:db8::" + std::to_string(i))));

  EXPECT_EQ(come(request("wrong", "2001:db8::9")).error().reason, Reason::TooManyRequests);
}

TEST_F(GateTest, GivesAUserSoManyWatchesAndNoMore) {
  const User alice{"alice", {}};
  auto first = gate_.openWatch(alice);
  const auto second = gate_.openWatch(alice);
  ASSERT_TRUE(first && second);

  EXPECT_EQ(gate_.openWatch(alice).error().reason, Reason::TooManyRequests);
  EXPECT_TRUE(gate_.openWatch({"bob", {}}));

  *first = nullptr;
  EXPECT_TRUE(gate_.openWatch(alice));
}

class GateApiTest : public ApiFixture {};

TEST_F(GateApiTest, GivesAWatchsPlaceBackWhenItEnds) {
  ApiOptions options{.tokens = {{Secret("let-me-in"), "admin", {"system:masters"}}}};
  options.maxWatchesOfUser = 1;
  Api api({.store = store_, .hub = *hub_, .clock = clock_, .random = random_, .log = {}}, options);
  HandRunner runner;
  api.start(runner);
  http::Request request{.target = kHosts + "?watch=1"};
  request.headers.set("Authorization", "Bearer let-me-in");
  auto writer = std::make_shared<RecordingWriter>();
  {
    const auto opened = api.handle(request);
    ASSERT_EQ(opened.status, 200);
    opened.stream(writer);
  }
  static_cast<void>(runner.actors.front()->turn({}, clock_.now()));

  const auto refused = api.handle(request);
  EXPECT_EQ(refused.status, 429);
  EXPECT_EQ(refused.headers.get("Retry-After"), "1");

  writer->hangUp();
  static_cast<void>(runner.actors.front()->turn({}, clock_.now()));
  EXPECT_EQ(api.handle(request).status, 200);
}

}  // namespace
}  // namespace berth::api
