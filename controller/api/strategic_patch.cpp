#include <algorithm>
#include <map>
#include <string>

#include "controller/api/patch.hpp"
#include "controller/api/status.hpp"

namespace berth::api {
namespace {

constexpr const char* kSetOrder = "$setElementOrder/";
constexpr const char* kDeleteFromList = "$deleteFromPrimitiveList/";

/// Lists of built-in kinds that are merged item by item, and the member that
/// tells items apart.
const std::map<std::string, std::string>& mergeKeys() {
  static const std::map<std::string, std::string> kKeys{
      {"ownerReferences", "uid"}, {"conditions", "type"}};
  return kKeys;
}

Result<> mergeObject(Json& target, const Json& patch);

Json* findByKey(Json& list, const std::string& key, const Json& value) {
  const auto found = std::ranges::find_if(
      list, [&](const Json& item) { return item.is_object() && item.value(key, Json()) == value; });
  return found == list.end() ? nullptr : &*found;
}

/// Without the directives of patches, which mean nothing where there was nothing.
Json withoutDirectives(const Json& value) {
  Json target;
  if (value.is_object()) {
    target = Json::object();
    for (const auto& [name, member] : value.items())
      if (!name.starts_with('$') && !member.is_null()) target[name] = withoutDirectives(member);
  } else if (value.is_array()) {
    target = Json::array();
    for (const auto& item : value)
      if (!item.is_object() || item.value("$patch", Json()) != "delete")
        target.push_back(withoutDirectives(item));
  } else {
    target = value;
  }
  return target;
}

Result<> mergeKeyed(Json& target, const Json& patch, const std::string& key) {
  if (!target.is_array()) target = Json::array();
  const bool replaceAll = std::ranges::any_of(patch, [](const Json& item) {
    return item.is_object() && item.size() == 1 && item.value("$patch", Json()) == "replace";
  });
  if (replaceAll) target = Json::array();
  for (const auto& item : patch) {
    if (!item.is_object()) return badRequest("a patch of a keyed list holds objects only");
    const auto directive = item.value("$patch", Json());
    if (directive == "replace" && item.size() == 1) continue;
    const auto id = item.find(key);
    if (id == item.end()) return badRequest("map: does not contain declared merge key: " + key);
    auto* present = findByKey(target, key, *id);
    if (directive == "delete") {
      if (present != nullptr) target.erase(std::size_t(present - &target[0]));
    } else if (present == nullptr) {
      target.push_back(withoutDirectives(item));
    } else {
      BERTH_CHECK(mergeObject(*present, item));
    }
  }
  return Ok{};
}

void mergeSet(Json& target, const Json& patch) {
  if (!target.is_array()) target = Json::array();
  for (const auto& item : patch)
    if (std::ranges::find(target, item) == target.end()) target.push_back(item);
}

/// Items that the order names come in its order; the others keep their places at
/// the end.
void reorder(Json& list, const Json& order, const std::string& key) {
  if (!list.is_array() || !order.is_array()) return;
  const auto rank = [&](const Json& item) {
    const auto same = [&](const Json& wanted) {
      return key.empty() ? wanted == item
                         : wanted.is_object() && item.is_object() &&
                               wanted.value(key, Json()) == item.value(key, Json());
    };
    return std::ranges::find_if(order, same) - order.begin();
  };
  std::stable_sort(
      list.begin(), list.end(), [&](const Json& a, const Json& b) { return rank(a) < rank(b); });
}

void applyListDirectives(Json& target, const Json& patch) {
  for (const auto& [name, value] : patch.items()) {
    if (name.starts_with(kDeleteFromList)) {
      const auto list = target.find(name.substr(std::string_view(kDeleteFromList).size()));
      if (list == target.end() || !list->is_array() || !value.is_array()) continue;
      Json kept = Json::array();
      for (auto& item : *list)
        if (std::ranges::find(value, item) == value.end()) kept.push_back(std::move(item));
      *list = std::move(kept);
    }
  }
  for (const auto& [name, value] : patch.items()) {
    if (!name.starts_with(kSetOrder)) continue;
    const auto field = name.substr(std::string_view(kSetOrder).size());
    const auto list = target.find(field);
    const auto key = mergeKeys().find(field);
    if (list != target.end())
      reorder(*list, value, key == mergeKeys().end() ? std::string() : key->second);
  }
}

Result<> mergeMember(Json& target, const std::string& name, const Json& value) {
  const bool removed =
      value.is_null() || (value.is_object() && value.value("$patch", Json()) == "delete");
  if (removed) {
    target.erase(name);
    return Ok{};
  }
  if (value.is_object()) return mergeObject(target[name], value);
  const auto key = mergeKeys().find(name);
  if (value.is_array() && key != mergeKeys().end())
    return mergeKeyed(target[name], value, key->second);
  if (value.is_array() && name == "finalizers") {
    mergeSet(target[name], value);
  } else {
    target[name] = value;
  }
  return Ok{};
}

Result<> mergeObject(Json& target, const Json& patch) {
  const auto directive = patch.value("$patch", Json());
  if (directive == "replace") {
    target = withoutDirectives(patch);
    return Ok{};
  }
  if (!directive.is_null() && directive != "merge")
    return badRequest("unknown patch directive: " + dumpJson(directive));
  if (!target.is_object()) target = Json::object();
  if (const auto retain = patch.find("$retainKeys"); retain != patch.end()) {
    Json kept = Json::object();
    for (auto& [name, member] : target.items())
      if (std::ranges::find(*retain, Json(name)) != retain->end()) kept[name] = std::move(member);
    target = std::move(kept);
  }
  for (const auto& [name, value] : patch.items())
    if (!name.starts_with('$')) BERTH_CHECK(mergeMember(target, name, value));
  applyListDirectives(target, patch);
  return Ok{};
}

}  // namespace

Result<Json> applyStrategicPatch(Json target, const Json& patch) {
  if (!patch.is_object()) return badRequest("a strategic merge patch is an object");
  BERTH_CHECK(mergeObject(target, patch));
  return target;
}

}  // namespace berth::api
