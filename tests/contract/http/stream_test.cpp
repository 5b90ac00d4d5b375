#include <atomic>
#include <condition_variable>
#include <mutex>

#include "tests/contract/http/server_fixture.hpp"

namespace berth::http::testing {
namespace {

using ::testing::EndsWith;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

constexpr std::string_view kGet = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";

std::shared_ptr<const std::string> bytesOf(std::string text) {
  return std::make_shared<const std::string>(std::move(text));
}

/// The writers of all streams that were opened, and how many were closed.
class Writers {
 public:
  void add(std::shared_ptr<StreamWriter> writer) {
    writer->onClosed([this] {
      const std::lock_guard lock(mutex_);
      ++closed_;
      changed_.notify_all();
    });
    const std::lock_guard lock(mutex_);
    writers_.push_back(std::move(writer));
    changed_.notify_all();
  }
  std::shared_ptr<StreamWriter> at(std::size_t index) {
    std::unique_lock lock(mutex_);
    EXPECT_TRUE(changed_.wait_for(lock, 10s, [&] { return writers_.size() > index; }));
    return writers_.at(index);
  }
  bool waitForOpen(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return writers_.size() == count; });
  }
  bool waitForClosed(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 10s, [&] { return closed_ == count; });
  }
  void writeToAll(const std::string& text) {
    const auto bytes = bytesOf(text);
    const std::lock_guard lock(mutex_);
    for (const auto& writer : writers_) EXPECT_TRUE(writer->write(bytes));
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::shared_ptr<StreamWriter>> writers_;
  std::size_t closed_ = 0;
};

class StreamTest : public ServerTest {
 protected:
  StreamTest() {
    handler_ = [this](const Request&) {
      return Response{
          .body = "first ", .stream = [this](auto writer) { writers_.add(std::move(writer)); }};
    };
  }
  ~StreamTest() override { server_.reset(); }

  Writers writers_;
};

TEST_F(StreamTest, WritesEachPieceAtOnceAsAChunk) {
  start();
  RawClient client(port_);
  client.send(kGet);
  EXPECT_THAT(client.readUntil("first \r\n"), EndsWith("\r\n\r\n6\r\nfirst \r\n"));

  EXPECT_TRUE(writers_.at(0)->write(bytesOf("second")));
  EXPECT_EQ(client.readUntil("second\r\n"), "6\r\nsecond\r\n");
}

TEST_F(StreamTest, GoesOnWithTheConnectionAfterItsEnd) {
  start();
  auto client = makeClient();
  for (std::size_t i = 0; i < 3; ++i) {
    auto response = client.sendStreaming(within(10s), {});
    ASSERT_TRUE(response);
    const auto writer = writers_.at(i);
    writer->write(bytesOf("last"));
    writer->close();
    EXPECT_FALSE(writer->write(bytesOf("too late")));

    std::string all;
    while (true) {
      auto part = response->body->read(within(10s));
      ASSERT_TRUE(part) << part.error().message;
      if (!*part) break;
      all += **part;
    }
    EXPECT_EQ(all, "first last");
  }

  EXPECT_EQ(server_->connections(), 1U);
  EXPECT_TRUE(writers_.waitForClosed(3));
}

TEST_F(StreamTest, NoticesAPeerThatGoesAwayWhileIdle) {
  start();
  {
    RawClient client(port_);
    client.send(kGet);
    client.readUntil("first");
  }

  EXPECT_TRUE(writers_.waitForClosed(1));
  EXPECT_FALSE(writers_.at(0)->write(bytesOf("x")));
}

TEST_F(StreamTest, CallsBackAtOnceWhenClosedAlready) {
  start();
  {
    RawClient client(port_);
    client.send(kGet);
    client.readUntil("first");
  }
  ASSERT_TRUE(writers_.waitForClosed(1));

  bool called = false;
  writers_.at(0)->onClosed([&] { called = true; });

  EXPECT_TRUE(called);
}

TEST_F(StreamTest, HoldsHundredsOfIdleStreamsWithoutAThreadEach) {
  start({.ioThreads = 2, .workers = 2});
  std::vector<std::unique_ptr<RawClient>> clients;
  for (int i = 0; i < 300; ++i) {
    clients.push_back(std::make_unique<RawClient>(port_));
    clients.back()->send(kGet);
  }
  ASSERT_TRUE(writers_.waitForOpen(300));

  writers_.writeToAll("event");

  for (const auto& client : clients) EXPECT_THAT(client->readUntil("event"), HasSubstr("event"));
  EXPECT_EQ(server_->connections(), 300U);
}

