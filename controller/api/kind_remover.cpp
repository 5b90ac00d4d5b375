#include "controller/api/kind_remover.hpp"

#include <algorithm>

#include "controller/api/custom_kind.hpp"

namespace berth::api {
namespace {

constexpr Duration kRetry = std::chrono::milliseconds(500);
constexpr const char* kActor = "system:kind-remover";
constexpr std::size_t kPage = 500;

}  // namespace

/// Whether nothing of the kind is left; what is left is asked to go.
Result<bool> KindRemover::emptyOf(const Context& context, const ServedKind& kind) {
  store::Store::ListOptions options{.resource = kind.resource, .limit = kPage};
  bool isEmpty = true;
  while (true) {
    BERTH_TRY(const auto page, deps_.store.list(context, options));
    for (const auto& object : page.objects) {
      isEmpty = false;
      const auto removed =
          deps_.objects.remove(context, kind, object->key, {.actor = kActor, .uid = object->uid});
      if (!removed && removed.error().reason != Reason::NotFound) return removed.error();
      options.after = object->key;
    }
    if (!page.more) return isEmpty;
  }
}

Result<> KindRemover::release(const Context& context, const std::string& name) {
  const auto registry = deps_.registry.current();
  const auto* kind =
      registry->find(kCustomKindType.group, kCustomKindType.version, kCustomKindType.plural);
  const auto done = deps_.objects.modify(
      context,
      {*kind, {{}, name}},
      [](const Json& stored) -> Result<Json> {
        auto wanted = stored;
        auto& finalizers = wanted["metadata"]["finalizers"];
        finalizers.erase(
            std::remove(finalizers.begin(), finalizers.end(), Json(kCustomKindFinalizer)),
            finalizers.end());
        return wanted;
      },
      {.actor = kActor});
  if (!done && done.error().reason != Reason::NotFound) return done.error();
  return Ok{};
}

Result<> KindRemover::remove(const Context& context, const std::string& name) {
  const auto registry = deps_.registry.refreshed();
  const auto& kinds = registry->storedKinds();
  const auto found = std::ranges::find_if(
      kinds, [&](const ServedKindPtr& kind) { return kind->resource == name; });
  if (found != kinds.end()) {
    BERTH_TRY(bool isEmpty, emptyOf(context, **found));
    // What was just deleted may be gone already, or be held by a finalizer.
    if (!isEmpty) {
      BERTH_TRY(isEmpty, emptyOf(context, **found));
    }
    if (!isEmpty) return Error{Reason::Conflict, "objects are left"};
  }
  return release(context, name);
}

Time KindRemover::turn(const Context& context, Time now) {
  if (!deps_.hub.synced()) return now + kRetry;
  const auto resource = kCustomKindType.resource();
  if (definitions_ == nullptr) {
    definitions_ = deps_.hub
                       .listAndSubscribe(
                           resource,
                           [waker = waker_] {
                             const auto wake = waker->with([](const Waker& held) { return held; });
                             if (wake) wake();
                           })
                       .second;
  } else if (!definitions_->poll()) {
    definitions_ = nullptr;
    return now;
  }
  bool allGone = true;
  for (const auto& object : deps_.hub.list(resource, "").objects) {
    if (object->stored->bytes.find("\"deletionTimestamp\"") == std::string::npos) continue;
    const auto& name = object->stored->key.name;
    const auto done = remove(context, name);
    allGone = allGone && done.has_value();
    if (!done && done.error().reason != Reason::Conflict)
      deps_.log.warn("removing a kind failed", {{"name", name}, {"error", done.error()}});
  }
  return allGone ? Time::max() : now + kRetry;
}

}  // namespace berth::api
