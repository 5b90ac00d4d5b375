#include "core/http/loopback.hpp"

#include <gmock/gmock.h>

namespace berth::http {
namespace {

TEST(LoopbackTest, IsAnAddressOfThisMachine) {
  for (const auto* address : {"127.0.0.1", "127.8.9.10", "::1"})
    EXPECT_TRUE(isLoopback(address)) << address;
  for (const auto* address : {"0.0.0.0", "128.0.0.1", "10.0.0.1", "::", "localhost", "", "127.1"})
    EXPECT_FALSE(isLoopback(address)) << address;
}

TEST(LoopbackTest, IsWhatAHostHeaderMayName) {
  for (const auto* host : {"localhost", "localhost:8000", "127.0.0.1:80", "[::1]", "[::1]:8000"})
    EXPECT_TRUE(isLoopbackHost(host)) << host;
  for (const auto* host :
       {"",
        "evil.example",
        "localhost.evil.example",
        "127.0.0.1.evil.example",
        "[::2]",
        "[::1",
        "0"})
    EXPECT_FALSE(isLoopbackHost(host)) << host;
}

TEST(LoopbackTest, TurnsAwayAPageWhoseNameWasMadeToPointHere) {
  const auto handler = onlyForLoopback([](const Request&) { return Response{}; });

  EXPECT_EQ(handler({.headers = {{"Host", "localhost:8000"}}}).status, 200);
  EXPECT_EQ(handler({.headers = {{"Host", "rebound.example:8000"}}}).status, 403);
}

}  // namespace
}  // namespace berth::http
