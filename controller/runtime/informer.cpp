#include "controller/runtime/informer.hpp"

#include <set>
#include <tuple>

#include "core/json/json.hpp"

namespace berth::runtime {
namespace {

void dropManagedFields(Json& document) {
  const auto metadata = document.find("metadata");
  if (metadata != document.end() && metadata->is_object()) metadata->erase("managedFields");
}

}  // namespace

Informer::Informer(Parts parts, const ResourceType& type, Decoder decoder)
    : parts_(std::move(parts)), resource_(type.resource()), decoder_(std::move(decoder)) {
  if (parts_.metrics == nullptr) return;
  undecodable_ = parts_.metrics->counter(
      "berth_informer_undecodable_total",
      "Objects that could not be decoded.",
      {{"resource", resource_}});
}

Time Informer::turn(const Context&, Time) {
  if (!subscription_) begin();
  auto changes = subscription_->poll();
  if (!changes) {  // begun anew: the next turn compares
    subscription_.reset();
    waker_();
    return Time::max();
  }
  for (const auto& change : *changes) {
    const auto& stored = *change->object->stored;
    if (change->type == store::ChangeType::Deleted) {
      drop(stored.key);
    } else {
      put(stored, true);
    }
  }
  return Time::max();
}

void Informer::begin() {
  bool filled = false;
  HubList list;
  do {  // again when the hub was filled meanwhile: it is unknown which state `list` is
    filled = parts_.hub.synced();
    std::tie(list, subscription_) = parts_.hub.listAndSubscribe(resource_, waker_);
  } while (!filled && parts_.hub.synced());
  if (!filled) return;  // the hub ends this subscription when it has read the store
  compareWith(list);
  const bool wasSynced =
      state_.with([](State& state) { return std::exchange(state.synced, true); });
  if (!wasSynced && onSynced_) onSynced_();
}

void Informer::compareWith(const HubList& list) {
  const bool isNews = synced();
  std::set<ObjectKey> there;
  for (const auto& object : list.objects) {
    const auto& stored = *object->stored;
    there.insert(stored.key);
    if (revisionOf(stored.key) != stored.revision) put(stored, isNews);
  }
  for (const auto& key : keys())
    if (!there.contains(key)) drop(key);
}

void Informer::put(const store::StoredObject& stored, bool isNews) {
  auto parsed = parseJson(stored.bytes, {.maxBytes = stored.bytes.size() + 1});
  // They are as big as the object, and a write without them loses none.
  if (parsed) dropManagedFields(parsed->document);
  auto object = parsed ? decoder_(parsed->document)
                       : Result<std::shared_ptr<const void>>(std::move(parsed).error());
  if (!object) {
    undecodable_.increment();
    parts_.log.error(
        "object cannot be decoded",
        {{"resource", resource_}, {"key", stored.key.text()}, {"error", object.error()}});
    return;
  }
  state_.with([&](State& state) {
    state.entries.insert_or_assign(stored.key, Entry{*object, stored.revision});
  });
  tell({stored.key, *std::move(object), false}, isNews);
}

void Informer::drop(const ObjectKey& key) {
  auto last = state_.with([&](State& state) {
    const auto found = state.entries.find(key);
    if (found == state.entries.end()) return std::shared_ptr<const void>();
    auto object = std::move(found->second.object);
    state.entries.erase(found);
    return object;
  });
  if (last) tell({key, std::move(last), true}, true);
}

void Informer::tell(const ObjectChange& change, bool isNews) {
  for (const auto& handler : handlers_) handler(change, isNews);
}

Revision Informer::revisionOf(const ObjectKey& key) const {
  return state_.with([&](const State& state) {
    const auto found = state.entries.find(key);
    return found == state.entries.end() ? 0 : found->second.revision;
  });
}

std::vector<ObjectKey> Informer::keys() const {
  return state_.with([](const State& state) {
    std::vector<ObjectKey> keys;
    for (const auto& [key, entry] : state.entries) keys.push_back(key);
    return keys;
  });
}

std::shared_ptr<const void> Informer::get(const ObjectKey& key) const {
  return state_.with([&](const State& state) {
    const auto found = state.entries.find(key);
    return found == state.entries.end() ? nullptr : found->second.object;
  });
}

std::vector<std::shared_ptr<const void>> Informer::list() const {
  return state_.with([](const State& state) {
    std::vector<std::shared_ptr<const void>> objects;
    objects.reserve(state.entries.size());
    for (const auto& [key, entry] : state.entries) objects.push_back(entry.object);
    return objects;
  });
}

}  // namespace berth::runtime