TEST_F(StreamTest, DropsAReaderThatIsTooSlow) {
  start({.maxQueuedStreamBytes = 1024 * 1024});
  RawClient client(port_);
  client.send(kGet);
  const auto writer = writers_.at(0);
  const auto bytes = bytesOf(std::string(64 * 1024, 'x'));

  int written = 0;
  while (written < 100'000 && writer->write(bytes)) ++written;

  EXPECT_LT(written, 100'000);
  EXPECT_TRUE(writers_.waitForClosed(1));
}

TEST_F(StreamTest, TakesAFirstWriteOfAnySize) {
  start({.maxQueuedStreamBytes = 1024});
  RawClient client(port_);
  client.send(kGet);

  EXPECT_TRUE(writers_.at(0)->write(bytesOf(std::string(1'000'000, 'x') + "end")));

  EXPECT_THAT(client.readUntil("end"), HasSubstr("xend"));
}

TEST_F(StreamTest, DropsAReaderThatTakesNothingInTime) {
  start({.writeTimeout = 200ms});
  RawClient client(port_);
  client.send(kGet);

  // More than the sockets' buffers take, less than the limit.
  EXPECT_TRUE(writers_.at(0)->write(bytesOf(std::string(15 * 1024 * 1024, 'x'))));

  EXPECT_TRUE(writers_.waitForClosed(1));
}

TEST_F(StreamTest, DoesNotDropAReaderThatKeepsUp) {
  start({.maxQueuedStreamBytes = 1024 * 1024});
  auto client = makeClient();
  auto response = client.sendStreaming(within(10s), {});
  ASSERT_TRUE(response);
  const auto writer = writers_.at(0);
  const auto bytes = bytesOf(std::string(100 * 1024, 'x'));

  std::size_t got = 0;
  for (std::size_t i = 1; i <= 100; ++i) {
    ASSERT_TRUE(writer->write(bytes));
    while (got < 6 + i * bytes->size()) {
      auto part = response->body->read(within(10s));
      ASSERT_TRUE(part && *part);
      got += (*part)->size();
    }
  }

  EXPECT_EQ(got, 6 + 100 * bytes->size());
}

TEST_F(StreamTest, IsReadWithADeadlineAndLosesNothing) {
  start();
  auto client = makeClient();
  auto response = client.sendStreaming(within(10s), {});
  ASSERT_TRUE(response);
  ASSERT_EQ(response->body->read(within(10s)).value(), "first ");

  const auto nothing = response->body->read(within(20ms));
  writers_.at(0)->write(bytesOf("second"));

  ASSERT_FALSE(nothing);
  EXPECT_EQ(nothing.error().reason, Reason::Timeout);
  EXPECT_EQ(response->body->read(within(10s)).value(), "second");
}

TEST_F(StreamTest, EndsCleanlyWhenTheServerStops) {
  start();
  std::string all;
  {
    std::jthread stopper;
    RawClient client(port_);
    client.send(kGet);
    client.readUntil("first");
    stopper = std::jthread([&] { server_->stop(); });
    all = client.readAll();
  }

  EXPECT_THAT(all, EndsWith("0\r\n\r\n"));
  EXPECT_TRUE(writers_.waitForClosed(1));
  EXPECT_FALSE(writers_.at(0)->write(bytesOf("x")));
}

TEST_F(StreamTest, GoesToTheEndOfTheConnectionForHttp10) {
  start();
  RawClient client(port_);
  client.send("GET / HTTP/1.0\r\n\r\n");
  writers_.at(0)->write(bytesOf("second"));
  writers_.at(0)->close();

  EXPECT_THAT(client.readAll(), EndsWith("\r\n\r\nfirst second"));
}

TEST_F(StreamTest, EndsWhenItsStartThrows) {
  handler_ = [](const Request&) {
    return Response{.stream = [](const auto&) { throw std::runtime_error("no watch"); }};
  };
  start();

  EXPECT_EQ(get("/").value().body, "");
  EXPECT_EQ(get("/").value().status, 200) << "the server lives on";
}

TEST_F(StreamTest, OpensNoneForHead) {
  start();
  RawClient client(port_);
  client.send("HEAD / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");

  EXPECT_THAT(client.readAll(), EndsWith("\r\n\r\n"));
  EXPECT_TRUE(writers_.waitForOpen(0));
}

}  // namespace
}  // namespace berth::http::testing
