#include "core/http/client.hpp"

#include <array>
#include <atomic>

#include <gmock/gmock.h>

#include "tests/contract/http/raw_peer.hpp"

namespace berth::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

Client clientOf(const RawServer& server, ClientOptions options = {}) {
  return {
      makeTcpTransport("127.0.0.1", server.port(), systemClock()),
      systemClock(),
      std::move(options)};
}

void say(ByteStream& peer, std::string_view bytes) {
  static_cast<void>(peer.write(within(10s), bytes));
}

/// Answers with `bytes`, then closes.
RawServer::Script answering(std::string bytes) {
  return [bytes = std::move(bytes)](ByteStream& peer) {
    readHeader(peer);
    say(peer, bytes);
  };
}

/// Until the other end closes.
void waitForEnd(ByteStream& peer) {
  std::array<char, 4096> buffer;
  while (peer.read(within(10s), buffer).value_or(0) > 0) continue;
}

struct Hostile {
  const char* name;
  std::string answer;
  Reason reason = Reason::InternalError;
};

class HostileServerTest : public ::testing::TestWithParam<Hostile> {};

TEST_P(HostileServerTest, IsAnErrorOfSend) {
  const RawServer server(answering(GetParam().answer));
  auto client = clientOf(server, {.maxHeaderBytes = 4096, .maxBodyBytes = 1000});

  const auto response = client.send(within(10s), {.method = "POST"});

  ASSERT_FALSE(response) << response->status << response->body;
  EXPECT_EQ(response.error().reason, GetParam().reason) << response.error().message;
}

TEST_P(HostileServerTest, IsAnErrorOfReadingAStream) {
  const RawServer server(answering(GetParam().answer));
  auto client = clientOf(server, {.maxHeaderBytes = 4096});

  auto response = client.sendStreaming(within(10s), {.method = "POST"});
  std::size_t parts = 0;
  Result<std::optional<std::string>> part = std::optional<std::string>();
  while (response && (part = response->body->read(within(10s))) && *part) ++parts;

  EXPECT_TRUE(!response || !part);
}

