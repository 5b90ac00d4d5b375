/// @file
/// WatchHub: the newest state of everything, and a ring of recent changes.
///
/// One feeder reads the store's log; every watch, list and informer of this
/// process is served from here, so that the database sees one reader however
/// many watch.  An object's bytes exist once and are shared.
///
///   - a subscriber gets every change after its revision, once, in order, or is
///     told Expired; one that falls behind the ring is ended, never skipped;
///   - waitFor() makes a list reflect every write that was acknowledged before it.
///
/// Thread-safe.
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "controller/store/store.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"
#include "core/telemetry/metrics.hpp"

namespace berth::runtime {

using store::Revision;

/// An object with what selectors need, parsed once.
struct CachedObject {
  store::StoredObjectPtr stored;
  Labels labels;
};
using CachedObjectPtr = std::shared_ptr<const CachedObject>;

/// A change, shared by all subscribers.  `previous` is the state before
/// (nullptr for Added): selectors turn updates into added and deleted with it.
struct HubChange {
  store::ChangeType type = store::ChangeType::Added;
  Revision revision = 0;
  CachedObjectPtr object;
  CachedObjectPtr previous;
};
using HubChangePtr = std::shared_ptr<const HubChange>;

struct HubList {
  Revision revision = 0;
  std::vector<CachedObjectPtr> objects;  // by namespace, then name
};

/// A cursor into the changes of one resource.  Ends when destroyed.
class Subscription {
 public:
  virtual ~Subscription() = default;
  /// The changes since the last call; empty when there are none now.  Expired,
  /// for good, when it fell behind the ring or the store began a new incarnation.
  virtual Result<std::vector<HubChangePtr>> poll() = 0;
  /// The newest revision up to which poll() has given everything: for bookmarks.
  [[nodiscard]] virtual Revision position() const = 0;
};

class WatchHub : public Actor {
 public:
  struct Options {
    std::size_t ring = 65'536;  // changes kept
    Duration idlePoll = std::chrono::milliseconds(250);
    Duration busyPoll = std::chrono::milliseconds(50);  // for a second after a change
    Log log = {};
    Metrics* metrics = nullptr;
  };

  ~WatchHub() override = default;

  /// One turn of the feeder; after it the hub is synced, unless the store failed.
  Time turn(const Context& context, Time now) override = 0;

  /// Tells the feeder that a write of this process was committed.
  virtual void hint() = 0;
  /// What wakes the feeder: hint() calls it.
  virtual void wakeWith(Waker waker) = 0;
  /// Whether the state of the store has been seen whole; until then lists are empty.
  [[nodiscard]] virtual bool synced() const = 0;
  [[nodiscard]] virtual Revision revision() const = 0;

  /// Until the hub has seen `revision`, within the context's deadline; Timeout
  /// otherwise, or the store's error.  Reads from the store itself if it must.
  virtual Result<> waitFor(const Context& context, Revision revision) = 0;

  /// The state now; `namespaceName` empty: all.
  [[nodiscard]] virtual HubList list(
      const std::string& resource, const std::string& namespaceName) const = 0;
  [[nodiscard]] virtual CachedObjectPtr get(
      const std::string& resource, const ObjectKey& key) const = 0;

  /// `wake` is called, from the feeder's thread and without locks, when poll() has
  /// something new; it must not block, and may come once more after the end of the
  /// subscription.  Expired when `from` is older than the ring or of another
  /// incarnation; Timeout when it lies in the future.
  virtual Result<std::unique_ptr<Subscription>> subscribe(
      const std::string& resource, Revision from, std::function<void()> wake) = 0;
  /// list() and a subscription from exactly that state, in one step.
  virtual std::pair<HubList, std::unique_ptr<Subscription>> listAndSubscribe(
      const std::string& resource, std::function<void()> wake) = 0;
};

/// Both must outlive the hub.
std::unique_ptr<WatchHub> makeWatchHub(
    store::Store& store, const Clock& clock, WatchHub::Options options = {});

}  // namespace berth::runtime
