#include "core/http/server.hpp"

#include <atomic>
#include <future>
#include <sys/resource.h>

#include <gmock/gmock.h>

#include "tests/contract/http/server_fixture.hpp"

namespace berth::http::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(ServerTest, AnswersManyRequestsOnOneConnection) {
  start();
  auto client = makeClient();

  for (int i = 0; i < 100; ++i) {
    const auto response = client.send(within(10s), {.method = "PUT", .target = "/a", .body = "b"});
    ASSERT_TRUE(response) << response.error().message;
    ASSERT_EQ(response->body, "PUT /a b");
  }

  EXPECT_EQ(server_->connections(), 1U);
}

TEST_F(ServerTest, AnswersPipelinedRequestsInOrder) {
  start();
  RawClient client(port_);

  client.send("GET /1 HTTP/1.1\r\nHost: x\r\n\r\nGET /2 HTTP/1.1\r\nHost: x\r\n\r\n");
  client.send("GET /3 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  const auto all = client.readAll();
  const auto first = all.find("GET /1 ");
  const auto second = all.find("GET /2 ");
  const auto third = all.find("GET /3 ");
  EXPECT_LT(first, second);
  EXPECT_LT(second, third);
  EXPECT_NE(third, std::string::npos);
  EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
}

TEST_F(ServerTest, TellsTheHandlerWhoAsks) {
  handler_ = [](const Request& request) { return Response{.body = request.remoteAddress}; };
  start();

  EXPECT_EQ(get("/").value().body, "127.0.0.1");
}

TEST_F(ServerTest, WritesPiecesAfterTheBody) {
  handler_ = [](const Request&) {
    const auto shared = std::make_shared<const std::string>(100'000, 'p');
    Response response{.body = "[", .keep = shared};
    for (int i = 0; i < 100; ++i) response.pieces.emplace_back(*shared);
    response.pieces.emplace_back("]");
    return response;
  };
  start();

  const auto body = get("/").value().body;

  EXPECT_EQ(body.size(), 10'000'002U);
  EXPECT_EQ(body.front(), '[');
  EXPECT_EQ(body.back(), ']');
}

TEST_F(ServerTest, AnswersHeadWithTheLengthAndNoBody) {
  start();
  RawClient client(port_);

  client.send("HEAD /abc HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  const auto all = client.readAll();
  EXPECT_THAT(all, HasSubstr("Content-Length: 10\r\n"));
  EXPECT_THAT(all, EndsWith("\r\n\r\n"));
}

TEST_F(ServerTest, SaysContinueBeforeABodyThatWaitsForIt) {
  start();
  RawClient client(port_);

  client.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n");
  EXPECT_EQ(client.readUntil("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  client.send("ab");

  EXPECT_THAT(client.readUntil("PUT / ab"), StartsWith("HTTP/1.1 200 OK\r\n"));
}

TEST_F(ServerTest, RefusesABodyThatIsTooLargeWithoutReadingIt) {
  start({.maxBodyBytes = 10});
  RawClient client(port_);

  client.send("PUT / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 11\r\n\r\n");

  EXPECT_THAT(client.readAll(), StartsWith("HTTP/1.1 413 "));
}

TEST_F(ServerTest, DeliversARefusalToWhoStillSends) {
  start({.maxBodyBytes = 1000});
  auto client = makeClient();

  const auto response =
      client.send(within(10s), {.method = "PUT", .body = std::string(400'000, 'x')});

  ASSERT_TRUE(response) << response.error().message;
  EXPECT_EQ(response->status, 413);
  EXPECT_THAT(response->body, HasSubstr("\"reason\":\"RequestEntityTooLarge\""));
}

TEST_F(ServerTest, ClosesAfterAMalformedRequestAndReadsNothingBehindIt) {
  std::atomic<int> handled = 0;
  handler_ = [&](const Request&) {
    ++handled;
    return Response{};
  };
  start();
  RawClient client(port_);

  client.send(
      "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n");
  client.send(std::string("0\r\n\r\n") + std::string(kGet));

  const auto all = client.readAll();
  EXPECT_THAT(all, StartsWith("HTTP/1.1 400 "));
  EXPECT_EQ(all.find("HTTP/1.1", 1), std::string::npos) << all;
  EXPECT_EQ(handled, 0);
}

TEST_F(ServerTest, ClosesAConnectionThatSaysNothing) {
  start({.headerTimeout = 100ms});
  RawClient client(port_);

  EXPECT_TRUE(client.isClosed());
}

TEST_F(ServerTest, GivesUpAHeaderThatComesTooSlowly) {
  start({.headerTimeout = 200ms});
  RawClient client(port_);
  std::jthread drip([&](const std::stop_token& stop) {
    client.send("GET / HTTP/1.1\r\nHost: x\r\n");
    const Context pause{.stop = stop};
    while (!stop.stop_requested()) {
      client.send("X: y\r\n");
      static_cast<void>(waitFor(-1, 0, {.deadline = systemClock().now() + 20ms}, systemClock()));
    }
  });

  const auto all = client.readUntil("\r\n\r\n");

  EXPECT_THAT(all, StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(client.isClosed());
}

TEST_F(ServerTest, GivesUpABodyThatDoesNotCome) {
  start({.bodyTimeout = 200ms});
  RawClient client(port_);

  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nab");

  EXPECT_THAT(client.readAll(), StartsWith("HTTP/1.1 408 "));
}

TEST_F(ServerTest, ClosesAnIdleConnection) {
  start({.idleTimeout = 100ms});
  RawClient client(port_);

  client.send(kGet);

  EXPECT_TRUE(client.isClosed());
}

TEST_F(ServerTest, ServesOthersWhileHandlersBlock) {
  std::promise<void> release;
  const auto released = release.get_future().share();
  handler_ = [&](const Request& request) {
    if (request.target == "/block") released.wait();
    return Response{.body = "done"};
  };
  start({.workers = 3});
  RawClient one(port_);
  RawClient two(port_);
  one.send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n");
  two.send("GET /block HTTP/1.1\r\nHost: x\r\n\r\n");

  EXPECT_EQ(get("/").value().body, "done");

  release.set_value();
  EXPECT_THAT(one.readUntil("done"), HasSubstr("done"));
  EXPECT_THAT(two.readUntil("done"), HasSubstr("done"));
}

TEST_F(ServerTest, AnswersAHandlerThatThrowsWith500) {
  handler_ = [](const Request&) -> Response { throw std::runtime_error("secret words"); };
  start();

  const auto response = get("/").value();

  EXPECT_EQ(response.status, 500);
  EXPECT_THAT(response.body, ::testing::Not(HasSubstr("secret words")));
}

TEST_F(ServerTest, KeepsAHeaderOneHeader) {
  handler_ = [](const Request&) {
    return Response{.headers = {{"X-Name", "a\r\nSet-Cookie: b"}}, .body = "ok"};
  };
  start();

  EXPECT_FALSE(get("/").value().headers.has("Set-Cookie"));
}

TEST_F(ServerTest, TakesNoMoreConnectionsThanItsLimit) {
  start({.maxConnections = 1});
  RawClient first(port_);
  first.send(kGet);
  first.readUntil("GET / ");

  RawClient second(port_);

  EXPECT_TRUE(second.isClosed());
}

TEST_F(ServerTest, RaisesTheLimitOfDescriptorsToWhatItsConnectionsNeed) {
  rlimit before{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &before), 0);
  const rlimit low{.rlim_cur = 256, .rlim_max = before.rlim_max};
  ASSERT_EQ(::setrlimit(RLIMIT_NOFILE, &low), 0);

  start({.maxConnections = 500});

  rlimit after{};
  ASSERT_EQ(::getrlimit(RLIMIT_NOFILE, &after), 0);
  EXPECT_GE(after.rlim_cur, 500U);
  EXPECT_EQ(::setrlimit(RLIMIT_NOFILE, &before), 0);
}

TEST_F(ServerTest, SaysWhenItsPortIsTaken) {
  start();
  Server other({.port = port_}, handler_);

  const auto started = other.start();

  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().reason, Reason::ServiceUnavailable);
}

TEST_F(ServerTest, ListensOnAUnixSocketInThePlaceOfADeadOne) {
  const std::string path = ::testing::TempDir() + "berth-server-test.sock";
  for (int i = 0; i < 2; ++i) {
    start({.unixPath = path});
    Client client(makeUnixTransport(path, systemClock()), systemClock());
    EXPECT_EQ(client.send(within(10s), {.target = "/u"}).value().body, "GET /u ");
  }
}

TEST_F(ServerTest, FinishesWhatIsBeingAnsweredWhenStopped) {
  std::promise<void> entered;
  std::promise<void> release;
  handler_ = [&](const Request&) {
    entered.set_value();
    release.get_future().wait();
    return Response{.body = "finished"};
  };
  start();
  RawClient idle(port_);
  std::string all;
  {
    std::jthread stopper;
    RawClient client(port_);
    client.send(kGet);
    entered.get_future().wait();

    stopper = std::jthread([&] { server_->stop(); });
    EXPECT_TRUE(idle.isClosed());
    release.set_value();
    all = client.readAll();
  }

  EXPECT_THAT(all, HasSubstr("Connection: close\r\n"));
  EXPECT_THAT(all, EndsWith("finished"));
}

}  // namespace
}  // namespace berth::http::testing
