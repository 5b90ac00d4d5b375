// C23: what one peer or one flow may have of a server, and that others do not notice.
#include <condition_variable>
#include <mutex>

#include "tests/contract/http/server_fixture.hpp"

namespace berth::http::testing {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;
using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
constexpr const char* kElsewhere = "127.0.0.9";

/// Handlers of "/block" wait here, and a test for them.
class Barrier {
 public:
  void wait() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [&] { return open_; });
  }
  bool waitForWaiting(int count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return waiting_ == count; });
  }
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int waiting_ = 0;
  bool open_ = false;
};

class LimitsTest : public ServerTest {
 protected:
  LimitsTest() {
    handler_ = [this](const Request& request) {
      if (request.target == "/block") barrier_.wait();
      return Response{.body = "done"};
    };
  }
  ~LimitsTest() override {
    barrier_.open();
    server_.reset();
  }

  /// `count` requests of a flow that stay where they are.
  void block(const std::string& flow, int count) {
    for (int i = 0; i < count; ++i) {
      blocked_.push_back(std::make_unique<RawClient>(port_));
      blocked_.back()->send("GET /block HTTP/1.1\r\nHost: x\r\nFlow: " + flow + "\r\n\r\n");
    }
  }
  std::string ask(const std::string& flow) {
    RawClient client(port_);
    client.send("GET / HTTP/1.1\r\nHost: x\r\nFlow: " + flow + "\r\n\r\n");
    return client.readUntil("\r\n\r\n");
  }
  static Flow flowOf(const Request& request) { return {std::string(request.headers.get("Flow"))}; }
  ::testing::AssertionResult isRefused(const std::string& reason) {
    const auto line = "berth_http_refused_total{reason=\"" + reason + "\"} ";
    const auto text = metrics_.text();
    if (text.find(line) != std::string::npos && text.find(line + "0") == std::string::npos)
      return ::testing::AssertionSuccess();
    return ::testing::AssertionFailure() << text;
  }

  Barrier barrier_;
  Metrics metrics_;
  std::vector<std::unique_ptr<RawClient>> blocked_;
};

TEST_F(LimitsTest, GivesAnAddressSoManyConnectionsAndNoMore) {
  start({.maxConnectionsOfAddress = 2, .metrics = &metrics_});
  RawClient first(port_);
  auto second = std::make_unique<RawClient>(port_);
  first.send(kGet);
  second->send(kGet);
  first.readUntil("done");
  second->readUntil("done");

  EXPECT_TRUE(RawClient(port_).isClosed());
  EXPECT_TRUE(isRefused("connections_of_address"));
  RawClient other(port_, kElsewhere);
  other.send(kGet);
  EXPECT_THAT(other.readUntil("done"), HasSubstr("done")) << "others do not notice";

  second = nullptr;
  std::string answer;
  for (int i = 0; i < 1000 && answer.empty(); ++i) {
    RawClient again(port_);
    again.send(kGet);
    answer = again.readUntil("done");
  }
  EXPECT_THAT(answer, HasSubstr("done")) << "its place is given back";
}

TEST_F(LimitsTest, ServesAnotherAddressDuringAFloodOfConnections) {
  start({.maxConnections = 500, .maxConnectionsOfAddress = 100});
  std::vector<std::unique_ptr<RawClient>> flood;
  for (int i = 0; i < 600; ++i) flood.push_back(std::make_unique<RawClient>(port_));

  for (int i = 0; i < 20; ++i) {
    RawClient other(port_, kElsewhere);
    other.send(kGet);
    EXPECT_THAT(other.readUntil("done"), HasSubstr("done"));
  }

  EXPECT_LE(server_->connections(), 120U);
}

TEST_F(LimitsTest, TellsAFlowWithTooManyRequestsWaitingToComeAgain) {
  start({.workers = 1, .maxWaitingOfFlow = 1, .flowOf = flowOf, .metrics = &metrics_});
  block("a", 1);
  ASSERT_TRUE(barrier_.waitForWaiting(1));
  RawClient one(port_);
  RawClient two(port_);
  for (auto* client : {&one, &two}) client->send("GET / HTTP/1.1\r\nHost: x\r\nFlow: a\r\n\r\n");

  auto answer = one.readUntil("\r\n\r\n", 300ms);
  if (answer.empty()) answer = two.readUntil("\r\n\r\n");

  EXPECT_THAT(answer, StartsWith("HTTP/1.1 429 "));
  EXPECT_THAT(answer, HasSubstr("Retry-After: 1\r\n"));
  EXPECT_EQ(answer.find("Connection: close"), std::string::npos);
  EXPECT_TRUE(isRefused("waiting"));
}

