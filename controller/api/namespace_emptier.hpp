/// @file
/// NamespaceEmptier: lets a deleted namespace go once nothing is left in it.
///
/// For each namespace that is being deleted: deletes every object in it, waits for
/// the finalizers of those, then takes away its own.  That nothing is left is asked
/// of the store, not of a cache.
///
/// One thread: whoever calls turn().
#pragma once

#include "controller/api/live_registry.hpp"
#include "controller/api/object_service.hpp"
#include "core/base/guarded.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"

namespace berth::api {

class NamespaceEmptier final : public Actor {
 public:
  struct Dependencies {
    ObjectService& objects;
    store::Store& store;
    runtime::WatchHub& hub;
    const LiveRegistry& registry;
    Log log;
  };
  explicit NamespaceEmptier(Dependencies dependencies) : deps_(std::move(dependencies)) {}

  Time turn(const Context& context, Time now) override;
  void setWaker(Waker waker) {
    waker_->with([&](Waker& held) { held = std::move(waker); });
  }

 private:
  Result<> empty(const Context& context, const std::string& name);
  Result<bool> emptyAll(const Context& context, const std::string& name);
  Result<bool> emptyOf(const Context& context, const ServedKind& kind, const std::string& name);
  Result<> release(const Context& context, const std::string& name);

  Dependencies deps_;
  std::shared_ptr<Guarded<Waker>> waker_ = std::make_shared<Guarded<Waker>>();
  std::unique_ptr<runtime::Subscription> namespaces_;
};

}  // namespace berth::api
