/// @file
/// Loop: one event loop with its thread, and the connections that live on it.  Private
/// to core/http.
///
/// A ticker looks at the connections' deadlines, so that a request costs no timer.
#pragma once

#include <atomic>
#include <functional>
#include <memory>
#include <thread>
#include <unordered_set>

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>

#include "core/base/clock.hpp"

namespace berth::http {

class Connection;
using SteadyTime = std::chrono::steady_clock::time_point;

class Loop {
 public:
  explicit Loop(Duration tick);
  Loop(const Loop&) = delete;
  Loop& operator=(const Loop&) = delete;
  ~Loop();

  boost::asio::io_context& context() { return context_; }
  /// Runs later on the loop's thread.  Any thread.
  void post(std::function<void()> task);
  /// Ends the thread once nothing is left to do on it: close all connections first.
  void finish();

  // On the loop's thread:
  void add(std::shared_ptr<Connection> connection);
  void remove(const std::shared_ptr<Connection>& connection);
  void stopConnections();
  void abortConnections();

 private:
  using WorkGuard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;
  void startTicking();
  std::vector<std::shared_ptr<Connection>> snapshot() const;

  Duration tick_;
  boost::asio::io_context context_{1};
  WorkGuard guard_{context_.get_executor()};
  boost::asio::steady_timer ticker_{context_};
  std::unordered_set<std::shared_ptr<Connection>> connections_;
  std::jthread thread_;
};

}  // namespace berth::http
