// C5: WebSockets against a client that nobody here wrote (Boost.Beast's) and against
// peers that break the rules.
#include <condition_variable>
#include <mutex>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/buffers_to_string.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/websocket/stream.hpp>

#include "tests/contract/http/server_fixture.hpp"

namespace berth::http::testing {
namespace {

namespace beast = boost::beast;
using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;
using namespace std::string_literals;

constexpr std::string_view kHandshake =
    "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";

std::shared_ptr<const std::string> bytesOf(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// A masked frame, with a mask of zeros.
std::string frame(unsigned first, const std::string& payload) {
  return std::string(1, static_cast<char>(first)) + static_cast<char>(0x80U | payload.size()) +
         "\0\0\0\0"s + payload;
}

class WebSocketTest : public ServerTest {
 protected:
  WebSocketTest() {
    handler_ = [this](const Request& request) {
      if (request.target == "/denied") return Response{.status = 403, .body = "no"};
      Response response{.headers = {{"Upgrade", "websocket"}}, .stream = [this](auto writer) {
                          opened(std::move(writer));
                        }};
      if (request.target == "/protocol") response.headers.set("Sec-WebSocket-Protocol", "v1");
      return response;
    };
  }
  ~WebSocketTest() override { server_.reset(); }

  void opened(std::shared_ptr<StreamWriter> writer) {
    writer->onClosed([this] {
      const std::lock_guard lock(mutex_);
      closed_ = true;
      changed_.notify_all();
    });
    const std::lock_guard lock(mutex_);
    writer_ = std::move(writer);
    changed_.notify_all();
  }
  std::shared_ptr<StreamWriter> writer() {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 10s, [&] { return writer_ != nullptr; }));
    return writer_;
  }
  bool waitForClosed() {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return closed_; });
  }

  /// A peer after its handshake.
  std::unique_ptr<RawClient> shakeHands() {
    auto client = std::make_unique<RawClient>(port_);
    client->send(kHandshake);
    EXPECT_THAT(client->readUntil("\r\n\r\n"), StartsWith("HTTP/1.1 101 "));
    return client;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::shared_ptr<StreamWriter> writer_;
  bool closed_ = false;
};

/// Boost.Beast's client.
class BeastClient {
 public:
  explicit BeastClient(std::uint16_t port) {
    socket_.next_layer().connect({boost::asio::ip::address_v4::loopback(), port});
  }
  void open(const std::string& target = "/") { socket_.handshake("localhost", target); }
  void offer(const std::string& protocols) {
    socket_.set_option(beast::websocket::stream_base::decorator([=](auto& request) {
      request.set(beast::http::field::sec_websocket_protocol, protocols);
    }));
  }
  std::string read() {
    beast::flat_buffer buffer;
    socket_.read(buffer);
    EXPECT_TRUE(socket_.got_text());
    return beast::buffers_to_string(buffer.data());
  }
  /// With what the server ended it.
  unsigned readClose() {
    beast::flat_buffer buffer;
    beast::error_code code;
    socket_.read(buffer, code);
    EXPECT_EQ(code, beast::websocket::error::closed) << code.message();
    return socket_.reason().code;
  }
  beast::websocket::stream<beast::tcp_stream>& socket() { return socket_; }

 private:
  boost::asio::io_context context_;
  beast::websocket::stream<beast::tcp_stream> socket_{context_};
};

