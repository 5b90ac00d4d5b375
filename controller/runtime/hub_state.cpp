#include "controller/runtime/hub_state.hpp"

#include <algorithm>
#include <set>

namespace berth::runtime {

HubState::Table& HubState::table(const std::string& resource) {
  const auto [found, isNew] = tables_.try_emplace(resource);
  if (isNew) found->second.edge = base_;
  return found->second;
}

void HubState::collect(Table& table, Wakes& wakes) {
  std::erase_if(table.wakes, [&](const auto& weak) {
    auto wake = weak.lock();
    if (!wake) return true;
    wakes.push_back(std::move(wake));
    return false;
  });
}

Wakes HubState::reset(Revision revision, std::vector<CachedObjectPtr> objects) {
  Wakes wakes;
  synced_ = true;
  revision_ = base_ = revision;
  ++life_;
  order_.clear();
  for (auto& [resource, table] : tables_) {
    table.objects.clear();
    table.changes.clear();
    table.edge = base_;
    collect(table, wakes);
  }
  for (auto& object : objects)
    table(object->stored->resource).objects.insert_or_assign(object->stored->key, object);
  return wakes;
}

Wakes HubState::distrust() {
  Wakes wakes;
  synced_ = false;
  ++life_;
  for (auto& [resource, table] : tables_) collect(table, wakes);
  return wakes;
}

void HubState::append(Table& table, HubChangePtr change) {
  table.changes.push_back(std::move(change));
  order_.push_back(&table);
  if (order_.size() <= ring_) return;
  Table& oldest = *order_.front();
  oldest.edge = oldest.changes.front()->revision;
  oldest.changes.pop_front();
  order_.pop_front();
}

Wakes HubState::apply(
    const std::vector<store::Change>& changes, const std::vector<CachedObjectPtr>& objects) {
  std::set<Table*> touched;
  for (std::size_t i = 0; i < changes.size(); ++i) {
    const auto& object = objects[i];
    Table& into = table(object->stored->resource);
    CachedObjectPtr& current = into.objects[object->stored->key];
    auto change = std::make_shared<const HubChange>(
        HubChange{changes[i].type, object->stored->revision, object, current});
    current = object;
    if (changes[i].type == store::ChangeType::Deleted) into.objects.erase(object->stored->key);
    revision_ = object->stored->revision;
    append(into, std::move(change));
    touched.insert(&into);
  }
  Wakes wakes;
  for (auto& [resource, table] : tables_)  // in the order of names, not of addresses
    if (touched.contains(&table)) collect(table, wakes);
  return wakes;
}

HubList HubState::list(const std::string& resource, const std::string& namespaceName) const {
  HubList list{revision_, {}};
  const auto found = tables_.find(resource);
  if (found == tables_.end()) return list;
  const auto& objects = found->second.objects;
  auto from = namespaceName.empty() ? objects.begin() : objects.lower_bound({namespaceName, ""});
  for (; from != objects.end(); ++from) {
    if (!namespaceName.empty() && from->first.namespaceName != namespaceName) break;
    list.objects.push_back(from->second);
  }
  return list;
}

CachedObjectPtr HubState::get(const std::string& resource, const ObjectKey& key) const {
  const auto found = tables_.find(resource);
  if (found == tables_.end()) return nullptr;
  const auto object = found->second.objects.find(key);
  return object == found->second.objects.end() ? nullptr : object->second;
}

bool HubState::reaches(const std::string& resource, Revision from) const {
  const auto found = tables_.find(resource);
  return from >= (found == tables_.end() ? base_ : found->second.edge);
}

std::vector<HubChangePtr> HubState::changesAfter(const std::string& resource, Revision from) const {
  const auto found = tables_.find(resource);
  if (found == tables_.end()) return {};
  const auto& changes = found->second.changes;
  const auto first = std::upper_bound(
      changes.begin(), changes.end(), from, [](Revision revision, const HubChangePtr& change) {
        return revision < change->revision;
      });
  return {first, changes.end()};
}

void HubState::wakeOnChange(
    const std::string& resource, const std::shared_ptr<const std::function<void()>>& wake) {
  table(resource).wakes.emplace_back(wake);
}

}  // namespace berth::runtime
