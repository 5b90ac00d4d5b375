#include "core/http/transports.hpp"

#include <cerrno>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <netdb.h>

#include "core/http/fd_stream.hpp"
#include "core/http/tls_stream.hpp"

namespace berth::http {

namespace {

Error unavailable(const std::string& where, const std::string& why) {
  return {Reason::ServiceUnavailable, "connect " + where + ": " + why};
}

Result<> connectSocket(
    int fd, const sockaddr* address, socklen_t size, const Context& context, const Clock& clock) {
  if (::connect(fd, address, size) == 0) return Ok{};
  if (errno == EINPROGRESS) return finishConnect(fd, context, clock);
  return Error{Reason::ServiceUnavailable, std::strerror(errno)};
}

UniqueFd openSocket(int family) {
  return UniqueFd(::socket(family, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

class UnixTransport final : public Transport {
 public:
  UnixTransport(std::string path, const Clock& clock) : path_(std::move(path)), clock_(clock) {}

  Result<std::unique_ptr<ByteStream>> connect(const Context& context) override {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (path_.size() >= sizeof address.sun_path) return unavailable(path_, "path too long");
    std::memcpy(address.sun_path, path_.c_str(), path_.size());
    UniqueFd socket = openSocket(AF_UNIX);
    if (!socket.valid()) return unavailable(path_, std::strerror(errno));
    const auto* generic = reinterpret_cast<const sockaddr*>(&address);
    if (auto done = connectSocket(socket.get(), generic, sizeof address, context, clock_); !done)
      return unavailable(path_, done.error().message);
    return makeSocketStream(std::move(socket), clock_);
  }

 private:
  std::string path_;
  const Clock& clock_;
};

class TcpTransport final : public Transport {
 public:
  TcpTransport(std::string host, std::uint16_t port, const Clock& clock)
      : host_(std::move(host)), port_(port), clock_(clock) {}

  Result<std::unique_ptr<ByteStream>> connect(const Context& context) override {
    BERTH_TRY(auto socket, connectTcp(host_, port_, context, clock_));
    return makeSocketStream(std::move(socket), clock_);
  }

 private:
  std::string host_;
  std::uint16_t port_;
  const Clock& clock_;
};

class TlsTransport final : public Transport {
 public:
  TlsTransport(std::unique_ptr<Transport> inner, TlsContext tls, std::string serverName)
      : inner_(std::move(inner)), tls_(std::move(tls)), serverName_(std::move(serverName)) {}

  Result<std::unique_ptr<ByteStream>> connect(const Context& context) override {
    BERTH_TRY(auto stream, inner_->connect(context));
    return startTls(std::move(stream), tls_, serverName_, context);
  }

 private:
  std::unique_ptr<Transport> inner_;
  TlsContext tls_;
  std::string serverName_;
};

}  // namespace

Result<UniqueFd> connectTcp(
    const std::string& host, std::uint16_t port, const Context& context, const Clock& clock) {
  const auto where = host + ":" + std::to_string(port);
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int code = ::getaddrinfo(host.c_str(), std::to_string(port).c_str(), &hints, &list);
  if (code != 0) return unavailable(where, ::gai_strerror(code));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> owner(list, &::freeaddrinfo);

  Error last = unavailable(where, "no address");
  for (const addrinfo* item = list; item != nullptr; item = item->ai_next) {
    UniqueFd socket = openSocket(item->ai_family);
    if (!socket.valid()) continue;
    const int on = 1;
    ::setsockopt(socket.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    auto done = connectSocket(socket.get(), item->ai_addr, item->ai_addrlen, context, clock);
    if (done) return socket;
    last = unavailable(where, done.error().message);
  }
  return last;
}

std::unique_ptr<Transport> makeUnixTransport(std::string path, const Clock& clock) {
  return std::make_unique<UnixTransport>(std::move(path), clock);
}

std::unique_ptr<Transport> makeTcpTransport(
    std::string host, std::uint16_t port, const Clock& clock) {
  return std::make_unique<TcpTransport>(std::move(host), port, clock);
}

Result<std::unique_ptr<Transport>> makeTlsTransport(
    std::string host, std::uint16_t port, const TlsClientConfig& config, const Clock& clock) {
  BERTH_TRY(auto tls, makeTlsContext(config));
  auto name = config.serverName.empty() ? host : config.serverName;
  auto inner = makeTcpTransport(std::move(host), port, clock);
  return std::unique_ptr<Transport>(
      std::make_unique<TlsTransport>(std::move(inner), std::move(tls), std::move(name)));
}

}  // namespace berth::http
