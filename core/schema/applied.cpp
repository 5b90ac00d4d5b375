#include "core/schema/applied.hpp"

#include <map>
#include <set>

#include "core/schema/elements.hpp"

namespace berth {
namespace {

void findProblems(
    const Place& place,
    const Json& value,
    const std::string& path,
    std::vector<std::string>& problems) {
  const auto grain = place.grain(value);
  if (grain == Grain::Members) {
    for (const auto& [name, child] : value.items())
      findProblems(place.member(name), child, path + "." + name, problems);
    return;
  }
  if (grain == Grain::Whole) return;
  const auto elements = place.elements(value);
  std::set<std::string> seen;
  for (std::size_t i = 0; i < elements.size(); ++i) {
    if (!seen.insert(elements[i]).second)
      problems.push_back(path + ": duplicate entries for key " + elements[i].substr(2));
    if (grain == Grain::Set) continue;
    const auto keys = place.keysOf(value[i]);
    for (const auto& name : place.schema->listMapKeys)
      if (!keys.contains(name))
        problems.push_back(
            path + ": element " + std::to_string(i) +
            ": associative list with keys has an element that omits key field \"" + name + '"');
    findProblems(place.item(), value[i], path + "[" + std::to_string(i) + "]", problems);
  }
}

void dropNulls(const Place& place, Json& value) {
  if (value.is_array()) {
    for (auto& item : value) dropNulls(place.item(), item);
  }
  if (!value.is_object()) return;
  for (auto member = value.begin(); member != value.end();) {
    const auto inside = place.member(member.key());
    const bool meant = !member->is_null() || inside.schema == nullptr || inside.schema->nullable;
    if (meant) dropNulls(inside, *member);
    member = meant ? std::next(member) : value.erase(member);
  }
}

void merge(const Place& place, Json& live, const Json& config);

/// The items of both lists, one behind the other.
Json mergeItems(const Place& place, Json& live, const Json& config) {
  const auto ours = place.elements(live);
  const auto theirs = place.elements(config);
  std::map<std::string, std::size_t> present;
  for (std::size_t i = 0; i < ours.size(); ++i) present.emplace(ours[i], i);
  const std::set<std::string> wanted(theirs.begin(), theirs.end());

  Json merged = Json::array();
  std::size_t next = 0;  // of theirs
  const auto take = [&] {
    const auto found = present.find(theirs[next]);
    if (found == present.end()) {
      merged.push_back(config[next]);
    } else {
      merge(place.item(), live[found->second], config[next]);
      merged.push_back(std::move(live[found->second]));
    }
    ++next;
  };
  const auto nextShared = [&] {
    auto i = next;
    while (i < theirs.size() && !present.contains(theirs[i])) ++i;
    return i;
  };
  for (std::size_t i = 0; i < ours.size(); ++i) {
    if (!wanted.contains(ours[i])) {
      merged.push_back(std::move(live[i]));
    } else if (const auto shared = nextShared();
               shared < theirs.size() && theirs[shared] == ours[i]) {
      while (next <= shared) take();
    }
  }
  while (next < theirs.size()) take();
  return merged;
}

void merge(const Place& place, Json& live, const Json& config) {
  const auto grain = place.grain(config);
  const bool replaces = grain == Grain::Whole || grain != place.grain(live);
  if (replaces) {
    live = config;
  } else if (grain == Grain::Members) {
    for (const auto& [name, value] : config.items()) {
      const auto found = live.find(name);
      if (found == live.end()) {
        live[name] = value;
      } else {
        merge(place.member(name), *found, value);
      }
    }
  } else {
    live = mergeItems(place, live, config);
  }
}

/// Removes along `owned`, a node of a trie; `kept` is nullptr where nothing is kept.
void removeAbandoned(const Place& place, Json& value, const Json& owned, const Json* kept);

/// Whether the child itself goes; else what it has given up inside is taken out.
bool abandons(const Place& place, bool declared, Json& child, const Json& owned, const Json* kept) {
  const bool wasOurs = declared || FieldSet::isMember(owned);
  const bool isKept = kept != nullptr && (declared || FieldSet::isMember(*kept));
  if (wasOurs && !isKept) return true;
  const bool wasEmpty = child.empty();
  removeAbandoned(place, child, owned, kept);
  return child.is_structured() && child.empty() && !wasEmpty;
}

const Json* childOf(const Json* node, const std::string& element) {
  if (node == nullptr) return nullptr;
  const auto found = node->find(element);
  return found == node->end() ? nullptr : &*found;
}

void removeAbandoned(const Place& place, Json& value, const Json& owned, const Json* kept) {
  const auto grain = place.grain(value);
  if (grain == Grain::Members) {
    for (const auto& [element, node] : owned.items()) {
      const auto name = element.substr(std::min<std::size_t>(2, element.size()));
      const auto found = element.starts_with("f:") ? value.find(name) : value.end();
      if (found == value.end()) continue;
      const auto* keptChild = childOf(kept, element);
      if (abandons(place.member(name), place.declares(name), *found, node, keptChild))
        value.erase(found);
    }
  } else if (grain != Grain::Whole) {
    const auto elements = place.elements(value);
    Json left = Json::array();
    for (std::size_t i = 0; i < elements.size(); ++i) {
      const auto* node = childOf(&owned, elements[i]);
      const auto* keptChild = childOf(kept, elements[i]);
      if (node == nullptr || !abandons(place.item(), false, value[i], *node, keptChild))
        left.push_back(std::move(value[i]));
    }
    value = std::move(left);
  }
}

}  // namespace

std::vector<std::string> findListProblems(const Schema& schema, const Json& config) {
  std::vector<std::string> problems;
  findProblems({&schema}, config, "", problems);
  return problems;
}

void dropNulls(const Schema& schema, Json& config) { dropNulls(Place{&schema}, config); }

Json mergeApplied(const Schema& schema, Json live, const Json& config) {
  merge({&schema}, live, config);
  return live;
}

void removeAbandoned(
    const Schema& schema, Json& object, const FieldSet& owned, const FieldSet& kept) {
  removeAbandoned(Place{&schema}, object, owned.json(), &kept.json());
}

}  // namespace berth
