#include "core/http/url.hpp"

#include <gmock/gmock.h>

namespace berth::http {
namespace {

TEST(UrlTest, HasHostPortAndTarget) {
  const auto url = parseUrl("https://auth.example:8443/v1/keys?kind=jwks");

  ASSERT_TRUE(url.has_value());
  EXPECT_TRUE(url->tls);
  EXPECT_EQ(url->host, "auth.example");
  EXPECT_EQ(url->port, 8443);
  EXPECT_EQ(url->target, "/v1/keys?kind=jwks");
  EXPECT_EQ(url->authority(), "auth.example:8443");
}

TEST(UrlTest, HasTheUsualPortAndPath) {
  EXPECT_EQ(parseUrl("http://a")->port, 80);
  EXPECT_EQ(parseUrl("https://a")->port, 443);
  EXPECT_EQ(parseUrl("https://a")->target, "/");
  EXPECT_EQ(parseUrl("https://a?q")->target, "/?q");
  EXPECT_EQ(parseUrl("https://a")->authority(), "a");
}

TEST(UrlTest, TakesAddressesOfBothFamilies) {
  EXPECT_EQ(parseUrl("https://[::1]:8443/x")->host, "::1");
  EXPECT_EQ(parseUrl("https://[::1]:8443/x")->authority(), "[::1]:8443");
  EXPECT_EQ(parseUrl("http://127.0.0.1:80")->authority(), "127.0.0.1");
}

TEST(UrlTest, KnowsThisMachineByItsSpelling) {
  for (const char* text :
       {"http://localhost", "http://127.0.0.1", "http://127.9.9.9", "http://[::1]"})
    EXPECT_TRUE(parseUrl(text)->isLoopback()) << text;
  for (const char* text :
       {"http://127.0.0.1.example", "http://localhost.example", "http://10.0.0.1"})
    EXPECT_FALSE(parseUrl(text)->isLoopback()) << text;
}

TEST(UrlTest, RefusesWhatIsNone) {
  for (const char* text :
       {"",
        "ftp://a",
        "https:/a",
        "https://",
        "https:///x",
        "https://user@a",
        "https://user:pass@a",
        "https://a:0",
        "https://a:65536",
        "https://a:",
        "https://a:1x",
        "https://a:-1",
        "https://[::1",
        "https://[::1]8443",
        "https://a/x#y",
        "https://a/x y",
        "https://a\r\nHost: b",
        "https://a/\r\nHost: b",
        "HTTPS://a"})
    EXPECT_FALSE(parseUrl(text).has_value()) << text;
}

}  // namespace
}  // namespace berth::http
