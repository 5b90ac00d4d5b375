#include "core/schema/field_walk.hpp"

#include <map>
#include <optional>

#include "core/schema/elements.hpp"

namespace berth {
namespace {

/// The node of a trie that stands for `value`; a member itself when `isMember`.
Json nodeOf(const Place& place, const Json& value, Cover cover, bool isMember) {
  Json node = Json::object();
  const auto grain = place.grain(value);
  if (grain == Grain::Members) {
    for (const auto& [name, child] : value.items()) {
      const bool counts = cover == Cover::Nodes || !place.declares(name);
      node[memberElement(name)] = nodeOf(place.member(name), child, cover, counts);
    }
  } else if (grain != Grain::Whole) {
    auto elements = place.elements(value);
    for (std::size_t i = 0; i < elements.size(); ++i)
      node[std::move(elements[i])] =
          grain == Grain::Set ? Json::object() : nodeOf(place.item(), value[i], cover, true);
  }
  if (isMember && !node.empty()) node["."] = Json::object();
  return node;
}

/// Two tries that are built at once; null where there is nothing.
struct Nodes {
  Json written;
  Json removed;
};

void attach(Nodes& nodes, const std::string& element, Nodes child) {
  if (!child.written.is_null()) nodes.written[element] = std::move(child.written);
  if (!child.removed.is_null()) nodes.removed[element] = std::move(child.removed);
}

Nodes compare(const Place& place, const Json& before, const Json& after);

Nodes compareMembers(const Place& place, const Json& before, const Json& after) {
  Nodes nodes;
  for (const auto& [name, old] : before.items()) {
    const auto found = after.find(name);
    if (found == after.end()) {
      nodes.removed[memberElement(name)] = nodeOf(place.member(name), old, Cover::Nodes, true);
    } else if (*found != old) {
      attach(nodes, memberElement(name), compare(place.member(name), old, *found));
    }
  }
  for (const auto& [name, now] : after.items())
    if (!before.contains(name))
      nodes.written[memberElement(name)] = nodeOf(place.member(name), now, Cover::Nodes, true);
  return nodes;
}

std::map<std::string, const Json*> index(const Place& place, const Json& list) {
  std::map<std::string, const Json*> items;
  auto elements = place.elements(list);
  for (std::size_t i = 0; i < elements.size(); ++i) items.emplace(std::move(elements[i]), &list[i]);
  return items;
}

Nodes compareItems(const Place& place, const Json& before, const Json& after) {
  Nodes nodes;
  const auto old = index(place, before);
  const auto now = index(place, after);
  for (const auto& [element, item] : old) {
    const auto found = now.find(element);
    if (found == now.end()) {
      nodes.removed[element] = nodeOf(place.item(), *item, Cover::Nodes, true);
    } else if (*found->second != *item) {
      attach(nodes, element, compare(place.item(), *item, *found->second));
    }
  }
  for (const auto& [element, item] : now)
    if (!old.contains(element))
      nodes.written[element] = nodeOf(place.item(), *item, Cover::Nodes, true);
  return nodes;
}

/// `before` and `after` are not the same.
Nodes compare(const Place& place, const Json& before, const Json& after) {
  const auto grain = place.grain(after);
  const bool sameGrain = grain == place.grain(before);
  if (sameGrain && grain == Grain::Members) return compareMembers(place, before, after);
  if (sameGrain && grain != Grain::Whole) return compareItems(place, before, after);
  Nodes nodes;
  nodes.written = nodeOf(place, after, Cover::Nodes, true);
  auto gone = nodeOf(place, before, Cover::Nodes, false);
  if (!gone.empty()) nodes.removed = std::move(gone);
  return nodes;
}

FieldSet asSet(Json node) {
  return node.is_null() ? FieldSet() : FieldSet::fromCanonical(std::move(node));
}

}  // namespace

FieldSet fieldSetOf(const Schema& schema, const Json& value, Cover cover) {
  return FieldSet::fromCanonical(nodeOf({&schema}, value, cover, false));
}

FieldChanges compareFields(const Schema& schema, const Json& before, const Json& after) {
  if (before == after) return {};
  auto nodes = compare({&schema}, before, after);
  return {asSet(std::move(nodes.written)), asSet(std::move(nodes.removed))};
}

}  // namespace berth
