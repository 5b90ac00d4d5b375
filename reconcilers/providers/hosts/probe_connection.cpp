#include "reconcilers/providers/hosts/probe_connection.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cctype>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

#include "reconcilers/providers/hosts/probe_result.hpp"

namespace berth::hosts {
namespace {

constexpr std::size_t kMostAnswer = std::size_t{64} * 1024;

/// The value of a header, "" when it is not there.
std::string header(std::string_view head, std::string_view name) {
  for (std::size_t at = head.find("\r\n"); at != std::string_view::npos;
       at = head.find("\r\n", at + 2)) {
    const auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (line.size() <= name.size() || line[name.size()] != ':') continue;
    const bool same = std::equal(name.begin(), name.end(), line.begin(), [](char a, char b) {
      return a == std::tolower(static_cast<unsigned char>(b));
    });
    if (!same) continue;
    auto value = line.substr(name.size() + 1);
    while (value.starts_with(' ')) value.remove_prefix(1);
    return std::string(value);
  }
  return "";
}

/// The status of "HTTP/1.1 200 OK"; 0 when it is not that.
int statusOf(std::string_view head) {
  if (!head.starts_with("HTTP/1.") || head.size() < 12) return 0;
  const int status = std::atoi(std::string(head.substr(9, 3)).c_str());
  return status >= 100 ? status : 0;
}

}  // namespace

ProbeConnection::ProbeConnection(const ProbeSpec& spec) : spec_(spec) {}

ProbeConnection::~ProbeConnection() { disconnect(); }

void ProbeConnection::disconnect() {
  if (fd_ >= 0) close(std::exchange(fd_, -1));
}

ProbeConnection::Progress ProbeConnection::ask() {
  reused_ = fd_ >= 0;
  return connectAndAsk();
}

ProbeConnection::Progress ProbeConnection::connectAndAsk() {
  asking_ = true;
  answer_.clear();
  request_ = "GET " + spec_.path + " HTTP/1.1\r\nHost: " + spec_.address + ":" +
             std::to_string(spec_.port) + "\r\nUser-Agent: berth-probe\r\n\r\n";
  if (fd_ >= 0) return send();

  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(spec_.port));
  if (inet_pton(AF_INET, spec_.address.c_str(), &address.sin_addr) != 1)
    return fail(ProbeOutcome::Refused, spec_.address + " is not an IPv4 address");
  fd_ = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (fd_ < 0) return fail(ProbeOutcome::Refused, std::strerror(errno));
  ++sockets_;
  const int on = 1;
  setsockopt(fd_, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0) return send();
  if (errno == EINPROGRESS) return Progress::Waiting;
  return fail(ProbeOutcome::Refused, std::strerror(errno));
}

ProbeConnection::Progress ProbeConnection::onReady() {
  if (!asking_) {  // closed by the peer, or it speaks unasked
    disconnect();
    return Progress::Waiting;
  }
  return request_.empty() ? receive() : send();
}

void ProbeConnection::giveUp() { fail(ProbeOutcome::TimedOut, "no answer in time"); }

ProbeConnection::Progress ProbeConnection::fail(ProbeOutcome outcome, std::string message) {
  disconnect();
  asking_ = false;
  request_.clear();
  result_ = {.outcome = outcome, .message = std::move(message)};
  return Progress::Done;
}

/// A connection that served before may have been closed since: that is no answer.
ProbeConnection::Progress ProbeConnection::retryOrFail(std::string message) {
  disconnect();
  if (std::exchange(reused_, false) && answer_.empty()) return connectAndAsk();
  return fail(ProbeOutcome::Refused, std::move(message));
}

ProbeConnection::Progress ProbeConnection::send() {
  const auto sent = ::send(fd_, request_.data(), request_.size(), MSG_NOSIGNAL);
  if (sent < 0) {
    if (errno == EAGAIN || errno == EINTR) return Progress::Waiting;
    return retryOrFail(std::strerror(errno));
  }
  request_.erase(0, static_cast<std::size_t>(sent));
  return Progress::Waiting;
}

ProbeConnection::Progress ProbeConnection::receive() {
  std::array<char, 4096> buffer;
  const auto got = recv(fd_, buffer.data(), buffer.size(), 0);
  if (got < 0) {
    if (errno == EAGAIN || errno == EINTR) return Progress::Waiting;
    return retryOrFail(std::strerror(errno));
  }
  if (got == 0) return retryOrFail("connection closed without an answer");
  answer_.append(buffer.data(), static_cast<std::size_t>(got));
  return parse();
}

ProbeConnection::Progress ProbeConnection::parse() {
  const auto headEnd = answer_.find("\r\n\r\n");
  if (headEnd == std::string::npos) {
    if (answer_.size() < kMostAnswer) return Progress::Waiting;
    return fail(ProbeOutcome::BadStatus, "not an HTTP answer");
  }
  const auto head = std::string_view(answer_).substr(0, headEnd);
  const int status = statusOf(head);
  if (status == 0) return fail(ProbeOutcome::BadStatus, "not an HTTP answer");

  const auto length = header(head, "content-length");
  const auto size = std::strtoul(length.c_str(), nullptr, 10);
  const bool keep = !length.empty() && size < kMostAnswer && header(head, "connection") != "close";
  // Without a length the body's end is the connection's: the status is enough.
  if (keep && answer_.size() < headEnd + 4 + size) return Progress::Waiting;
  asking_ = false;
  result_ = fromStatus(status, {});
  if (!keep) disconnect();
  return Progress::Done;
}

}  // namespace berth::hosts
