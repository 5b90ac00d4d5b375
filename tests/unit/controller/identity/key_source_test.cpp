#include "controller/identity/key_source.hpp"

#include <future>
#include <vector>

#include "core/crypto/encoding.hpp"
#include "tests/unit/controller/identity/issuer_fixture.hpp"

namespace berth::identity {
namespace {

using namespace std::chrono_literals;

class KeySourceTest : public IssuerFixture {
 protected:
  FetchKeys fetcher() {
    return [this](const Context&) -> Result<FetchedKeys> {
      ++fetches_;
      if (down_) return Error{Reason::ServiceUnavailable, "down"};
      return FetchedKeys{parseJwkSet(set_).value(), maxAge_};
    };
  }

  int fetches_ = 0;
  bool down_ = false;
  std::optional<Duration> maxAge_;
  std::string set_ = jwkSet({rsa()});
};

TEST_F(KeySourceTest, FetchesAtTheFirstTurnAndWhenTheAgeIsOver) {
  maxAge_ = 5min;
  KeySource source(fetcher(), clock_);

  EXPECT_EQ(source.current(), nullptr);
  EXPECT_EQ(source.keepFresh({}), clock_.now() + 5min);
  EXPECT_NE(source.current(), nullptr);
  clock_.advance(4min);
  source.keepFresh({});
  EXPECT_EQ(fetches_, 1);
  clock_.advance(1min);
  source.keepFresh({});
  EXPECT_EQ(fetches_, 2);
}

TEST_F(KeySourceTest, KeepsTheAgeWithinBounds) {
  KeySource source(fetcher(), clock_);

  maxAge_ = 0s;
  EXPECT_EQ(source.keepFresh({}), clock_.now() + 1min);
  clock_.advance(1min);
  maxAge_ = 24h;
  EXPECT_EQ(source.keepFresh({}), clock_.now() + 1h);
}

/// Nobody has signed it; its claims are sound.
Jwt unsignedToken(const Json& claims, const std::string& keyId) {
  const Json header = {{"alg", "ES256"}, {"kid", keyId}};
  return Jwt::parse(toBase64Url(header.dump()) + "." + toBase64Url(claims.dump()) + ".AAAA")
      .value();
}

TEST_F(KeySourceTest, FetchesForUnknownKeysOnceAMinuteHoweverManyCome) {
  Issuer issuer(configuration(), fetcher(), clock_);
  const Json longLived = claimsWith({{"exp", kNow + 86'400}});

  for (int i = 0; i < 10'000; ++i) {
    EXPECT_FALSE(issuer.verify({}, unsignedToken(longLived, std::to_string(i))).has_value());
    clock_.advance(60ms);  // ten minutes in all
  }

  EXPECT_EQ(fetches_, 10);
}

TEST_F(KeySourceTest, KnowsANewKeyAtItsFirstToken) {
  const JwtSigner next(JwtAlgorithm::ES256, "next");
  Issuer issuer(configuration(), fetcher(), clock_);
  ASSERT_TRUE(issuer.verify({}, Jwt::parse(rsa().sign(claims())).value()).has_value());
  clock_.advance(1min);

  set_ = jwkSet({rsa(), next});

  EXPECT_TRUE(issuer.verify({}, Jwt::parse(next.sign(claims())).value()).has_value());
  EXPECT_TRUE(issuer.verify({}, Jwt::parse(rsa().sign(claims())).value()).has_value());
  EXPECT_EQ(fetches_, 2);
}

TEST_F(KeySourceTest, RefusesARetiredKeyOnceTheSetIsWithoutIt) {
  const JwtSigner next(JwtAlgorithm::ES256, "next");
  Issuer issuer(configuration(), fetcher(), clock_);
  const auto old = Jwt::parse(rsa().sign(claimsWith({{"exp", kNow + 3600}}))).value();
  ASSERT_TRUE(issuer.verify({}, old).has_value());

  set_ = jwkSet({next});
  clock_.advance(10min);
  issuer.keys()->keepFresh({});

  EXPECT_FALSE(issuer.verify({}, old).has_value());
}

TEST_F(KeySourceTest, KeepsTheKeysBeforeForADayWhenAFetchFails) {
  KeySource source(fetcher(), clock_);
  source.keepFresh({});
  down_ = true;

  clock_.advance(23h);
  source.keepFresh({});
  EXPECT_NE(source.current(), nullptr);
  EXPECT_TRUE(source.problem().has_value());

  clock_.advance(1h);
  source.keepFresh({});
  EXPECT_EQ(source.current(), nullptr);
}

/// Answers when it is told to.
class SlowIssuer {
 public:
  FetchKeys fetcher() {
    return [this](const Context&) -> Result<FetchedKeys> {
      asked_.set_value();
      answer_.get_future().wait();
      return FetchedKeys{parseJwkSet(jwkSet({JwtSigner(JwtAlgorithm::ES256, "a")})).value(), {}};
    };
  }
  std::promise<void> asked_;
  std::promise<void> answer_;
};

TEST_F(KeySourceTest, OneAsksAndTheOthersHaveTheSameAnswer) {
  SlowIssuer slow;
  KeySource source(slow.fetcher(), clock_);
  const auto ask = [&] { return source.newerThan({}, nullptr); };

  auto first = std::async(std::launch::async, ask);
  slow.asked_.get_future().wait();
  std::vector<std::future<Result<Keys>>> others;
  for (int i = 0; i < 8; ++i) others.push_back(std::async(std::launch::async, ask));
  // Four wait; the others are told to come again, and only that ends without an answer.
  int turnedAway = 0;
  while (turnedAway < 4) {
    turnedAway = 0;
    for (auto& other : others) turnedAway += int(other.wait_for(1ms) == std::future_status::ready);
  }
  slow.answer_.set_value();

  const auto keys = first.get();
  int same = 0;
  for (auto& other : others) {
    const auto answer = other.get();
    same += int(answer && *answer == *keys);
  }
  EXPECT_EQ(same, 4);
}

}  // namespace
}  // namespace berth::identity
