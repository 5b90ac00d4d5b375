#include "controller/api/live_registry.hpp"

#include <algorithm>
#include <string_view>

#include "controller/api/custom_kind.hpp"

namespace berth::api {

LiveRegistry::LiveRegistry(RegistryPtr own) : own_(std::move(own)) {
  state_.with([&](State& state) { state.current = own_; });
}

LiveRegistry::LiveRegistry(RegistryPtr own, runtime::WatchHub& hub, Log log)
    : own_(std::move(own)), hub_(&hub), log_(std::move(log)) {
  state_.with([&](State& state) { state.current = own_; });
}

/// The hub is asked under our lock, so that whoever sees the news sees what they are
/// about; the hub calls back without locks, and only counts.
RegistryPtr LiveRegistry::current() const {
  return state_.with([&](State& state) {
    const auto news = news_->load();
    if (hub_ != nullptr && state.news != news && hub_->synced()) {
      update(state);
      state.news = news;
    }
    return state.current;
  });
}

RegistryPtr LiveRegistry::refreshed() const {
  ++*news_;
  return current();
}

LiveRegistry::Custom LiveRegistry::load(const store::StoredObject& object) const {
  Custom custom{.revision = object.revision};
  const std::string_view name = object.key.name;  // PLURAL.GROUP
  const auto group = name.substr(std::min(name.find('.'), name.size() - 1) + 1);
  for (const auto& kind : own_->kinds())
    if (kind->type.group == group) return custom;
  const auto parsed = parseJson(object.bytes, {.maxBytes = std::string::npos});
  auto kinds = parsed ? Registry::kindsOf(parsed->document)
                      : Result<std::vector<ServedKindPtr>>(parsed.error());
  if (kinds) {
    custom.kinds = *std::move(kinds);
  } else {
    log_.error("a kind cannot be served", {{"name", object.key.name}, {"error", kinds.error()}});
  }
  return custom;
}

void LiveRegistry::update(State& state) const {
  const auto resource = kCustomKindType.resource();
  if (state.subscription == nullptr)
    state.subscription = hub_->listAndSubscribe(resource, [news = news_] { ++*news; }).second;
  std::map<std::string, Custom> customs;
  bool same = true;
  for (const auto& object : hub_->list(resource, "").objects) {
    const auto& stored = *object->stored;
    const auto known = state.customs.find(stored.key.name);
    const bool isKnown = known != state.customs.end() && known->second.revision == stored.revision;
    same = same && isKnown;
    customs[stored.key.name] = isKnown ? known->second : load(stored);
  }
  if (same && customs.size() == state.customs.size()) return;
  state.customs = std::move(customs);
  auto versions = own_->kinds();
  for (const auto& [name, custom] : state.customs)
    versions.insert(versions.end(), custom.kinds.begin(), custom.kinds.end());
  state.current = std::make_shared<const Registry>(std::move(versions));
}

}  // namespace berth::api
