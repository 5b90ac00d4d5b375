/// @file
/// LateWaker: a waker that can be handed out before its actor is added.
///
/// A wake() that comes before bind() is kept and passed on.  Copies are the same
/// waker.  Thread-safe.
#pragma once

#include <memory>
#include <utility>

#include "core/base/guarded.hpp"
#include "core/run/actor.hpp"

namespace berth {

class LateWaker {
 public:
  LateWaker() : state_(std::make_shared<Guarded<State>>()) {}

  void bind(Waker waker) const {
    const bool wanted = state_->with([&](State& state) {
      state.waker = waker;
      return std::exchange(state.wanted, false);
    });
    if (wanted && waker) waker();
  }

  void operator()() const {
    const auto waker = state_->with([](State& state) {
      state.wanted = !state.waker;
      return state.waker;
    });
    if (waker) waker();
  }

 private:
  struct State {
    Waker waker;
    bool wanted = false;
  };
  std::shared_ptr<Guarded<State>> state_;
};

}  // namespace berth
