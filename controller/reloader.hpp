/// @file
/// Reloader: has files read again when they have changed, so that a certificate that was
/// renewed is used without a signal.
///
/// Looks at the files' times every few seconds; once a day, and when told to, it reloads
/// anyway.  now() is thread-safe; turn() belongs to the runner.
#pragma once

#include <atomic>
#include <functional>
#include <string>
#include <vector>

#include "core/base/guarded.hpp"
#include "core/run/actor.hpp"

namespace berth {

class Reloader final : public Actor {
 public:
  Reloader(std::vector<std::string> paths, std::function<void()> reload);

  Time turn(const Context& context, Time now) override;
  void setWaker(Waker waker);
  /// At the next turn, which is at once.
  void now();

 private:
  [[nodiscard]] std::string look() const;

  const std::vector<std::string> paths_;
  const std::function<void()> reload_;
  std::string seen_;
  Time daily_ = Time::min();
  std::atomic<bool> asked_ = false;
  Guarded<Waker> waker_;
};

}  // namespace berth
