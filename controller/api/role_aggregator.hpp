/// @file
/// RoleAggregator: fills in the rules of roles that gather those of others.
///
/// A ClusterRole with an aggregationRule has the rules of all that match its selectors,
/// in the order of their names.  One thread: whoever calls turn().
#pragma once

#include "controller/api/live_registry.hpp"
#include "controller/api/object_service.hpp"
#include "core/base/guarded.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"

namespace berth::api {

class RoleAggregator final : public Actor {
 public:
  RoleAggregator(
      ObjectService& objects, runtime::WatchHub& hub, const LiveRegistry& registry, Log log)
      : objects_(objects), hub_(hub), registry_(registry), log_(std::move(log)) {}

  Time turn(const Context& context, Time now) override;
  void setWaker(Waker waker) {
    waker_->with([&](Waker& held) { held = std::move(waker); });
  }

 private:
  Result<> aggregateAll(const Context& context);

  ObjectService& objects_;
  runtime::WatchHub& hub_;
  const LiveRegistry& registry_;
  Log log_;
  std::shared_ptr<Guarded<Waker>> waker_ = std::make_shared<Guarded<Waker>>();
  std::unique_ptr<runtime::Subscription> roles_;
};

}  // namespace berth::api
