#include "core/run/thread_runner.hpp"

#include <algorithm>
#include <condition_variable>
#include <list>
#include <mutex>
#include <thread>

#include "core/base/guarded.hpp"

namespace berth {

namespace {

constexpr Duration kPauseAfterEscape = std::chrono::seconds(1);
// A wait that is far longer than any process lives, and that chrono can add.
constexpr Duration kLongest = std::chrono::hours(24 * 365);

/// What an actor's thread and its wakers share.
struct Slot {
  std::mutex mutex;
  std::condition_variable_any changed;
  bool woken = false;
  bool ended = false;

  void wake() {
    {
      const std::lock_guard lock(mutex);
      woken = true;
    }
    changed.notify_all();
  }

  void waitUntil(const Clock& clock, Time due, const std::stop_token& stop) {
    std::unique_lock lock(mutex);
    const auto wanted = [this] { return woken; };
    if (due == Time::max()) {
      changed.wait(lock, stop, wanted);
    } else {
      const auto left = due - clock.now();
      changed.wait_for(lock, stop, std::min(left, kLongest), wanted);
    }
    woken = false;
  }

  void end() {
    {
      const std::lock_guard lock(mutex);
      ended = true;
    }
    changed.notify_all();
  }

  bool waitForEnd(std::chrono::steady_clock::time_point until) {
    std::unique_lock lock(mutex);
    return changed.wait_until(lock, until, [this] { return ended; });
  }
};

struct Runnable {
  std::string name;
  std::shared_ptr<Slot> slot;
  std::jthread thread;
};

}  // namespace

struct ThreadRunner::Impl {
  const Clock& clock;
  EscapeHandler onEscape;
  struct State {
    bool stopping = false;
    std::list<Runnable> actors;
  };
  Guarded<State> state;

  void run(const std::stop_token& stop, const std::string& name, Actor& actor, Slot& slot) const {
    Context context;
    context.stop = stop;
    while (!stop.stop_requested()) slot.waitUntil(clock, turn(name, actor, context), stop);
    slot.end();
  }

  Time turn(const std::string& name, Actor& actor, const Context& context) const {
    try {
      return actor.turn(context, clock.now());
    } catch (const std::exception& exception) {
      if (onEscape) onEscape(name, exception.what());
      return clock.now() + kPauseAfterEscape;
    }
  }
};

ThreadRunner::ThreadRunner(const Clock& clock, EscapeHandler onEscape)
    : impl_(new Impl{clock, std::move(onEscape), {}}) {}

ThreadRunner::~ThreadRunner() { static_cast<void>(stop(kLongest)); }

Waker ThreadRunner::add(std::string name, Actor& actor) {
  auto slot = std::make_shared<Slot>();
  impl_->state.with([&](Impl::State& state) {
    if (state.stopping) return;
    std::jthread thread([impl = impl_.get(), name, &actor, slot](const std::stop_token& stop) {
      impl->run(stop, name, actor, *slot);
    });
    state.actors.push_back({std::move(name), slot, std::move(thread)});
  });
  return [slot] { slot->wake(); };
}

std::vector<std::string> ThreadRunner::stop(Duration patience) {
  const auto until = std::chrono::steady_clock::now() +
                     std::chrono::duration_cast<std::chrono::nanoseconds>(patience);
  // The list only grows until `stopping` is set, and never after: it can be walked
  // without the lock, which no thread may hold while it is joined.
  auto& actors = impl_->state.with([](Impl::State& state) -> std::list<Runnable>& {
    state.stopping = true;
    return state.actors;
  });
  for (auto& actor : actors) actor.thread.request_stop();
  std::vector<std::string> busy;
  for (auto& actor : actors)
    if (!actor.slot->waitForEnd(until)) busy.push_back(actor.name);
  return busy;
}

}  // namespace berth
