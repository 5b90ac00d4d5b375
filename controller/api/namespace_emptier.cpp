#include "controller/api/namespace_emptier.hpp"

#include "controller/api/builtin.hpp"
#include "controller/api/metadata.hpp"

namespace berth::api {
namespace {

constexpr Duration kRetry = std::chrono::milliseconds(500);
constexpr const char* kActor = "system:namespace-controller";
constexpr std::size_t kPage = 500;

bool isTerminating(const store::StoredObject& object) {
  if (object.bytes.find("\"deletionTimestamp\"") == std::string::npos) return false;
  const auto parsed = parseJson(object.bytes, {.maxBytes = std::string::npos});
  return parsed && isDeleting(parsed->document);
}

}  // namespace

/// Whether nothing of the kind is left; what is left is asked to go.
Result<bool> NamespaceEmptier::emptyOf(
    const Context& context, const ServedKind& kind, const std::string& name) {
  store::Store::ListOptions options{
      .resource = kind.resource, .after = ObjectKey{name, {}}, .limit = kPage};
  bool isEmpty = true;
  while (true) {
    BERTH_TRY(const auto page, deps_.store.list(context, options));
    for (const auto& object : page.objects) {
      if (object->key.namespaceName != name) return isEmpty;
      isEmpty = false;
      const auto removed =
          deps_.objects.remove(context, kind, object->key, {.actor = kActor, .uid = object->uid});
      const bool gone = !removed && removed.error().reason == Reason::NotFound;
      if (!removed && !gone) return removed.error();
      options.after = object->key;
    }
    if (!page.more) return isEmpty;
  }
}

Result<> NamespaceEmptier::release(const Context& context, const std::string& name) {
  const auto registry = deps_.registry.current();
  const auto* kind = registry->find("", "v1", "namespaces");
  const auto done = deps_.objects.modify(
      context,
      {*kind, {{}, name}, Part::Finalize},
      [](const Json& stored) -> Result<Json> {
        auto wanted = stored;
        wanted["spec"]["finalizers"] = Json::array();
        return wanted;
      },
      {.actor = kActor});
  if (!done && done.error().reason != Reason::NotFound) return done.error();
  return Ok{};
}

Result<bool> NamespaceEmptier::emptyAll(const Context& context, const std::string& name) {
  bool isEmpty = true;
  const auto registry = deps_.registry.current();
  for (const auto& kind : registry->storedKinds()) {
    if (!kind->type.namespaced) continue;
    BERTH_TRY(const bool none, emptyOf(context, *kind, name));
    isEmpty = isEmpty && none;
  }
  return isEmpty;
}

Result<> NamespaceEmptier::empty(const Context& context, const std::string& name) {
  BERTH_TRY(bool isEmpty, emptyAll(context, name));
  // What was just deleted may be gone already, or be held by a finalizer.
  if (!isEmpty) {
    BERTH_TRY(isEmpty, emptyAll(context, name));
  }
  if (!isEmpty) return Error{Reason::Conflict, "objects are left"};
  return release(context, name);
}

Time NamespaceEmptier::turn(const Context& context, Time now) {
  if (!deps_.hub.synced()) return now + kRetry;
  if (namespaces_ == nullptr) {
    namespaces_ = deps_.hub
                      .listAndSubscribe(
                          "namespaces",
                          [waker = waker_] {
                            const auto wake = waker->with([](const Waker& held) { return held; });
                            if (wake) wake();
                          })
                      .second;
  } else if (!namespaces_->poll()) {
    namespaces_ = nullptr;
    return now;
  }
  bool allGone = true;
  for (const auto& object : deps_.hub.list("namespaces", "").objects) {
    if (!isTerminating(*object->stored)) continue;
    const auto done = empty(context, object->stored->key.name);
    allGone = allGone && done.has_value();
    if (!done && done.error().reason != Reason::Conflict)
      deps_.log.warn(
          "emptying a namespace failed",
          {{"namespace", object->stored->key.name}, {"error", done.error()}});
  }
  return allGone ? Time::max() : now + kRetry;
}

}  // namespace berth::api
