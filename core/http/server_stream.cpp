#include "core/http/server_stream.hpp"

#include <utility>

namespace berth::http {

StreamQueue::StreamQueue(std::size_t limit, std::function<void()> wake) : limit_(limit) {
  state_.with([&](auto& state) { state.wake = std::move(wake); });
}

/// Posting to a loop under the lock: a dead stream has posted for the last time.
void StreamQueue::wakeOnce(State& state) {
  if (std::exchange(state.woken, true)) return;
  state.wake();
}

bool StreamQueue::write(Bytes bytes) {
  return state_.with([&](auto& state) {
    if (state.dead || state.closed || state.overflowed) return false;
    const auto backlog = state.queuedBytes + state.takenBytes;
    if (backlog == 0) state.first = bytes->size();
    state.overflowed = backlog + bytes->size() > limit_ + state.first;
    if (!state.overflowed) {
      state.queuedBytes += bytes->size();
      state.queue.push_back(std::move(bytes));
    }
    wakeOnce(state);
    return !state.overflowed;
  });
}

void StreamQueue::close() {
  state_.with([&](auto& state) {
    if (state.dead || std::exchange(state.closed, true)) return;
    wakeOnce(state);
  });
}

void StreamQueue::onClosed(std::function<void()> callback) {
  const bool dead = state_.with([&](auto& state) {
    if (!state.dead) state.callbacks.push_back(callback);
    return state.dead;
  });
  if (dead) callback();
}

StreamQueue::Taken StreamQueue::take() {
  return state_.with([](auto& state) {
    state.woken = false;
    state.takenBytes = std::exchange(state.queuedBytes, 0);
    return Taken{std::exchange(state.queue, {}), state.closed, state.overflowed};
  });
}

void StreamQueue::die() {
  std::function<void()> wake;
  const auto callbacks = state_.with([&](auto& state) {
    state.dead = true;
    state.queue.clear();
    wake = std::exchange(state.wake, nullptr);
    return std::exchange(state.callbacks, {});
  });
  for (const auto& callback : callbacks) callback();
}

}  // namespace berth::http
