#include "core/http/server_loop.hpp"

#include <boost/asio/post.hpp>

#include "core/http/server_connection.hpp"

namespace berth::http {

Loop::Loop(Duration tick) : tick_(tick) {
  startTicking();
  thread_ = std::jthread([this] { context_.run(); });
}

Loop::~Loop() { finish(); }

void Loop::post(std::function<void()> task) { boost::asio::post(context_, std::move(task)); }

void Loop::finish() {
  if (!thread_.joinable()) return;
  post([this] {
    ticker_.cancel();
    tick_ = Duration::zero();  // a tick that is due already is the last
  });
  guard_.reset();
  thread_.join();
}

void Loop::add(std::shared_ptr<Connection> connection) {
  connections_.insert(std::move(connection));
}

void Loop::remove(const std::shared_ptr<Connection>& connection) { connections_.erase(connection); }

void Loop::stopConnections() {
  for (const auto& connection : snapshot()) connection->stop();
}

void Loop::abortConnections() {
  for (const auto& connection : snapshot()) connection->abort();
}

void Loop::startTicking() {
  ticker_.expires_after(tick_);
  ticker_.async_wait([this](const boost::system::error_code& code) {
    if (code || tick_ == Duration::zero()) return;
    const auto now = std::chrono::steady_clock::now();
    for (const auto& connection : snapshot()) connection->tick(now);
    startTicking();
  });
}

/// Connections take themselves out while they are looked at.
std::vector<std::shared_ptr<Connection>> Loop::snapshot() const {
  return {connections_.begin(), connections_.end()};
}

}  // namespace berth::http
