#include "controller/identity/key_fetcher.hpp"

#include "core/http/server.hpp"
#include "tests/unit/controller/identity/issuer_fixture.hpp"

namespace berth::identity {
namespace {

using namespace std::chrono_literals;
using testing::HasSubstr;

/// An issuer over plain HTTP on this machine.
class KeyFetcherTest : public IssuerFixture {
 protected:
  KeyFetcherTest() : server_({}, [this](const auto& request) { return answer(request); }) {
    url_ = "http://127.0.0.1:" + std::to_string(server_.start().value());
    pages_["/keys"] = {
        .headers = {{"Cache-Control", "public, max-age=600"}}, .body = jwkSet({ec()})};
    pages_["/.well-known/openid-configuration"] = {
        .body = Json({{"issuer", url_}, {"jwks_uri", url_ + "/keys"}}).dump()};
  }

  http::Response answer(const http::Request& request) {
    const auto found = pages_.find(request.target);
    return found == pages_.end() ? http::Response{.status = 404} : found->second;
  }

  Result<FetchedKeys> fetch(const std::string& keysUrl = {}) {
    auto chosen = configuration();
    chosen.rules.issuer = url_;
    chosen.keysUrl = keysUrl;
    return makeKeyFetcher(chosen, real_)({.deadline = real_.now() + 5s});
  }

  const SystemClock real_;
  std::map<std::string, http::Response> pages_;
  std::string url_;
  http::Server server_;
};

TEST_F(KeyFetcherTest, FindsTheKeysByDiscovery) {
  const auto keys = fetch();

  ASSERT_TRUE(keys.has_value()) << keys.error().message;
  EXPECT_EQ(keys->keys.at(0).id(), "ec");
  EXPECT_EQ(keys->maxAge, 600s);
}

TEST_F(KeyFetcherTest, AsksAtTheAddressThatIsGiven) {
  pages_.erase("/.well-known/openid-configuration");

  EXPECT_TRUE(fetch(url_ + "/keys").has_value());
}

TEST_F(KeyFetcherTest, RefusesADiscoveryOfAnotherIssuer) {
  pages_["/.well-known/openid-configuration"].body =
      Json({{"issuer", "https://evil.example"}, {"jwks_uri", url_ + "/keys"}}).dump();

  EXPECT_THAT(fetch().error().message, HasSubstr("another issuer"));
}

TEST_F(KeyFetcherTest, FollowsNoPlainAddressOfAnotherMachine) {
  pages_["/.well-known/openid-configuration"].body =
      Json({{"issuer", url_}, {"jwks_uri", "http://keys.example/keys"}}).dump();

  EXPECT_THAT(fetch().error().message, HasSubstr("not over TLS"));
}

TEST_F(KeyFetcherTest, FollowsNoRedirect) {
  pages_["/keys"] = {.status = 302, .headers = {{"Location", url_ + "/other"}}};
  pages_["/other"] = {.body = jwkSet({ec()})};

  EXPECT_THAT(fetch().error().message, HasSubstr("the answer is 302"));
}

TEST_F(KeyFetcherTest, SaysWhatCameInTheirPlace) {
  pages_["/keys"] = {.body = "<html>"};
  EXPECT_THAT(fetch().error().message, HasSubstr("not JSON"));
  pages_["/keys"] = {.body = std::string(kMaxJwkSetBytes + 1, ' ')};
  EXPECT_FALSE(fetch().has_value());
  pages_.clear();
  EXPECT_THAT(fetch().error().message, HasSubstr("the answer is 404"));
}

TEST(MaxAgeTest, IsReadOffCacheControl) {
  EXPECT_EQ(maxAgeOf("public, max-age=600"), Duration(600s));
  EXPECT_EQ(maxAgeOf("max-age=0"), Duration(0s));
  EXPECT_EQ(maxAgeOf("no-store, max-age=600"), Duration(0s));
  EXPECT_EQ(maxAgeOf("max-age=99999999999"), Duration(86'400s));
  for (const char* text : {"", "public", "max-age=", "max-age=x", "max-age=-1", "s-maxage=5"})
    EXPECT_EQ(maxAgeOf(text), std::nullopt) << text;
}

}  // namespace
}  // namespace berth::identity
