#include "tests/support/tenant/server.hpp"

#include <arpa/inet.h>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdexcept>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>
#include <vector>

#include <poll.h>

namespace berth::tenant {
namespace {

constexpr int kTickMilliseconds = 100;
constexpr std::size_t kMostConnections = 512;

int signals = -1;  // the process has one disposition of signals, hence one of these
bool stopping = false;

bool send(int fd, std::string& out) {
  while (!out.empty()) {
    const auto sent = ::send(fd, out.data(), out.size(), MSG_NOSIGNAL);
    if (sent < 0) return errno == EAGAIN || errno == EINTR;
    out.erase(0, static_cast<std::size_t>(sent));
  }
  return true;
}

}  // namespace

void catchStopSignals() {
  sigset_t set;
  sigemptyset(&set);
  sigaddset(&set, SIGTERM);
  sigaddset(&set, SIGINT);
  sigprocmask(SIG_BLOCK, &set, nullptr);
  signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
}

bool stopWanted() {
  signalfd_siginfo info{};
  if (::read(signals, &info, sizeof info) == sizeof info) stopping = true;
  return stopping;
}

bool waitFor(std::chrono::milliseconds time) {
  pollfd wait{signals, POLLIN, 0};
  poll(&wait, 1, static_cast<int>(time.count()));
  return !stopWanted();
}

Server::Server(int port)
    : listener_(socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)) {
  const int on = 1;
  setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_ANY);
  if (bind(listener_, reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      listen(listener_, 128) != 0)
    throw std::runtime_error(
        "listen on port " + std::to_string(port) + ": " + std::strerror(errno));
}

Server::~Server() {
  for (const auto& [fd, connection] : connections_) close(fd);
  close(listener_);
}

void Server::accept() {
  for (;;) {
    const int fd = accept4(listener_, nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
    if (fd < 0) return;
    if (connections_.size() >= kMostConnections) {
      close(fd);
      continue;
    }
    const int on = 1;
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    connections_[fd];
  }
}

bool Server::read(int fd, Connection& connection, const Handler& handler) {
  std::array<char, 16384> buffer{};
  for (;;) {
    const auto got = recv(fd, buffer.data(), buffer.size(), 0);
    if (got == 0) return false;
    if (got < 0) {
      if (errno != EAGAIN && errno != EINTR) return false;
      break;
    }
    connection.in.append(buffer.data(), static_cast<std::size_t>(got));
  }
  serve(connection, handler);
  return true;
}

void Server::run(const Handler& handler, const std::function<bool()>& tick) {
  std::vector<pollfd> waits;
  while (!stopWanted() && tick()) {
    waits = {{listener_, POLLIN, 0}, {signals, POLLIN, 0}};
    for (const auto& [fd, connection] : connections_)
      waits.push_back({fd, static_cast<short>(POLLIN | (connection.out.empty() ? 0 : POLLOUT)), 0});
    poll(waits.data(), waits.size(), kTickMilliseconds);

    if (waits[0].revents != 0) accept();
    for (std::size_t i = 2; i < waits.size(); ++i) {
      if (waits[i].revents == 0) continue;
      const int fd = waits[i].fd;
      auto& connection = connections_.at(fd);
      const bool alive = read(fd, connection, handler) && send(fd, connection.out);
      if (alive && !(connection.closing && connection.out.empty())) continue;
      close(fd);
      connections_.erase(fd);
    }
  }
}

}  // namespace berth::tenant
