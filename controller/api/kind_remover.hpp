/// @file
/// KindRemover: lets a deleted kind go once none of its objects is left.
///
/// For each CustomResourceDefinition that is being deleted: deletes every object of the
/// kind, waits for the finalizers of those, then takes away its own.  That nothing is
/// left is asked of the store, not of a cache.
///
/// One thread: whoever calls turn().
#pragma once

#include <memory>
#include <string>

#include "controller/api/live_registry.hpp"
#include "controller/api/object_service.hpp"
#include "core/base/guarded.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"

namespace berth::api {

class KindRemover final : public Actor {
 public:
  struct Dependencies {
    ObjectService& objects;
    store::Store& store;
    runtime::WatchHub& hub;
    const LiveRegistry& registry;
    Log log;
  };
  explicit KindRemover(Dependencies dependencies) : deps_(std::move(dependencies)) {}

  Time turn(const Context& context, Time now) override;
  void setWaker(Waker waker) {
    waker_->with([&](Waker& held) { held = std::move(waker); });
  }

 private:
  /// Conflict while objects are left.
  Result<> remove(const Context& context, const std::string& name);
  Result<bool> emptyOf(const Context& context, const ServedKind& kind);
  Result<> release(const Context& context, const std::string& name);

  Dependencies deps_;
  std::shared_ptr<Guarded<Waker>> waker_ = std::make_shared<Guarded<Waker>>();
  std::unique_ptr<runtime::Subscription> definitions_;
};

}  // namespace berth::api
