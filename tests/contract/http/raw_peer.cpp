#include "tests/contract/http/raw_peer.hpp"

#include <arpa/inet.h>
#include <array>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>

#include <gtest/gtest.h>
#include <poll.h>

namespace berth::http::testing {

const Clock& systemClock() {
  static const SystemClock clock;
  return clock;
}

Context within(Duration timeout) { return {.deadline = systemClock().now() + timeout}; }

RawClient::RawClient(std::uint16_t port) {
  const auto transport = makeTcpTransport("127.0.0.1", port, systemClock());
  stream_ = transport->connect(within(std::chrono::seconds(10))).value();
}

RawClient::RawClient(std::uint16_t port, const char* from) {
  UniqueFd socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::inet_pton(AF_INET, from, &address.sin_addr), 1);
  EXPECT_EQ(::bind(socket.get(), generic, sizeof address), 0);
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(port);
  EXPECT_EQ(::connect(socket.get(), generic, sizeof address), 0);
  EXPECT_EQ(::fcntl(socket.get(), F_SETFL, O_NONBLOCK), 0);
  stream_ = makeSocketStream(std::move(socket), systemClock());
}

void RawClient::send(std::string_view bytes) {
  // The server may have closed already; what it answered tells.
  static_cast<void>(stream_->write(within(std::chrono::seconds(10)), bytes));
}

void RawClient::endSending() { ASSERT_TRUE(stream_->closeWrite(within(std::chrono::seconds(10)))); }

std::string RawClient::readUntil(std::string_view text, Duration timeout) {
  const auto context = within(timeout);
  std::string all;
  std::array<char, 16384> buffer;
  while (text.empty() || all.find(text) == std::string::npos) {
    const auto count = stream_->read(context, buffer);
    if (!count || *count == 0) break;
    all.append(buffer.data(), *count);
  }
  return all;
}

std::string RawClient::readAll(Duration timeout) { return readUntil("", timeout); }

void RawClient::readByte(Duration timeout) {
  std::array<char, 1> buffer;
  static_cast<void>(stream_->read(within(timeout), buffer));
}

bool RawClient::isClosed(Duration timeout) {
  const auto context = within(timeout);
  std::array<char, 16384> buffer;
  while (true) {
    const auto count = stream_->read(context, buffer);
    if (!count) return count.error().reason != Reason::Timeout;
    if (*count == 0) return true;
  }
}

RawServer::RawServer(Script script) : script_(std::move(script)) {
  listener_ = UniqueFd(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  auto* generic = reinterpret_cast<sockaddr*>(&address);
  EXPECT_EQ(::bind(listener_.get(), generic, size), 0);
  EXPECT_EQ(::listen(listener_.get(), 16), 0);
  EXPECT_EQ(::getsockname(listener_.get(), generic, &size), 0);
  port_ = ntohs(address.sin_port);
  thread_ = std::jthread([this](const std::stop_token& stop) {
    const Context context{.stop = stop};
    while (waitFor(listener_.get(), POLLIN, context, systemClock())) {
      UniqueFd socket(::accept4(listener_.get(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC));
      if (!socket.valid()) return;
      script_(*makeSocketStream(std::move(socket), systemClock()));
    }
  });
}

RawServer::~RawServer() = default;

std::string readHeader(ByteStream& peer) {
  std::string all;
  std::array<char, 16384> buffer;
  while (all.find("\r\n\r\n") == std::string::npos) {
    const auto count = peer.read(within(std::chrono::seconds(10)), buffer);
    if (!count || *count == 0) break;
    all.append(buffer.data(), *count);
  }
  return all;
}

}  // namespace berth::http::testing
