#include "controller/api/rbac_cache.hpp"

namespace berth::api {
namespace {

constexpr std::array<const char*, 4> kResources{
    "roles.rbac.authorization.k8s.io",
    "clusterroles.rbac.authorization.k8s.io",
    "rolebindings.rbac.authorization.k8s.io",
    "clusterrolebindings.rbac.authorization.k8s.io"};

bool isRole(std::size_t source) { return source < 2; }

}  // namespace

void RbacCache::onChange(std::function<void()> wake) {
  signal_->wake.with([&](auto& held) { held = std::move(wake); });
}

std::shared_ptr<const RbacPolicy> RbacCache::policy() const {
  // The hub is asked under the lock: it calls back without its own, and only a flag is raised.
  return state_.with([&](State& state) {
    // Lowered first: a change that comes while we read raises it again.
    if (signal_->stale.exchange(false)) refresh(state);
    return state.policy;
  });
}

void RbacCache::refresh(State& state) const {
  if (state.sources[0] == nullptr || !absorb(state)) connect(state);
  state.policy = std::make_shared<const RbacPolicy>(state.roles, state.bindings);
}

void RbacCache::connect(State& state) const {
  state.roles.clear();
  state.bindings.clear();
  for (std::size_t i = 0; i < kResources.size(); ++i) {
    auto [list, source] = hub_.listAndSubscribe(kResources[i], [signal = signal_] {
      signal->stale = true;
      const auto wake = signal->wake.with([](const auto& held) { return held; });
      if (wake) wake();
    });
    for (const auto& object : list.objects) put(state, isRole(i), *object->stored);
    state.sources[i] = std::move(source);
  }
}

void RbacCache::put(State& state, bool isRole, const store::StoredObject& object) {
  const auto parsed = parseJson(object.bytes, {.maxBytes = std::string::npos});
  if (!parsed) return;
  const auto& document = parsed->document;
  if (isRole) {
    state.roles[object.key] = std::make_shared<const PolicyRules>(readRules(document));
  } else {
    state.bindings[object.key] = std::make_shared<const RbacBinding>(readBinding(document));
  }
}

bool RbacCache::absorb(State& state) {
  for (std::size_t i = 0; i < state.sources.size(); ++i) {
    const auto changes = state.sources[i]->poll();
    if (!changes) return false;
    for (const auto& change : *changes) {
      const auto& object = *change->object->stored;
      if (change->type != store::ChangeType::Deleted) {
        put(state, isRole(i), object);
      } else if (isRole(i)) {
        state.roles.erase(object.key);
      } else {
        state.bindings.erase(object.key);
      }
    }
  }
  return true;
}

}  // namespace berth::api
