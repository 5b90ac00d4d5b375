/// @file
/// Guarded: data that threads share, reachable only under its lock.
///
///     Guarded<std::map<Key, Item>> items_;
///     items_.with([&](auto& items) { items.erase(key); });
///
/// Thread-safe.  Never call out (provider, store, callback) inside with().
#pragma once

#include <condition_variable>
#include <mutex>
#include <utility>

namespace berth {

template <class T>
class Guarded {
 public:
  Guarded() = default;
  explicit Guarded(T data) : data_(std::move(data)) {}

  template <class Function>
  decltype(auto) with(Function&& function) {
    const std::lock_guard lock(mutex_);
    return std::forward<Function>(function)(data_);
  }

  template <class Function>
  decltype(auto) with(Function&& function) const {
    const std::lock_guard lock(mutex_);
    return std::forward<Function>(function)(data_);
  }

 private:
  mutable std::mutex mutex_;
  T data_{};
};

}  // namespace berth
