/// @file
/// RbacCache: the policy as the roles and bindings are now.
///
/// Follows the watch hub and compiles anew at the first question after a change: a
/// request costs a look-up, however many roles there are.  Thread-safe.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "controller/api/rbac_policy.hpp"
#include "controller/runtime/watch_hub.hpp"
#include "core/base/guarded.hpp"

namespace berth::api {

class RbacCache {
 public:
  /// The hub must outlive it.
  explicit RbacCache(runtime::WatchHub& hub) : hub_(hub) {}

  [[nodiscard]] std::shared_ptr<const RbacPolicy> policy() const;
  /// `wake` is called after each change of a role or binding; it must not block, and
  /// may come once more after the end of the cache.
  void onChange(std::function<void()> wake);

 private:
  /// What is shared with the callbacks of subscriptions, which may come late.
  struct Signal {
    std::atomic<bool> stale = true;
    Guarded<std::function<void()>> wake;
  };
  struct State {
    /// Of roles, clusterroles, rolebindings, clusterrolebindings.
    std::array<std::unique_ptr<runtime::Subscription>, 4> sources;
    RbacRoles roles;
    RbacBindings bindings;
    std::shared_ptr<const RbacPolicy> policy = std::make_shared<const RbacPolicy>();
  };

  void refresh(State& state) const;
  /// False when a subscription fell behind and everything must be read again.
  static bool absorb(State& state);
  void connect(State& state) const;
  static void put(State& state, bool isRole, const store::StoredObject& object);

  runtime::WatchHub& hub_;
  std::shared_ptr<Signal> signal_ = std::make_shared<Signal>();
  mutable Guarded<State> state_;
};

}  // namespace berth::api
