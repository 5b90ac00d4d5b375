/// @file
/// eventually: how a test waits for what nothing announces, with a deadline.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>

namespace berth::support {

/// Asks again and again until it is true, or until the time is over.
inline bool eventually(
    const std::function<bool()>& condition,
    std::chrono::milliseconds time = std::chrono::seconds(20)) {
  std::mutex mutex;
  std::condition_variable never;
  std::unique_lock lock(mutex);
  const auto end = std::chrono::steady_clock::now() + time;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= end) return false;
    never.wait_for(lock, std::chrono::milliseconds(5));
  }
  return true;
}

}  // namespace berth::support
