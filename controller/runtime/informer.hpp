/// @file
/// Informer: a kind's objects, decoded once a change, and who wants to know of
/// changes.
///
///   - handlers are told of every object that is there at the start, and then of
///     every object that has changed: of its newest state, at least once;
///   - after a break (the hub's ring was too short, the store was restored) the
///     cache is compared with a new list, so that nothing that changed or went
///     meanwhile is missed;
///   - an object that cannot be decoded keeps its last good state, and is counted.
///
/// Thread-safe; handlers are called by the informer's thread, without locks.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/runtime/watch_hub.hpp"
#include "core/base/guarded.hpp"
#include "core/reconcile/manager.hpp"
#include "core/run/late_waker.hpp"

namespace berth::runtime {

class Informer final : public Actor, public ObjectCache {
 public:
  /// `isNews` is false for what has been there before the process looked.
  using Handler = std::function<void(const ObjectChange& change, bool isNews)>;

  struct Parts {
    WatchHub& hub;
    Log log;
    Metrics* metrics = nullptr;
  };

  Informer(Parts parts, const ResourceType& type, Decoder decoder);

  /// Before the informer's first turn only.
  void addHandler(Handler handler) { handlers_.push_back(std::move(handler)); }
  void wakeWith(Waker waker) { waker_.bind(std::move(waker)); }
  /// Called once, when the cache has become synced.
  void onSynced(std::function<void()> callback) { onSynced_ = std::move(callback); }

  Time turn(const Context& context, Time now) override;

  [[nodiscard]] bool synced() const {
    return state_.with([](const State& state) { return state.synced; });
  }
  [[nodiscard]] const std::string& resource() const { return resource_; }
  [[nodiscard]] std::vector<ObjectKey> keys() const;

  [[nodiscard]] std::shared_ptr<const void> get(const ObjectKey& key) const override;
  [[nodiscard]] std::vector<std::shared_ptr<const void>> list() const override;

 private:
  struct Entry {
    std::shared_ptr<const void> object;
    Revision revision = 0;
  };
  struct State {
    bool synced = false;
    std::map<ObjectKey, Entry> entries;
  };

  void begin();
  void compareWith(const HubList& list);
  void put(const store::StoredObject& stored, bool isNews);
  void drop(const ObjectKey& key);
  void tell(const ObjectChange& change, bool isNews);
  [[nodiscard]] Revision revisionOf(const ObjectKey& key) const;

  Parts parts_;
  std::string resource_;
  Decoder decoder_;
  std::vector<Handler> handlers_;
  std::function<void()> onSynced_;
  LateWaker waker_;
  Counter undecodable_;
  std::unique_ptr<Subscription> subscription_;
  Guarded<State> state_;
};

}  // namespace berth::runtime
