#include "core/schema/field_set.hpp"

#include <optional>

namespace berth {
namespace {

constexpr const char* kSelf = ".";

bool isSelf(const std::string& element) { return element == kSelf; }

void setMember(Json& node, bool member) {
  if (member && !node.empty()) node[kSelf] = Json::object();
}

void unite(Json& into, const Json& from, bool isRoot) {
  const bool member = !isRoot && (FieldSet::isMember(into) || FieldSet::isMember(from));
  for (const auto& [element, child] : from.items()) {
    if (isSelf(element)) continue;
    const auto found = into.find(element);
    if (found == into.end()) {
      into[element] = child;
    } else {
      unite(*found, child, false);
    }
  }
  setMember(into, member);
}

/// Whether anything is left.
bool subtract(Json& from, const Json& what, bool isRoot) {
  const bool member = !isRoot && FieldSet::isMember(from) && !FieldSet::isMember(what);
  for (const auto& [element, child] : what.items()) {
    if (isSelf(element)) continue;
    const auto found = from.find(element);
    if (found != from.end() && !subtract(*found, child, false)) from.erase(found);
  }
  from.erase(kSelf);
  if (from.empty()) return member;
  setMember(from, member);
  return true;
}

std::optional<Json> intersect(const Json& a, const Json& b, bool isRoot) {
  const bool member = !isRoot && FieldSet::isMember(a) && FieldSet::isMember(b);
  Json both = Json::object();
  for (const auto& [element, child] : a.items()) {
    const auto found = isSelf(element) ? b.end() : b.find(element);
    if (found == b.end()) continue;
    if (auto common = intersect(child, *found, false)) both[element] = *std::move(common);
  }
  if (both.empty() && !member) return std::nullopt;
  setMember(both, member);
  return both;
}

Error notFields(const std::string& element) {
  return {Reason::Invalid, "no path element of FieldsV1: " + dumpJson(element)};
}

/// The element as this server writes it.
Result<std::string> canonicalElement(const std::string& element) {
  if (element.starts_with("f:")) return element;
  if (!element.starts_with("k:") && !element.starts_with("v:")) return notFields(element);
  const auto value = parseJson(std::string_view(element).substr(2));
  if (!value) return notFields(element);
  const auto& keys = value->document;
  if (element.starts_with("k:") && (!keys.is_object() || keys.empty())) return notFields(element);
  return element.substr(0, 2) + dumpJson(keys);
}

Result<Json> canonical(const Json& node, bool isRoot) {
  if (!node.is_object()) return Error{Reason::Invalid, "a node of FieldsV1 is an object"};
  Json result = Json::object();
  for (const auto& [element, child] : node.items()) {
    if (isSelf(element)) continue;
    BERTH_TRY(auto name, canonicalElement(element));
    BERTH_TRY(auto below, canonical(child, false));
    if (const auto found = result.find(name); found != result.end()) {
      unite(*found, below, false);
    } else {
      result[std::move(name)] = std::move(below);
    }
  }
  setMember(result, !isRoot && FieldSet::isMember(node));
  return result;
}

std::string written(const std::string& element) {
  const auto text = element.substr(2);
  if (element.starts_with("f:")) return "." + text;
  if (element.starts_with("v:")) return "[=" + text + "]";
  const auto keys = Json::parse(text);
  std::string list;
  for (const auto& [name, value] : keys.items())
    list += (list.empty() ? "" : ",") + name + "=" + dumpJson(value);
  return "[" + list + "]";
}

/// A node's own members before what is below them, as Kubernetes lists them.
void listPaths(const Json& node, const std::string& path, std::vector<std::string>& paths) {
  for (const auto& [element, child] : node.items())
    if (!isSelf(element) && FieldSet::isMember(child)) paths.push_back(path + written(element));
  for (const auto& [element, child] : node.items())
    if (!isSelf(element) && !child.empty()) listPaths(child, path + written(element), paths);
}

}  // namespace

bool FieldSet::isMember(const Json& node) { return node.empty() || isSelf(node.begin().key()); }

Result<FieldSet> FieldSet::parse(const Json& fieldsV1) {
  BERTH_TRY(auto root, canonical(fieldsV1, true));
  return fromCanonical(std::move(root));
}

FieldSet FieldSet::fromCanonical(Json fieldsV1) {
  FieldSet set;
  set.root_ = std::move(fieldsV1);
  return set;
}

void FieldSet::unite(const FieldSet& other) { berth::unite(root_, other.root_, true); }

void FieldSet::subtract(const FieldSet& other) { berth::subtract(root_, other.root_, true); }

FieldSet FieldSet::intersection(const FieldSet& other) const {
  return fromCanonical(intersect(root_, other.root_, true).value_or(Json::object()));
}

std::vector<std::string> FieldSet::paths() const {
  std::vector<std::string> paths;
  listPaths(root_, "", paths);
  return paths;
}

}  // namespace berth
