#include "core/http/network.hpp"

#include <gtest/gtest.h>

namespace berth::http {
namespace {

TEST(NetworkTest, IsAnAddressOfIpv4) {
  EXPECT_EQ(networkOf("192.0.2.7"), networkOf("192.0.2.7"));
  EXPECT_NE(networkOf("192.0.2.7"), networkOf("192.0.2.8"));
}

TEST(NetworkTest, IsTheUpperHalfOfIpv6) {
  EXPECT_EQ(networkOf("2001:db8:1:2::7"), networkOf("2001:db8:1:2:ffff::1"));
  EXPECT_NE(networkOf("2001:db8:1:2::7"), networkOf("2001:db8:1:3::7"));
  EXPECT_EQ(networkOf("fe80::1%eth0"), networkOf("fe80::2%eth1"));
}

}  // namespace
}  // namespace berth::http
