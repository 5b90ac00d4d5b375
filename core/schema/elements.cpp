#include "core/schema/elements.hpp"

#include <algorithm>

namespace berth {
namespace {

// What is nested deeper is owned whole: what is stored must not be deeper than what
// can be read.
constexpr int kMaxDepth = 40;

}  // namespace

bool Place::declares(const std::string& name) const {
  return schema != nullptr && schema->properties.contains(name);
}

Place Place::member(const std::string& name) const {
  return {schema == nullptr ? nullptr : schema->member(name), depth + 1};
}

Place Place::item() const { return {schema == nullptr ? nullptr : schema->items.get(), depth + 1}; }

Grain Place::grain(const Json& value) const {
  if (!value.is_structured() || depth >= kMaxDepth) return Grain::Whole;
  if (value.is_object()) {
    if (schema == nullptr) return Grain::Members;
    const bool mayBeObject = schema->type.empty() || schema->type == "object";
    return mayBeObject && !schema->atomicMap ? Grain::Members : Grain::Whole;
  }
  if (schema == nullptr || schema->listType == ListType::Atomic) return Grain::Whole;
  if (schema->listType == ListType::Set) return Grain::Set;
  const bool sound = std::ranges::all_of(value, [](const Json& item) { return item.is_object(); });
  return sound ? Grain::Items : Grain::Whole;
}

Json Place::keysOf(const Json& item) const {
  Json keys = Json::object();
  for (const auto& name : schema->listMapKeys) {
    if (const auto found = item.find(name); found != item.end()) {
      keys[name] = *found;
    } else if (const auto* member = schema->items ? schema->items->member(name) : nullptr;
               member != nullptr && member->defaultValue) {
      keys[name] = *member->defaultValue;
    }
  }
  return keys;
}

std::vector<std::string> Place::elements(const Json& list) const {
  const bool keyed = schema->listType == ListType::Map;
  std::vector<std::string> elements;
  elements.reserve(list.size());
  for (const auto& item : list)
    elements.push_back(keyed ? "k:" + dumpJson(keysOf(item)) : "v:" + dumpJson(item));
  return elements;
}

}  // namespace berth
