/// @file
/// A server on a free port, with a handler that a test replaces before it starts.
#pragma once

#include <memory>
#include <string>

#include <gmock/gmock.h>

#include "core/http/client.hpp"
#include "core/http/server.hpp"
#include "tests/contract/http/raw_peer.hpp"

namespace berth::http::testing {

class ServerTest : public ::testing::Test {
 protected:
  void start(ServerOptions options = {}) {
    server_ = std::make_unique<Server>(
        std::move(options), [this](const Request& request) { return handler_(request); });
    const auto port = server_->start();
    ASSERT_TRUE(port) << port.error().message;
    port_ = *port;
  }

  Client makeClient() {
    return {makeTcpTransport("127.0.0.1", port_, systemClock()), systemClock()};
  }

  Result<Response> get(const std::string& target) {
    auto client = makeClient();
    return client.send(within(std::chrono::seconds(10)), {.target = target});
  }

  Handler handler_ = [](const Request& request) {
    return Response{.body = request.method + " " + request.target + " " + request.body};
  };
  std::uint16_t port_ = 0;
  std::unique_ptr<Server> server_;
};

}  // namespace berth::http::testing
