/// @file
/// Peers that speak bytes, not HTTP, for tests of the server and the client over real
/// loopback sockets.
#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "core/base/clock.hpp"
#include "core/http/fd_stream.hpp"
#include "core/http/transports.hpp"

namespace berth::http::testing {

/// One clock for all tests here: sockets wait in real time.
const Clock& systemClock();
Context within(Duration timeout);

/// A client that sends what it is told.
class RawClient {
 public:
  explicit RawClient(std::uint16_t port);
  explicit RawClient(std::unique_ptr<ByteStream> stream) : stream_(std::move(stream)) {}
  /// From another address of the loopback network, such as "127.0.0.9".
  RawClient(std::uint16_t port, const char* from);

  void send(std::string_view bytes);
  void endSending();
  /// All until the server closes, or `timeout`.
  std::string readAll(Duration timeout = std::chrono::seconds(10));
  /// Until `text` has come, or `timeout`; what has come.
  std::string readUntil(std::string_view text, Duration timeout = std::chrono::seconds(10));
  void readByte(Duration timeout = std::chrono::seconds(10));
  /// Whether the server closed within `timeout`; reads and forgets what it sends.
  bool isClosed(Duration timeout = std::chrono::seconds(10));

 private:
  std::unique_ptr<ByteStream> stream_;
};

/// A server that answers each connection by a function of its own, one after another.
class RawServer {
 public:
  using Script = std::function<void(ByteStream& peer)>;
  explicit RawServer(Script script);
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer();
  [[nodiscard]] std::uint16_t port() const { return port_; }

 private:
  Script script_;
  UniqueFd listener_;
  std::uint16_t port_ = 0;
  std::jthread thread_;
};

/// Reads until the end of a request's header has come; what has come.
std::string readHeader(ByteStream& peer);

}  // namespace berth::http::testing
