#include "core/http/fd_stream.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <cstring>
#include <optional>
#include <string>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include <poll.h>

namespace berth::http {

namespace {

Error gone(const char* what, int code) {
  return {Reason::ServiceUnavailable, std::string(what) + ": " + std::strerror(code)};
}

/// For poll(2): -1 waits for ever.  Rounded up, so that no deadline is met early.
int pollMilliseconds(Time deadline, Time now) {
  if (deadline == Time::max()) return -1;
  if (deadline <= now) return 0;
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline - now).count();
  return static_cast<int>(std::min<std::int64_t>(left, INT_MAX));
}

/// A descriptor that becomes readable when a stop is asked for.
class StopSignal {
 public:
  explicit StopSignal(const std::stop_token& token) {
    if (!token.stop_possible()) return;
    event_ = UniqueFd(eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    callback_.emplace(token, Notify{event_.get()});
  }
  [[nodiscard]] int fd() const { return event_.get(); }

 private:
  struct Notify {
    int fd;
    void operator()() const {
      const std::uint64_t one = 1;
      static_cast<void>(::write(fd, &one, sizeof one));
    }
  };
  UniqueFd event_;
  std::optional<std::stop_callback<Notify>> callback_;
};

class SocketStream final : public ByteStream {
 public:
  SocketStream(UniqueFd socket, const Clock& clock) : socket_(std::move(socket)), clock_(clock) {}

  Result<std::size_t> read(const Context& context, std::span<char> buffer) override {
    while (true) {
      const auto count = ::recv(socket_.get(), buffer.data(), buffer.size(), 0);
      if (count >= 0) return static_cast<std::size_t>(count);
      if (errno == EINTR) continue;
      if (errno != EAGAIN) return gone("read", errno);
      BERTH_CHECK(waitFor(socket_.get(), POLLIN, context, clock_));
    }
  }

  Result<> write(const Context& context, std::string_view bytes) override {
    while (!bytes.empty()) {
      const auto count = ::send(socket_.get(), bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (count >= 0) {
        bytes.remove_prefix(static_cast<std::size_t>(count));
      } else if (errno == EAGAIN) {
        BERTH_CHECK(waitFor(socket_.get(), POLLOUT, context, clock_));
      } else if (errno != EINTR) {
        return gone("write", errno);
      }
    }
    return Ok{};
  }

  Result<> closeWrite(const Context& /*context*/) override {
    if (::shutdown(socket_.get(), SHUT_WR) != 0 && errno != ENOTCONN) return gone("close", errno);
    return Ok{};
  }

  bool isQuiet() override { return isQuietSocket(socket_.get()); }

 private:
  UniqueFd socket_;
  const Clock& clock_;
};

}  // namespace

UniqueFd::~UniqueFd() {
  if (fd_ >= 0) ::close(fd_);
}

Result<> waitFor(int fd, short events, const Context& context, const Clock& clock) {
  const StopSignal stop(context.stop);
  while (true) {
    if (context.stop.stop_requested()) return Error{Reason::Timeout, "stopped while waiting"};
    std::array<pollfd, 2> polled{{{fd, events, 0}, {stop.fd(), POLLIN, 0}}};
    const int timeout = pollMilliseconds(context.deadline, clock.now());
    const int ready = ::poll(polled.data(), polled.size(), timeout);
    if (ready < 0 && errno != EINTR) return gone("wait", errno);
    if (ready > 0 && polled[0].revents != 0) return Ok{};
    if (ready == 0 && clock.now() >= context.deadline)
      return Error{Reason::Timeout, "nothing happened before the deadline"};
  }
}

bool isQuietSocket(int fd) {
  char byte = 0;
  const auto count = ::recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);
  return count < 0 && errno == EAGAIN;
}

Result<> finishConnect(int fd, const Context& context, const Clock& clock) {
  if (auto ready = waitFor(fd, POLLOUT, context, clock); !ready)
    return Error{Reason::ServiceUnavailable, "connect: " + ready.error().message};
  int code = 0;
  socklen_t size = sizeof code;
  if (::getsockopt(fd, SOL_SOCKET, SO_ERROR, &code, &size) != 0) return gone("connect", errno);
  if (code != 0) return gone("connect", code);
  return Ok{};
}

std::unique_ptr<ByteStream> makeSocketStream(UniqueFd socket, const Clock& clock) {
  return std::make_unique<SocketStream>(std::move(socket), clock);
}

}  // namespace berth::http
