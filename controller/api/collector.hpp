/// @file
/// Collector: removes objects whose owners are gone.
///
/// An index of who owns whom, by uid, fed by the watch hub.  What looks like an
/// orphan there is checked against the store before it is deleted, because a cache
/// may not know a new owner yet.  The finalizers `foregroundDeletion` and `orphan`
/// are honored: dependents first, or let go.
///
/// One thread: whoever calls turn().
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>
#include <vector>

#include "controller/api/live_registry.hpp"
#include "controller/api/object_service.hpp"
#include "core/base/guarded.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"

namespace berth::api {

class Collector final : public Actor {
 public:
  Collector(ObjectService& objects, runtime::WatchHub& hub, const LiveRegistry& registry, Log log)
      : objects_(objects), hub_(hub), registry_(registry), log_(std::move(log)) {}

  Time turn(const Context& context, Time now) override;
  void setWaker(Waker waker) {
    waker_->with([&](Waker& held) { held = std::move(waker); });
  }

 private:
  struct Owner {
    ServedKindPtr kind;  // nullptr: a kind that is not served
    ObjectKey key;
    Uid uid;
    bool blocks = false;  // blockOwnerDeletion
  };
  struct Node {
    ServedKindPtr kind;
    ObjectKey key;
    std::vector<Owner> owners;
    bool deleting = false;
    bool foreground = false;  // deletion waits for the dependents
    bool orphans = false;     // deletion lets the dependents go
  };

  bool connect();
  bool absorb();
  void put(const ServedKind& kind, const store::StoredObject& object);
  void drop(const Uid& uid);
  Result<> judge(const Context& context, const Uid& uid);
  Result<> collectIfOrphaned(const Context& context, const Uid& uid, const Node& node);
  Result<> finishOwner(const Context& context, const Uid& uid, const Node& node);
  Result<> letGo(const Context& context, const Node& dependent, const std::vector<Uid>& owners);
  Result<> releaseOwner(const Context& context, const Node& node, const char* finalizer);
  [[nodiscard]] std::vector<Uid> dependentsOf(const Uid& owner) const;

  struct State {
    RegistryPtr registry;
    std::vector<std::pair<ServedKindPtr, std::unique_ptr<runtime::Subscription>>> sources;
    std::map<Uid, Node> nodes;
    std::map<Uid, std::set<Uid>> dependents;  // by owner
    std::set<Uid> dirty;
  };

  ObjectService& objects_;
  runtime::WatchHub& hub_;
  const LiveRegistry& registry_;
  Log log_;
  std::shared_ptr<Guarded<Waker>> waker_ = std::make_shared<Guarded<Waker>>();
  State state_;
};

}  // namespace berth::api
