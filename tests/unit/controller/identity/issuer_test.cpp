#include "controller/identity/issuer.hpp"

#include "controller/identity/issuers.hpp"
#include "tests/unit/controller/identity/issuer_fixture.hpp"

namespace berth::identity {
namespace {

using testing::ElementsAre;

class IssuerTest : public IssuerFixture {};

TEST_F(IssuerTest, TellsTheUserOfAGoodToken) {
  const auto user = verify(rsa().sign(claims()));

  ASSERT_TRUE(user.has_value()) << user.error().message;
  EXPECT_EQ(user->name, "test:alice");
  EXPECT_THAT(user->groups, ElementsAre("test:staff", "system:authenticated"));
  EXPECT_EQ(user->validUntil, clock_.wall() + std::chrono::seconds(330));
}

TEST_F(IssuerTest, TakesATokenWithoutAKeyIdWhenOneOfItsKeysHasSigned) {
  EXPECT_TRUE(verify(ec().sign(claims(), {{"kid", nullptr}})).has_value());
}

TEST_F(IssuerTest, TakesASharedSecretOnlyWhereOneIsConfigured) {
  auto withSecret = configuration();
  withSecret.key = VerificationKey::fromSecret(Secret("a secret that both sides have had")).value();

  EXPECT_TRUE(verifyWith(withSecret, secret().sign(claims())).has_value());
  EXPECT_FALSE(verify(secret().sign(claims())).has_value());
}

TEST_F(IssuerTest, ReadsClaimsByPathAndByName) {
  auto chosen = configuration();
  chosen.groups = {"app_metadata.berth_groups"};
  chosen.uidClaim = "sub";
  chosen.extra = {{"berth.dev/tenant", "https://example.com/tenant"}};

  const auto user = verifyWith(
      chosen,
      rsa().sign(claimsWith(
          {{"app_metadata", {{"berth_groups", {"a", "b"}}}},
           {"https://example.com/tenant", "t1"}})));

  ASSERT_TRUE(user.has_value());
  EXPECT_THAT(user->groups, ElementsAre("a", "b", "system:authenticated"));
  EXPECT_EQ(user->uid, "alice");
  EXPECT_THAT(user->extra.at("berth.dev/tenant"), ElementsAre("t1"));
}

TEST_F(IssuerTest, NeverGivesANameOfTheServersOwn) {
  auto chosen = configuration();
  chosen.userName = {"sub", ""};
  chosen.groups = {"groups", ""};

  const auto user =
      verifyWith(chosen, rsa().sign(claimsWith({{"groups", {"system:masters", "staff"}}})));
  ASSERT_TRUE(user.has_value());
  EXPECT_THAT(user->groups, ElementsAre("staff", "system:authenticated"));

  EXPECT_FALSE(verifyWith(chosen, rsa().sign(claimsWith({{"sub", "system:admin"}}))).has_value());
  chosen.userName.prefix = "system";
  EXPECT_FALSE(verifyWith(chosen, rsa().sign(claimsWith({{"sub", ":admin"}}))).has_value());
}

TEST_F(IssuerTest, WantsTheRequiredClaims) {
  auto chosen = configuration();
  chosen.requirements = {{"is_anonymous", "false", true}, {"role", "authenticated"}};
  const auto accepted = [&](const Json& change) {
    return verifyWith(chosen, rsa().sign(claimsWith(change))).has_value();
  };

  EXPECT_TRUE(accepted({{"role", "authenticated"}}));
  EXPECT_TRUE(accepted({{"role", "authenticated"}, {"is_anonymous", false}}));
  EXPECT_FALSE(accepted({{"role", "authenticated"}, {"is_anonymous", true}}));
  EXPECT_FALSE(accepted({{"role", "service_role"}}));
  EXPECT_FALSE(accepted({{"role", {"authenticated"}}}));
  EXPECT_FALSE(accepted(Json::object()));
}

TEST_F(IssuerTest, WantsAnEmailThatIsVerifiedWhereItIsTheName) {
  auto chosen = configuration();
  chosen.userName = {"email", ""};
  const auto accepted = [&](const Json& change) {
    return verifyWith(chosen, rsa().sign(claimsWith(change))).has_value();
  };

  EXPECT_TRUE(accepted({{"email", "a@example.com"}}));
  EXPECT_TRUE(accepted({{"email", "a@example.com"}, {"email_verified", true}}));
  EXPECT_FALSE(accepted({{"email", "a@example.com"}, {"email_verified", false}}));
  EXPECT_FALSE(accepted({{"email", "a@example.com"}, {"email_verified", "true"}}));
}

TEST_F(IssuerTest, DoesNotKnowWhileTheKeysAreUnknown) {
  const auto fail = [](const Context&) -> Result<FetchedKeys> {
    return Error{Reason::ServiceUnavailable, "down"};
  };
  Issuer issuer(configuration(), fail, clock_);

  const auto user = issuer.verify({}, Jwt::parse(rsa().sign(claims())).value());

  ASSERT_FALSE(user.has_value());
  EXPECT_EQ(user.error().reason, Reason::ServiceUnavailable);
}

class IssuersTest : public IssuerFixture {
 protected:
  IssuersTest() {
    auto chosen = configuration();
    chosen.key = VerificationKey::fromSecret(Secret("a secret that both sides have had")).value();
    issuers_.use({chosen});
  }
  Issuers issuers_{clock_, {}};
};

TEST_F(IssuersTest, RefuseATokenOfAnotherIssuer) {
  EXPECT_TRUE(issuers_.authenticate({}, secret().sign(claims())).has_value());
  EXPECT_FALSE(
      issuers_.authenticate({}, secret().sign(claimsWith({{"iss", "https://other"}}))).has_value());
}

TEST_F(IssuersTest, RememberATokenForAMinuteAndNotBeyondItsEnd) {
  const auto soonOver = secret().sign(claimsWith({{"exp", kNow - 20}}));
  ASSERT_TRUE(issuers_.authenticate({}, soonOver).has_value());

  clock_.advance(std::chrono::seconds(10));

  EXPECT_FALSE(issuers_.authenticate({}, soonOver).has_value());
}

TEST_F(IssuersTest, ForgetEverythingWithANewConfiguration) {
  const auto token = secret().sign(claims());
  ASSERT_TRUE(issuers_.authenticate({}, token).has_value());

  issuers_.use({});

  EXPECT_FALSE(issuers_.authenticate({}, token).has_value());
}

}  // namespace
}  // namespace berth::identity
