#include "core/http/proxies.hpp"

#include <gtest/gtest.h>

namespace berth::http {
namespace {

TrustedProxies proxies() {
  return TrustedProxies::parse({"192.0.2.7", "10.0.0.0/8", "2001:db8::/32"}).value();
}

std::string clientOf(const std::string& peer, const Headers& headers) {
  return proxies().clientOf(peer, headers);
}

TEST(TrustedProxiesTest, AreAddressesAndNetworks) {
  for (const auto* address : {"192.0.2.7", "10.255.0.1", "2001:db8:1::1", "::ffff:10.0.0.1"})
    EXPECT_TRUE(proxies().contains(address)) << address;
  for (const auto* address : {"192.0.2.8", "11.0.0.1", "2001:db9::1", "unix", "", "::10.0.0.1"})
    EXPECT_FALSE(proxies().contains(address)) << address;
}

TEST(TrustedProxiesTest, AreSpelledSoundly) {
  for (const auto* network :
       {"", "host", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/8x", "::/129", "10.0.0.0/"})
    EXPECT_FALSE(TrustedProxies::parse({network})) << network;
  EXPECT_TRUE(TrustedProxies::parse({"0.0.0.0/0", "::/0"}));
}

TEST(TrustedProxiesTest, MakeAStrangersHeaderNothing) {
  EXPECT_EQ(clientOf("198.51.100.1", {{"X-Forwarded-For", "10.0.0.1"}}), "198.51.100.1");
  EXPECT_EQ(TrustedProxies().clientOf("10.0.0.1", {{"X-Forwarded-For", "1.2.3.4"}}), "10.0.0.1");
}

TEST(TrustedProxiesTest, NameTheRightmostAddressThatIsNone) {
  EXPECT_EQ(clientOf("10.0.0.1", {{"X-Forwarded-For", "198.51.100.1"}}), "198.51.100.1");
  EXPECT_EQ(
      clientOf("10.0.0.1", {{"X-Forwarded-For", "203.0.113.9, 198.51.100.1 ,10.0.0.2"}}),
      "198.51.100.1");
  EXPECT_EQ(
      clientOf(
          "10.0.0.1", {{"X-Forwarded-For", "203.0.113.9"}, {"x-forwarded-for", "198.51.100.1"}}),
      "198.51.100.1");
}

TEST(TrustedProxiesTest, NameThemselvesWhenTheySayNothingSound) {
  EXPECT_EQ(clientOf("10.0.0.1", {}), "10.0.0.1");
  EXPECT_EQ(clientOf("10.0.0.1", {{"X-Forwarded-For", "nonsense"}}), "10.0.0.1");
  EXPECT_EQ(clientOf("10.0.0.1", {{"X-Forwarded-For", "198.51.100.1, , 10.0.0.2"}}), "10.0.0.2");
}

TEST(TrustedProxiesTest, NameAMappedAddressAsIpv4) {
  EXPECT_EQ(clientOf("10.0.0.1", {{"X-Forwarded-For", "::ffff:198.51.100.1"}}), "198.51.100.1");
}

}  // namespace
}  // namespace berth::http
