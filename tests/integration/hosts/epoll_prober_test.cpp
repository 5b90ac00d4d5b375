#include "reconcilers/providers/hosts/epoll_prober.hpp"

#include <arpa/inet.h>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

#include <gmock/gmock.h>
#include <poll.h>

#include "core/base/guarded.hpp"

namespace berth::hosts {
namespace {

/// Answers every piece that comes with a text, one connection at a time; an empty
/// text closes the connection instead.
class Responder {
 public:
  explicit Responder(std::string answer) : answer_(std::move(answer)) {
    listener_ = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    EXPECT_EQ(bind(listener_, reinterpret_cast<sockaddr*>(&address), size), 0);
    EXPECT_EQ(listen(listener_, 16), 0);
    getsockname(listener_, reinterpret_cast<sockaddr*>(&address), &size);
    port_ = ntohs(address.sin_port);
    thread_ = std::jthread([this](const std::stop_token& stop) { serve(stop); });
  }
  ~Responder() {
    thread_.request_stop();
    thread_.join();
    close(listener_);
  }
  Responder(const Responder&) = delete;
  Responder& operator=(const Responder&) = delete;

  [[nodiscard]] ProbeSpec spec() const {
    return {
        .port = port_,
        .period = std::chrono::milliseconds(20),
        .timeout = std::chrono::milliseconds(500)};
  }
  void answer(std::string text) {
    answer_.with([&](std::string& current) { current = std::move(text); });
  }
  [[nodiscard]] int connections() const { return connections_; }

 private:
  static bool readable(int fd) {
    pollfd wait{fd, POLLIN, 0};
    return poll(&wait, 1, 20) > 0;
  }
  void serve(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      if (!readable(listener_)) continue;
      const int peer = accept(listener_, nullptr, nullptr);
      ++connections_;
      while (!stop.stop_requested()) {
        if (!readable(peer)) continue;
        char buffer[4096];
        if (recv(peer, buffer, sizeof buffer, 0) <= 0) break;
        const auto text = answer_.with([](std::string& current) { return current; });
        if (text.empty()) break;
        send(peer, text.data(), text.size(), MSG_NOSIGNAL);
      }
      close(peer);
    }
  }

  Guarded<std::string> answer_;
  int listener_ = -1;
  int port_ = 0;
  std::atomic<int> connections_ = 0;
  std::jthread thread_;
};

const std::string kOk = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
const std::string kBad = "HTTP/1.1 503 Unavailable\r\ncontent-length: 0\r\n\r\n";

class EpollProberTest : public testing::Test {
 protected:
  EpollProberTest() {
    prober_.onChange([this](const std::string& key) {
      const std::lock_guard lock(mutex_);
      changes_.push_back(key);
      changed_.notify_all();
    });
  }
  bool waitForChanges(std::size_t count) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(
        lock, std::chrono::seconds(10), [&] { return changes_.size() >= count; });
  }
  /// Waits for a condition that nothing announces, with a deadline.
  bool eventually(const std::function<bool()>& condition) {
    std::unique_lock lock(mutex_);
    for (int i = 0; i < 1000; ++i) {
      if (condition()) return true;
      changed_.wait_for(lock, std::chrono::milliseconds(10));
    }
    return false;
  }

  SystemClock clock_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<std::string> changes_;
  EpollProber prober_{clock_};
};

TEST_F(EpollProberTest, ProbesAgainAndAgainOverOneConnection) {
  const Responder tenant(kOk);

  prober_.set("web", tenant.spec());

  ASSERT_TRUE(waitForChanges(1));
  EXPECT_TRUE(eventually([&] { return prober_.latest("web")->streak >= 5; }));
  EXPECT_EQ(prober_.latest("web")->status, 200);
  EXPECT_EQ(tenant.connections(), 1);
  EXPECT_EQ(changes_.size(), 1U);
}

TEST_F(EpollProberTest, TellsWhenATenantFallsIllAndWhenItIsWellAgain) {
  Responder tenant(kOk);
  prober_.set("web", tenant.spec());
  ASSERT_TRUE(waitForChanges(1));

  tenant.answer(kBad);
  ASSERT_TRUE(waitForChanges(2));
  EXPECT_EQ(prober_.latest("web")->outcome, ProbeOutcome::BadStatus);
  EXPECT_EQ(prober_.latest("web")->message, "HTTP 503");

  tenant.answer(kOk);
  ASSERT_TRUE(waitForChanges(3));
  EXPECT_TRUE(prober_.latest("web")->success());
}

TEST_F(EpollProberTest, IsRefusedWhereNobodyListens) {
  ProbeSpec spec;
  {
    const Responder gone(kOk);
    spec = gone.spec();
  }

  prober_.set("web", spec);

  ASSERT_TRUE(waitForChanges(1));
  EXPECT_EQ(prober_.latest("web")->outcome, ProbeOutcome::Refused);
}

TEST_F(EpollProberTest, TimesOutWhenHalfAnAnswerComes) {
  const Responder tenant("HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n12");
  auto spec = tenant.spec();
  spec.timeout = std::chrono::milliseconds(60);

  prober_.set("web", spec);

  ASSERT_TRUE(waitForChanges(1));
  EXPECT_EQ(prober_.latest("web")->outcome, ProbeOutcome::TimedOut);
}

TEST_F(EpollProberTest, IsNotTakenInByWhatIsNotHttp) {
  const Responder tenant("SSH-2.0-OpenSSH_9.2\r\n\r\n");

  prober_.set("web", tenant.spec());

  ASSERT_TRUE(waitForChanges(1));
  EXPECT_EQ(prober_.latest("web")->message, "not an HTTP answer");
}

TEST_F(EpollProberTest, FailsWhenTheConnectionIsClosedWithoutAnAnswer) {
  const Responder tenant("");

  prober_.set("web", tenant.spec());

  ASSERT_TRUE(waitForChanges(1));
  EXPECT_EQ(prober_.latest("web")->outcome, ProbeOutcome::Refused);
}

TEST_F(EpollProberTest, TakesAnAnswerWithoutALength) {
  const Responder tenant("HTTP/1.1 204 No Content\r\n\r\n");

  prober_.set("web", tenant.spec());

  ASSERT_TRUE(waitForChanges(1));
  EXPECT_TRUE(eventually([&] { return prober_.latest("web")->streak >= 3; }));
  EXPECT_GE(tenant.connections(), 3);
}

TEST_F(EpollProberTest, ForgetsWhatIsRemoved) {
  const Responder tenant(kOk);
  prober_.set("web", tenant.spec());
  ASSERT_TRUE(waitForChanges(1));

  prober_.remove("web");

  EXPECT_FALSE(prober_.latest("web"));
}

TEST_F(EpollProberTest, ProbesManyAtOnce) {
  const Responder well(kOk);
  ProbeSpec ill = well.spec();
  ill.address = "nowhere";
  prober_.set("well", well.spec());

  for (int i = 0; i < 20; ++i) prober_.set("ill-" + std::to_string(i), ill);

  ASSERT_TRUE(waitForChanges(21));
  EXPECT_TRUE(prober_.latest("well")->success());
  EXPECT_EQ(prober_.latest("ill-7")->message, "nowhere is not an IPv4 address");
}

}  // namespace
}  // namespace berth::hosts
