#include "controller/api/managed_fields.hpp"

#include <algorithm>
#include <map>
#include <tuple>

#include "core/base/clock.hpp"

namespace berth::api {
namespace {

constexpr std::size_t kMaxUpdaters = 10;
constexpr const char* kAncient = "ancient-changes";
constexpr const char* kFieldsType = "FieldsV1";

std::string takeText(Json& entry, const char* name) {
  const auto found = entry.find(name);
  if (found == entry.end() || !found->is_string()) return {};
  return std::move(found->get_ref<std::string&>());
}

Manager readEntry(Json& entry) {
  Manager manager{
      .name = takeText(entry, "manager"),
      .applies = takeText(entry, "operation") == "Apply",
      .apiVersion = takeText(entry, "apiVersion"),
      .subresource = takeText(entry, "subresource"),
      .time = takeText(entry, "time")};
  manager.fields = FieldSet::fromCanonical(std::move(entry["fieldsV1"]));
  return manager;
}

Error notAnEntry(const std::string& why) {
  return {Reason::Invalid, "metadata.managedFields: " + why};
}

Result<Manager> parseEntry(const Json& entry) {
  if (!entry.is_object()) return notAnEntry("an entry is an object");
  const auto operation = stringAt(entry, "operation");
  if (operation != "Apply" && operation != "Update")
    return notAnEntry("operation is Apply or Update");
  if (stringAt(entry, "fieldsType") != kFieldsType) return notAnEntry("fieldsType is FieldsV1");
  BERTH_TRY(auto fields, FieldSet::parse(entry.value("fieldsV1", Json::object())));
  Manager manager{
      .name = stringAt(entry, "manager"),
      .applies = operation == "Apply",
      .apiVersion = stringAt(entry, "apiVersion"),
      .subresource = stringAt(entry, "subresource"),
      .fields = std::move(fields)};
  if (const auto text = stringAt(entry, "time"); !text.empty()) {
    const auto time = parseRfc3339(text);
    if (!time) return notAnEntry("time is not RFC 3339");
    manager.time = formatRfc3339(*time);
  }
  return manager;
}

Json writeEntry(Manager&& manager) {
  Json entry = {
      {"manager", std::move(manager.name)},
      {"operation", manager.applies ? "Apply" : "Update"},
      {"apiVersion", std::move(manager.apiVersion)},
      {"fieldsType", kFieldsType},
      {"fieldsV1", std::move(manager.fields).json()}};
  if (!manager.subresource.empty()) entry["subresource"] = std::move(manager.subresource);
  if (!manager.time.empty()) entry["time"] = std::move(manager.time);
  return entry;
}

auto order(const Manager& manager) {
  return std::tie(manager.time, manager.name, manager.apiVersion, manager.subresource);
}

bool isBefore(const Manager& a, const Manager& b) {
  if (a.applies != b.applies) return a.applies;
  return order(a) < order(b);
}

}  // namespace

bool Manager::isSameAs(const Manager& other) const {
  return name == other.name && applies == other.applies && subresource == other.subresource &&
         (applies || apiVersion == other.apiVersion);
}

ManagedFields readManagedFields(Json entries) {
  ManagedFields managers;
  managers.reserve(entries.size() + 1);
  for (auto& entry : entries) managers.push_back(readEntry(entry));
  return managers;
}

Result<ManagedFields> parseManagedFields(const Json& entries) {
  ManagedFields managers;
  if (!entries.is_array()) return notAnEntry("not a list");
  for (const auto& entry : entries) {
    BERTH_TRY(auto manager, parseEntry(entry));
    const auto known = std::ranges::find_if(
        managers, [&](const Manager& other) { return other.isSameAs(manager); });
    if (known == managers.end()) {
      managers.push_back(std::move(manager));
    } else {
      known->fields.unite(manager.fields);
    }
  }
  return managers;
}

Json writeManagedFields(ManagedFields managers) {
  std::erase_if(managers, [](const Manager& manager) { return manager.fields.empty(); });
  if (managers.empty()) return nullptr;
  std::ranges::sort(managers, isBefore);
  Json entries = Json::array();
  for (auto& manager : managers) entries.push_back(writeEntry(std::move(manager)));
  return entries;
}

void capManagers(ManagedFields& managers) {
  std::erase_if(managers, [](const Manager& manager) { return manager.fields.empty(); });
  const auto isUpdater = [](const Manager& manager) { return !manager.applies; };
  auto updaters = std::size_t(std::ranges::count_if(managers, isUpdater));
  if (updaters <= kMaxUpdaters) return;
  std::ranges::sort(managers, isBefore);    // appliers, then updaters by age
  std::map<std::string, Manager*> ancient;  // by version
  for (auto& manager : managers) {
    if (manager.applies || updaters <= kMaxUpdaters) continue;
    auto& first = ancient[manager.apiVersion];
    if (first == nullptr) {
      first = &manager;
      continue;
    }
    first->name = kAncient;
    first->subresource.clear();
    first->time = manager.time;
    first->fields.unite(manager.fields);
    manager.fields = {};
    --updaters;
  }
  std::erase_if(managers, [](const Manager& manager) { return manager.fields.empty(); });
}

Json takeManagedFields(Json& document) {
  if (!document.is_object()) return nullptr;
  const auto metadata = document.find("metadata");
  if (metadata == document.end() || !metadata->is_object()) return nullptr;
  const auto found = metadata->find("managedFields");
  if (found == metadata->end()) return nullptr;
  Json entries = std::move(*found);
  metadata->erase(found);
  return entries;
}

void putManagedFields(Json& document, Json entries) {
  if (!entries.is_null()) document["metadata"]["managedFields"] = std::move(entries);
}

bool sameButTimes(const Json& a, const Json& b) {
  if (a.size() != b.size()) return false;
  const auto strip = [](const Json& entry) {
    auto copy = entry;
    copy.erase("time");
    return copy;
  };
  for (std::size_t i = 0; i < a.size(); ++i)
    if (a[i] != b[i] && strip(a[i]) != strip(b[i])) return false;
  return true;
}

}  // namespace berth::api