std::string ok(const std::string& rest) { return "HTTP/1.1 200 OK\r\n" + rest; }
std::string chunked(const std::string& rest) {
  return ok("Transfer-Encoding: chunked\r\n\r\n" + rest);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    HostileServerTest,
    ::testing::Values(
        Hostile{"Nothing", "", Reason::Timeout},
        Hostile{"HalfAHeader", "HTTP/1.1 200 OK\r\nContent-", Reason::Timeout},
        Hostile{"HalfABody", ok("Content-Length: 9\r\n\r\nabc"), Reason::Timeout},
        Hostile{"HalfAChunk", chunked("9\r\nabc"), Reason::Timeout},
        Hostile{"NoLastChunk", chunked("3\r\nabc\r\n"), Reason::Timeout},
        Hostile{"Garbage", "\x16\x03\x01\x00\x00garbage\r\n\r\n"},
        Hostile{"Http09", "hello\n"},
        Hostile{"Http2", "HTTP/2.0 200 OK\r\n\r\n"},
        Hostile{"StatusWord", "HTTP/1.1 abc OK\r\n\r\n"},
        Hostile{"StatusHuge", "HTTP/1.1 99999 OK\r\n\r\n"},
        Hostile{"LengthWord", ok("Content-Length: abc\r\n\r\n")},
        Hostile{"LengthMinus", ok("Content-Length: -1\r\n\r\n")},
        Hostile{"LengthHuge", ok("Content-Length: 99999999999999999999\r\n\r\n")},
        Hostile{"LengthTwice", ok("Content-Length: 1\r\nContent-Length: 2\r\n\r\nab")},
        Hostile{"ChunkMinusOne", chunked("-1\r\nabc\r\n")},
        Hostile{"ChunkMinusTwo", chunked("-2\r\nabc\r\n")},
        Hostile{"ChunkWord", chunked("zz\r\nabc\r\n")},
        Hostile{"ChunkOverflow", chunked("ffffffffffffffffff\r\nabc\r\n")},
        Hostile{"ChunkLineEndless", chunked(std::string(100'000, '1'))},
        Hostile{"GzipEncoding", ok("Transfer-Encoding: gzip\r\n\r\nabc")},
        Hostile{"HeaderEndless", ok("X: " + std::string(100'000, 'x'))},
        Hostile{"ManyHeaders", ok([] {
                  std::string lines;
                  for (int i = 0; i < 1000; ++i) lines += "a:b\r\n";
                  return lines + "\r\n";
                }())},
        Hostile{"BareLineFeeds", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"},
        Hostile{
            "OnlyInterim",
            [] {
              std::string all;
              for (int i = 0; i < 100; ++i) all += "HTTP/1.1 100 Continue\r\n\r\n";
              return all;
            }()}),
    [](const auto& tested) { return tested.param.name; });

TEST(ClientTest, BoundsABodyThatNeverEnds) {
  const RawServer server([](ByteStream& peer) {
    readHeader(peer);
    say(peer, "HTTP/1.1 200 OK\r\n\r\n");
    const std::string bytes(64 * 1024, 'x');
    while (peer.write(within(10s), bytes)) continue;
  });
  auto client = clientOf(server, {.maxBodyBytes = 1024 * 1024});

  const auto response = client.send(within(10s), {});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, Reason::InternalError);
}

TEST(ClientTest, BoundsABodyWithALengthAndOneInChunks) {
  const RawServer whole(answering(ok("Content-Length: 1001\r\n\r\n" + std::string(1001, 'x'))));
  const RawServer cut(answering(chunked("3e9\r\n" + std::string(1001, 'x') + "\r\n0\r\n\r\n")));

  const auto first = clientOf(whole, {.maxBodyBytes = 1000}).send(within(10s), {});
  const auto second = clientOf(cut, {.maxBodyBytes = 1000}).send(within(10s), {});

  EXPECT_EQ(first.error().reason, Reason::InternalError);
  EXPECT_EQ(second.error().reason, Reason::InternalError);
}

TEST(ClientTest, GivesUpAtTheDeadlineWhenThereIsNoAnswer) {
  const RawServer server(waitForEnd);
  auto client = clientOf(server);

  const auto response = client.send(within(50ms), {});

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, Reason::Timeout);
}

TEST(ClientTest, GivesUpAtTheDeadlineWhenTheAnswerDrips) {
  const RawServer server([](ByteStream& peer) {
    readHeader(peer);
    while (peer.write(within(10s), "H") && peer.isQuiet()) {  // until the client has gone
      static_cast<void>(waitFor(-1, 0, {.deadline = systemClock().now() + 10ms}, systemClock()));
    }
  });
  auto client = clientOf(server);

  const auto response = client.send(within(100ms), {});

  EXPECT_FALSE(response);
}

TEST(ClientTest, EndsWhenAskedToStop) {
  const RawServer server(waitForEnd);
  auto client = clientOf(server);
  std::stop_source stop;
  std::jthread stopper([&] { stop.request_stop(); });

  const auto response = client.send({.stop = stop.get_token()}, {});

  EXPECT_FALSE(response);
}

TEST(ClientTest, SaysThatNothingHappenedWhenNobodyListens) {
  std::uint16_t port = 0;
  { port = RawServer(waitForEnd).port(); }
  Client tcp(makeTcpTransport("127.0.0.1", port, systemClock()), systemClock());
  Client unixSocket(makeUnixTransport("/nonexistent/socket", systemClock()), systemClock());

  EXPECT_EQ(tcp.send(within(10s), {}).error().reason, Reason::ServiceUnavailable);
  EXPECT_EQ(unixSocket.send(within(10s), {}).error().reason, Reason::ServiceUnavailable);
}

TEST(ClientTest, SendsAGetOnceMoreWhenTheKeptConnectionWasClosed) {
  std::atomic<int> connections = 0;
  const RawServer server([&](ByteStream& peer) {
    ++connections;
    readHeader(peer);
    say(peer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    if (connections == 1) readHeader(peer);  // takes the second request and closes
  });
  auto client = clientOf(server);
  ASSERT_TRUE(client.send(within(10s), {}));

  EXPECT_EQ(client.send(within(10s), {}).value().body, "ok");
  EXPECT_EQ(connections, 2);
}

TEST(ClientTest, NeverSendsAPostTwice) {
  std::atomic<int> requests = 0;
  const RawServer server([&](ByteStream& peer) {
    if (!readHeader(peer).empty()) ++requests;
    say(peer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok");
    if (!readHeader(peer).empty()) ++requests;
  });
  auto client = clientOf(server);
  ASSERT_TRUE(client.send(within(10s), {.method = "POST"}));

  const auto second = client.send(within(10s), {.method = "POST"});

  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().reason, Reason::Timeout);
  EXPECT_EQ(requests, 2);
}

TEST(ClientTest, UsesNoConnectionOnWhichSomethingCameUnasked) {
  std::atomic<int> connections = 0;
  const RawServer server([&](ByteStream& peer) {
    ++connections;
    readHeader(peer);
    say(peer, "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokHTTP/1.1 200 OK\r\n\r\nforged");
  });
  auto client = clientOf(server);

  EXPECT_EQ(client.send(within(10s), {}).value().body, "ok");
  EXPECT_EQ(client.send(within(10s), {}).value().body, "ok");
  EXPECT_EQ(connections, 2);
}

TEST(ClientTest, PassesOverInterimAnswers) {
  const RawServer server(
      answering("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n"
                "HTTP/1.1 201 Created\r\nContent-Length: 2\r\n\r\nok"));
  auto client = clientOf(server);

  const auto response = client.send(within(10s), {.method = "POST"});

  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 201);
  EXPECT_FALSE(response->headers.has("Link"));
}

TEST(ClientTest, SwitchesProtocolsAndEndsItsDirectionAlone) {
  const RawServer server([](ByteStream& peer) {
    readHeader(peer);
    say(peer, "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\nearly ");
    std::string all;
    std::array<char, 64> buffer;
    while (const auto count = peer.read(within(10s), buffer).value_or(0))
      all.append(buffer.data(), count);
    say(peer, "echo:" + all);
  });
  auto client = clientOf(server);

  auto upgraded = client.upgrade(within(10s), {.method = "POST", .headers = {{"Upgrade", "tcp"}}});

  ASSERT_TRUE(upgraded);
  ASSERT_TRUE(upgraded->stream);
  ASSERT_TRUE(upgraded->stream->write(within(10s), "hello"));
  ASSERT_TRUE(upgraded->stream->closeWrite(within(10s)));
  EXPECT_EQ(readHeader(*upgraded->stream), "early echo:hello");
}

TEST(ClientTest, GivesTheAnswerWhenProtocolsAreNotSwitched) {
  const RawServer server(answering("HTTP/1.1 409 Conflict\r\nContent-Length: 4\r\n\r\nbusy"));
  auto client = clientOf(server);

  const auto response =
      client.upgrade(within(10s), {.method = "POST", .headers = {{"Upgrade", "tcp"}}});

  ASSERT_TRUE(response);
  EXPECT_FALSE(response->stream);
  EXPECT_EQ(response->head.status, 409);
  EXPECT_EQ(response->head.body, "busy");
}

struct Unsendable {
  const char* name;
  Request request;
};

class UnsendableRequestTest : public ::testing::TestWithParam<Unsendable> {};

TEST_P(UnsendableRequestTest, IsABadRequest) {
  Client client(makeUnixTransport("/nonexistent", systemClock()), systemClock());

  const auto response = client.send(within(10s), GetParam().request);

  ASSERT_FALSE(response);
  EXPECT_EQ(response.error().reason, Reason::BadRequest);
}

INSTANTIATE_TEST_SUITE_P(
    Table,
    UnsendableRequestTest,
    ::testing::Values(
        Unsendable{"SpaceInMethod", {.method = "GET /"}},
        Unsendable{"SpaceInTarget", {.target = "/a b"}},
        Unsendable{"LineInTarget", {.target = "/ HTTP/1.1\r\nX: y"}},
        Unsendable{"EmptyTarget", {.target = ""}},
        Unsendable{"LineInValue", {.headers = {{"A", "b\r\nX: y"}}}},
        Unsendable{"LineInName", {.headers = {{"A\r\nB", "c"}}}},
        Unsendable{"NulInValue", {.headers = {{"A", std::string("\0", 1)}}}}),
    [](const auto& tested) { return tested.param.name; });

}  // namespace
}  // namespace berth::http::testing
