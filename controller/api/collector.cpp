#include "controller/api/collector.hpp"

#include <algorithm>

#include "controller/api/status.hpp"

namespace berth::api {
namespace {

constexpr Duration kRetry = std::chrono::seconds(1);
constexpr const char* kForeground = "foregroundDeletion";
constexpr const char* kOrphan = "orphan";
constexpr const char* kActor = "system:garbage-collector";

bool hasFinalizer(const Json& document, const char* name) {
  const auto* finalizers = findPath(document, "metadata.finalizers");
  return finalizers != nullptr && std::ranges::find(*finalizers, name) != finalizers->end();
}

}  // namespace

/// From scratch: what subscriptions lost is lost for the index too.
bool Collector::connect() {
  if (!state_.sources.empty()) return true;
  if (!hub_.synced()) return false;
  state_ = {};
  state_.registry = registry_.current();
  for (const auto& kind : state_.registry->storedKinds()) {
    auto [list, subscription] = hub_.listAndSubscribe(kind->resource, [waker = waker_] {
      const auto wake = waker->with([](const Waker& held) { return held; });
      if (wake) wake();
    });
    for (const auto& object : list.objects) put(*kind, *object->stored);
    state_.sources.emplace_back(kind, std::move(subscription));
  }
  for (const auto& [uid, node] : state_.nodes) state_.dirty.insert(uid);
  return true;
}

/// False when a subscription fell behind and everything must be read again.
bool Collector::absorb() {
  for (const auto& [kind, subscription] : state_.sources) {
    const auto changes = subscription->poll();
    if (!changes) return false;
    for (const auto& change : *changes) {
      if (change->type != store::ChangeType::Deleted) {
        put(*kind, *change->object->stored);
      } else {
        drop(change->object->stored->uid);
      }
    }
  }
  return true;
}

void Collector::put(const ServedKind& kind, const store::StoredObject& object) {
  const bool mayMatter = object.bytes.find("\"ownerReferences\"") != std::string::npos ||
                         object.bytes.find("\"deletionTimestamp\"") != std::string::npos;
  Node node{.kind = kind.shared_from_this(), .key = object.key};
  if (mayMatter) {
    const auto parsed = parseJson(object.bytes, {.maxBytes = std::string::npos});
    if (!parsed) return;
    const auto& document = parsed->document;
    node.deleting = findPath(document, "metadata.deletionTimestamp") != nullptr;
    node.foreground = node.deleting && hasFinalizer(document, kForeground);
    node.orphans = node.deleting && hasFinalizer(document, kOrphan);
    if (const auto* owners = findPath(document, "metadata.ownerReferences")) {
      for (const auto& owner : *owners) {
        const auto* ownerKind =
            state_.registry->findKind(stringAt(owner, "apiVersion"), stringAt(owner, "kind"));
        const bool inNamespace = ownerKind != nullptr && ownerKind->type.namespaced;
        node.owners.push_back(
            {.kind = ownerKind == nullptr ? nullptr : ownerKind->shared_from_this(),
             .key = {inNamespace ? object.key.namespaceName : "", stringAt(owner, "name")},
             .uid = stringAt(owner, "uid"),
             .blocks = owner.value("blockOwnerDeletion", Json()) == true});
      }
    }
  }
  if (const auto before = state_.nodes.find(object.uid); before != state_.nodes.end())
    for (const auto& owner : before->second.owners) state_.dependents[owner.uid].erase(object.uid);
  for (const auto& owner : node.owners) state_.dependents[owner.uid].insert(object.uid);
  if (!node.owners.empty() || node.foreground || node.orphans) state_.dirty.insert(object.uid);
  state_.nodes[object.uid] = std::move(node);
}

void Collector::drop(const Uid& uid) {
  const auto found = state_.nodes.find(uid);
  if (found != state_.nodes.end()) {
    for (const auto& owner : found->second.owners) {
      state_.dependents[owner.uid].erase(uid);
      state_.dirty.insert(owner.uid);  // it may wait for us
    }
    state_.nodes.erase(found);
  }
  for (const auto& dependent : dependentsOf(uid)) state_.dirty.insert(dependent);
}

std::vector<Uid> Collector::dependentsOf(const Uid& owner) const {
  const auto found = state_.dependents.find(owner);
  if (found == state_.dependents.end()) return {};
  return {found->second.begin(), found->second.end()};
}

Result<> Collector::judge(const Context& context, const Uid& uid) {
  const auto found = state_.nodes.find(uid);
  if (found == state_.nodes.end()) return Ok{};
  const auto node = found->second;
  if (node.foreground || node.orphans) return finishOwner(context, uid, node);
  if (node.deleting || node.owners.empty()) return Ok{};
  return collectIfOrphaned(context, uid, node);
}

Result<> Collector::collectIfOrphaned(const Context& context, const Uid& uid, const Node& node) {
  bool owned = false;
  bool doomed = false;  // an owner is being deleted in the foreground
  std::vector<Uid> lost;
  for (const auto& owner : node.owners) {
    if (owner.kind == nullptr) return Ok{};  // unknown is not absent
    const bool cannotBe = owner.kind->type.namespaced && !node.kind->type.namespaced;
    if (cannotBe) return Ok{};  // nothing tells in which namespace to look
    const auto present = objects_.read(context, *owner.kind, owner.key);
    if (!present && present.error().reason != Reason::NotFound) return present.error();
    const bool alive = present && (*present)->uid == owner.uid;
    const auto known = state_.nodes.find(owner.uid);
    const bool waits = known != state_.nodes.end() && known->second.foreground;
    owned = owned || (alive && !waits);
    doomed = doomed || (alive && waits);
    if (!alive || waits) lost.push_back(owner.uid);
  }
  if (owned) return lost.empty() ? Result<>(Ok{}) : letGo(context, node, lost);
  DeleteOptions options{.actor = kActor, .uid = uid};
  if (doomed) options.propagation = Propagation::Foreground;
  const auto removed = objects_.remove(context, *node.kind, node.key, options);
  const bool gone = !removed && (removed.error().reason == Reason::NotFound ||
                                 removed.error().reason == Reason::Conflict);
  if (!removed && !gone) return removed.error();
  return Ok{};
}

/// The deletion of an object that has a say about its dependents.
Result<> Collector::finishOwner(const Context& context, const Uid& uid, const Node& node) {
  bool blocked = false;
  for (const auto& dependent : dependentsOf(uid)) {
    const auto found = state_.nodes.find(dependent);
    if (found == state_.nodes.end()) continue;
    if (node.orphans) {
      BERTH_CHECK(letGo(context, found->second, {uid}));
      continue;
    }
    state_.dirty.insert(dependent);
    const auto& owners = found->second.owners;
    blocked = blocked || std::ranges::any_of(owners, [&](const Owner& owner) {
                return owner.uid == uid && owner.blocks;
              });
  }
  if (node.orphans) return releaseOwner(context, node, kOrphan);
  if (blocked) return Ok{};
  for (const auto& dependent : dependentsOf(uid)) BERTH_CHECK(judge(context, dependent));
  return releaseOwner(context, node, kForeground);
}

Result<> Collector::letGo(
    const Context& context, const Node& dependent, const std::vector<Uid>& owners) {
  const auto done = objects_.modify(
      context,
      {*dependent.kind, dependent.key},
      [&](const Json& stored) -> Result<Json> {
        auto wanted = stored;
        Json kept = Json::array();
        for (const auto& reference : wanted["metadata"].value("ownerReferences", Json::array()))
          if (std::ranges::find(owners, stringAt(reference, "uid")) == owners.end())
            kept.push_back(reference);
        wanted["metadata"]["ownerReferences"] = std::move(kept);
        return wanted;
      },
      {.actor = kActor});
  if (!done && done.error().reason != Reason::NotFound) return done.error();
  return Ok{};
}

Result<> Collector::releaseOwner(const Context& context, const Node& node, const char* finalizer) {
  const auto done = objects_.modify(
      context,
      {*node.kind, node.key},
      [&](const Json& stored) -> Result<Json> {
        auto wanted = stored;
        Json kept = Json::array();
        for (const auto& name : wanted["metadata"].value("finalizers", Json::array()))
          if (name != finalizer) kept.push_back(name);
        wanted["metadata"]["finalizers"] = std::move(kept);
        return wanted;
      },
      {.actor = kActor});
  if (!done && done.error().reason != Reason::NotFound) return done.error();
  return Ok{};
}

Time Collector::turn(const Context& context, Time now) {
  if (registry_.current() != state_.registry) state_ = {};
  if (!connect()) return now + kRetry;
  if (!absorb()) {
    state_ = {};
    return now;
  }
  const auto dirty = std::exchange(state_.dirty, {});
  for (const auto& uid : dirty) {
    const auto judged = judge(context, uid);
    if (judged) continue;
    log_.warn("garbage collection failed", {{"uid", uid}, {"error", judged.error()}});
    state_.dirty.insert(uid);
  }
  return state_.dirty.empty() ? Time::max() : now + kRetry;
}

}  // namespace berth::api
