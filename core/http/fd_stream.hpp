/// @file
/// A file descriptor that waits with a deadline and a stop token; the byte stream
/// over a socket.  Private to core/http.
#pragma once

#include <memory>
#include <utility>

#include "core/base/clock.hpp"
#include "core/http/byte_stream.hpp"

namespace berth::http {

/// Closes its descriptor.
class UniqueFd {
 public:
  UniqueFd() = default;
  explicit UniqueFd(int fd) : fd_(fd) {}
  UniqueFd(UniqueFd&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  UniqueFd& operator=(UniqueFd&& other) noexcept {
    std::swap(fd_, other.fd_);
    return *this;
  }
  UniqueFd(const UniqueFd&) = delete;
  UniqueFd& operator=(const UniqueFd&) = delete;
  ~UniqueFd();

  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool valid() const { return fd_ >= 0; }

 private:
  int fd_ = -1;
};

/// Waits for POLLIN or POLLOUT.  Timeout when the deadline passes or a stop is asked
/// for.
Result<> waitFor(int fd, short events, const Context& context, const Clock& clock);

/// Over a connected socket that does not block.
std::unique_ptr<ByteStream> makeSocketStream(UniqueFd socket, const Clock& clock);

/// Whether a socket is open and has nothing to read.
bool isQuietSocket(int fd);

/// A socket that has begun to connect is waited for.  ServiceUnavailable when it
/// cannot be, for whatever reason.
Result<> finishConnect(int fd, const Context& context, const Clock& clock);

/// Connected over TCP.
Result<UniqueFd> connectTcp(
    const std::string& host, std::uint16_t port, const Context& context, const Clock& clock);

}  // namespace berth::http