TEST_F(LimitsTest, LetsAFlowNotTakeEveryWorker) {
  start({.workers = 4, .flowOf = flowOf});
  block("a", 10);
  ASSERT_TRUE(barrier_.waitForWaiting(3));

  EXPECT_THAT(ask("b"), StartsWith("HTTP/1.1 200"));

  barrier_.open();
  for (const auto& client : blocked_) EXPECT_THAT(client->readUntil("done"), HasSubstr("done"));
}

TEST_F(LimitsTest, BoundsTheBodiesOfOneAddressTogether) {
  start({.maxBodyMemory = 40'000, .metrics = &metrics_});
  const std::string head = "PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 30000\r\n\r\n";
  RawClient first(port_);
  first.send(head + std::string(15'000, 'x'));
  RawClient second(port_);
  second.send(head + std::string(15'000, 'x'));
  auto refused = first.readUntil("\r\n\r\n", 300ms);
  if (refused.empty()) refused = second.readUntil("\r\n\r\n");

  EXPECT_THAT(refused, StartsWith("HTTP/1.1 429 "));
  EXPECT_TRUE(isRefused("body_memory"));
  RawClient other(port_, kElsewhere);
  other.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 4\r\n\r\nbody");
  EXPECT_THAT(other.readUntil("done"), HasSubstr("done"));
}

TEST_F(LimitsTest, GivesTheMemoryOfBodiesBack) {
  start({.maxBodyMemory = 40'000});
  auto client = makeClient();

  for (int i = 0; i < 50; ++i) {
    const auto response =
        client.send(within(10s), {.method = "PUT", .body = std::string(15'000, 'x')});
    ASSERT_TRUE(response) << response.error().message;
    ASSERT_EQ(response->status, 200);
  }
}

TEST_F(LimitsTest, BelievesAConfiguredProxyAndNobodyElse) {
  handler_ = [](const Request& request) { return Response{.body = request.remoteAddress}; };
  start({.maxConnectionsOfAddress = 1, .proxies = TrustedProxies::parse({"127.0.0.9"}).value()});
  const std::string_view forwarded =
      "GET / HTTP/1.1\r\nHost: x\r\nX-Forwarded-For: 198.51.100.1\r\n\r\n";
  RawClient proxy(port_, kElsewhere);
  RawClient again(port_, kElsewhere);
  RawClient other(port_);

  for (auto* client : {&proxy, &again, &other}) client->send(forwarded);

  EXPECT_THAT(proxy.readUntil("198.51.100.1"), HasSubstr("\r\n\r\n198.51.100.1"));
  EXPECT_THAT(again.readUntil("198.51.100.1"), HasSubstr("\r\n\r\n198.51.100.1"));
  EXPECT_THAT(other.readUntil("127.0.0.1"), HasSubstr("\r\n\r\n127.0.0.1"));
}

TEST_F(LimitsTest, GivesUpABodyThatComesTooSlowly) {
  start({.bodyTimeout = 200ms, .metrics = &metrics_});
  RawClient client(port_);
  client.send("PUT / HTTP/1.1\r\nHost: x\r\nContent-Length: 100000\r\n\r\n");
  std::jthread drip([&](const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      client.send("x");
      static_cast<void>(waitFor(-1, 0, {.deadline = systemClock().now() + 20ms}, systemClock()));
    }
  });

  EXPECT_THAT(client.readUntil("\r\n\r\n"), StartsWith("HTTP/1.1 408 "));
  EXPECT_TRUE(isRefused("too_slow"));
}

TEST_F(LimitsTest, CutsAReaderThatTakesHardlyAnything) {
  const auto large = std::make_shared<const std::string>(30'000'000, 'x');
  handler_ = [&](const Request&) { return Response{.pieces = {*large}, .keep = large}; };
  start({.writeTimeout = 300ms, .metrics = &metrics_});
  RawClient client(port_);
  client.send(kGet);
  client.readByte();

  // One byte at a time, for as long as the server lives with it.
  const auto end = systemClock().now() + 20s;
  while (server_->connections() > 0 && systemClock().now() < end) {
    client.readByte();
    static_cast<void>(waitFor(-1, 0, {.deadline = systemClock().now() + 10ms}, systemClock()));
  }

  EXPECT_EQ(server_->connections(), 0U);
  EXPECT_TRUE(isRefused("slow_reader"));
}

}  // namespace
}  // namespace berth::http::testing