TEST_F(WebSocketTest, MakesEachLineAMessage) {
  start();
  BeastClient client(port_);
  client.open();

  EXPECT_TRUE(writer()->write(bytesOf("{\"a\":1}\n{\"b\":2}\n")));
  EXPECT_TRUE(writer()->write(bytesOf(std::string(200, 'c') + "\n")));
  EXPECT_TRUE(writer()->write(bytesOf(std::string(70'000, 'd') + "\n")));

  EXPECT_EQ(client.read(), "{\"a\":1}");
  EXPECT_EQ(client.read(), "{\"b\":2}");
  EXPECT_EQ(client.read(), std::string(200, 'c'));
  EXPECT_EQ(client.read(), std::string(70'000, 'd'));
}

TEST_F(WebSocketTest, NamesTheProtocolThatTheHandlerChose) {
  start();
  BeastClient client(port_);
  client.offer("v1, v2");
  beast::websocket::response_type response;

  client.socket().handshake(response, "localhost", "/protocol");

  EXPECT_EQ(response[beast::http::field::sec_websocket_protocol], "v1");
}

TEST_F(WebSocketTest, EndsWithTheStream) {
  start();
  BeastClient client(port_);
  client.open();

  writer()->write(bytesOf("last\n"));
  writer()->close();

  EXPECT_EQ(client.read(), "last");
  EXPECT_EQ(client.readClose(), 1000U);
  EXPECT_TRUE(waitForClosed());
}

TEST_F(WebSocketTest, SaysThatItGoesAwayWhenTheServerStops) {
  start();
  BeastClient client(port_);
  client.open();
  writer();
  std::jthread stopper([&] { server_->stop(); });

  EXPECT_EQ(client.readClose(), 1001U);
}

TEST_F(WebSocketTest, AnswersPingsAndForgetsMessages) {
  start();
  BeastClient client(port_);
  client.open();
  std::string pong;
  client.socket().control_callback([&](auto kind, auto payload) {
    if (kind == beast::websocket::frame_type::pong) pong = std::string(payload);
  });

  client.socket().text(true);
  client.socket().write(boost::asio::buffer("whatever"s));
  client.socket().ping("are you there");
  auto stream = writer();
  // The answer to a ping is written before what comes after it.
  std::string message;
  for (int i = 0; i < 100 && pong.empty(); ++i) {
    stream->write(bytesOf("event\n"));
    message = client.read();
  }

  EXPECT_EQ(pong, "are you there");
  EXPECT_EQ(message, "event");
}

TEST_F(WebSocketTest, EndsWhenThePeerSaysGoodbye) {
  start();
  BeastClient client(port_);
  client.open();
  writer();

  client.socket().close(beast::websocket::close_code::normal);

  EXPECT_TRUE(waitForClosed());
}

TEST_F(WebSocketTest, AsksASilentPeerAndLeavesItWhenItDoesNotAnswer) {
  start({.pingInterval = 100ms});
  const auto client = shakeHands();

  EXPECT_EQ(client->readUntil("\x89\0"s), "\x89\0"s) << "a ping";
  EXPECT_TRUE(client->isClosed());
  EXPECT_TRUE(waitForClosed());
}

TEST_F(WebSocketTest, KeepsASilentPeerThatAnswers) {
  start({.pingInterval = 50ms});
  const auto client = shakeHands();

  for (int i = 0; i < 10; ++i) {
    ASSERT_EQ(client->readUntil("\x89\0"s), "\x89\0"s);
    client->send(frame(0x8a, ""));
  }

  EXPECT_TRUE(writer()->write(bytesOf("event\n")));
}

TEST_F(WebSocketTest, IsAnOrdinaryStreamForOthers) {
  start();
  RawClient client(port_);
  client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n");
  writer()->write(bytesOf("event\n"));

  EXPECT_THAT(client.readUntil("event"), HasSubstr("Transfer-Encoding: chunked"));
}

TEST_F(WebSocketTest, IsRefusedAsTheRequestIs) {
  start();
  RawClient client(port_);

  client.send("GET /denied" + std::string(kHandshake.substr(5)));

  EXPECT_THAT(client.readUntil("no"), StartsWith("HTTP/1.1 403 "));
}

TEST_F(WebSocketTest, RefusesABrokenHandshake) {
  start();
  RawClient client(port_);
  client.send(
      "GET / HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
      "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n\r\n");

  EXPECT_THAT(client.readUntil("\r\n\r\n"), StartsWith("HTTP/1.1 400 "));
}

TEST_F(WebSocketTest, DropsAReaderThatIsTooSlow) {
  start({.maxQueuedStreamBytes = 1024 * 1024});
  const auto client = shakeHands();
  const auto bytes = bytesOf(std::string(64 * 1024, 'x') + "\n");

  int written = 0;
  while (written < 100'000 && writer()->write(bytes)) ++written;

  EXPECT_LT(written, 100'000);
  EXPECT_TRUE(waitForClosed());
}

struct Hostile {
  const char* name;
  std::string bytes;
  std::string close;  // of the answer
};

class HostileFramesTest : public WebSocketTest, public ::testing::WithParamInterface<Hostile> {};

TEST_P(HostileFramesTest, AreAnsweredWithACloseCodeAndTheEnd) {
  start();
  const auto client = shakeHands();

  client->send(GetParam().bytes);

  EXPECT_EQ(client->readAll(), "\x88\x02"s + GetParam().close);
  EXPECT_TRUE(waitForClosed());
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    HostileFramesTest,
    ::testing::Values(
        Hostile{
            "Unmasked",
            "\x81\x01"
            "a",
            "\x03\xea"},
        Hostile{"ReservedBit", frame(0xc1, "a"), "\x03\xea"},
        Hostile{"ReservedCode", frame(0x83, "a"), "\x03\xea"},
        Hostile{"NoText", frame(0x81, "\xff"), "\x03\xef"},
        Hostile{"Huge", "\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff"s, "\x03\xf1"},
        Hostile{"LongPing", "\x89\xfe\x01\x00"s, "\x03\xea"},
        Hostile{"HttpAgain", "GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x03\xea"},
        Hostile{"Goodbye", frame(0x88, "\x03\xe8"), "\x03\xe8"}),
    [](const auto& tested) { return tested.param.name; });

TEST_F(WebSocketTest, EndsForAPeerThatSendsTooMuch) {
  start({.maxHeaderBytes = 2048});
  const auto client = shakeHands();
  for (int i = 0; i < 100; ++i) client->send(frame(0x82, std::string(100, 'x')));

  EXPECT_THAT(client->readAll(), EndsWith("\x88\x02\x03\xf0"s));
}

TEST_F(WebSocketTest, TakesFramesThatCameWithTheHandshake) {
  start();
  RawClient client(port_);
  client.send(std::string(kHandshake) + frame(0x89, "early"));

  EXPECT_THAT(
      client.readUntil("early"),
      EndsWith("\x8a\x05"
               "early"));
}

}  // namespace
}  // namespace berth::http::testing
