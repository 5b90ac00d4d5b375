/// @file
/// WorkQueue: the keys that want a reconcile.
///
/// A queue holds keys, not events, and that is what makes reconciling
/// level-based: ten changes of an object are one key, hence one reconcile of
/// its latest state.  Each of these promises is a test:
///
///   - a key is in the queue once, however often it is added, and keeps the
///     earliest time and the higher priority for which it was added;
///   - no two workers have the same key: one that is added while a worker has
///     it comes back after that worker calls done();
///   - of what is due, changes come before resyncs, and the longest due first;
///   - a key that was added is taken sooner or later: a resync that has been due
///     for ten minutes goes before younger changes.
///
///     add(key, due) ──► waiting ──take(now)──► working ──done──► gone
///                          ▲                      │
///                          └──── added meanwhile ─┘
///
/// Thread-safe; no call waits.  What is in the queue when the process ends is
/// lost, and need not be kept, because informers list everything at the start.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <tuple>

#include "core/base/clock.hpp"
#include "core/base/guarded.hpp"
#include "core/object/meta.hpp"

namespace berth::runtime {

class WorkQueue {
 public:
  enum class Priority { Change, Resync };

  struct Item {
    ObjectKey key;
    Time due{};  // since when it could have been taken
  };

  struct Stats {
    std::size_t ready = 0;  // due and not taken
    Duration unfinished{};  // the time that taken keys have been worked on, summed
    Duration longestRunning{};
  };

  /// `onAdd` is called, without locks, when there may be something to take earlier
  /// than before.
  explicit WorkQueue(std::function<void()> onAdd = {}) : onAdd_(std::move(onAdd)) {}

  /// Whether the key was neither waiting nor marked to come back.
  bool add(const ObjectKey& key, Time due, Priority priority = Priority::Change);
  std::optional<Item> take(Time now);
  void done(const ObjectKey& key);
  /// When the next key can be taken; Time::max() when none waits.
  [[nodiscard]] Time nextDue() const;
  [[nodiscard]] Stats stats(Time now) const;

 private:
  using Place = std::tuple<Time, std::uint64_t, ObjectKey>;
  struct Wish {
    Time due;
    Priority priority;
    std::uint64_t number;
  };
  struct Entry {
    std::optional<Wish> wish;
    std::optional<Time> workedSince;
  };
  struct State {
    std::map<ObjectKey, Entry> entries;
    std::set<Place> changes;
    std::set<Place> resyncs;
    std::uint64_t next = 0;

    std::set<Place>& line(Priority priority);
    void enter(const ObjectKey& key, const Wish& wish);
    void leave(const ObjectKey& key, const Wish& wish);
    std::set<Place>* best(Time now);
    [[nodiscard]] Time nextDue() const;
  };

  std::function<void()> onAdd_;
  Guarded<State> state_;
};

}  // namespace berth::runtime
