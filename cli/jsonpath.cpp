#include "cli/jsonpath.hpp"

#include <algorithm>
#include <optional>

namespace berth::cli {

namespace {

using Found = std::vector<const Json*>;

void addDescendants(const Json& node, Found& found) {
  found.push_back(&node);
  if (!node.is_structured()) return;
  for (const auto& child : node) addDescendants(child, found);
}

/// Numbers compare with numbers also when one was written as a string.
std::optional<double> numberOf(const Json& value) {
  if (value.is_number()) return value.get<double>();
  return std::nullopt;
}

bool compares(const Json& left, const std::string& comparison, const Json& right) {
  const auto a = numberOf(left);
  const auto b = numberOf(right);
  const bool equal = a && b ? *a == *b : plainText(left) == plainText(right);
  const bool less = a && b ? *a < *b : plainText(left) < plainText(right);
  if (comparison == "==") return equal;
  if (comparison == "!=") return !equal;
  if (comparison == "<") return less;
  if (comparison == "<=") return less || equal;
  if (comparison == ">") return !less && !equal;
  return !less;
}

bool passes(const PathFilter& filter, const Json& item) {
  const auto left = filter.left.find(item);
  if (filter.comparison.empty()) return !left.empty();
  if (left.empty()) return false;
  if (!filter.rightIsPath) return compares(*left[0], filter.comparison, filter.rightValue);
  const auto right = filter.rightPath.find(item);
  return !right.empty() && compares(*left[0], filter.comparison, *right[0]);
}

void addSlice(const PathStep& step, const Json& list, Found& found) {
  const int size = static_cast<int>(list.size());
  const auto from = [size](int index) { return index < 0 ? index + size : index; };
  const auto add = [&](int index) {
    if (index >= 0 && index < size) found.push_back(&list[static_cast<std::size_t>(index)]);
  };
  for (const int index : step.indexes) add(from(index));
  if (!step.indexes.empty()) return;
  const int end = step.openEnd ? size : std::min(from(step.end), size);
  for (int i = std::max(0, from(step.begin)); i < end; ++i) add(i);
}

void follow(const PathStep& step, const Json& node, Found& found) {
  switch (step.kind) {
    case PathStep::Kind::Field:
      for (const auto& name : step.names)
        if (node.is_object() && node.contains(name)) found.push_back(&node[name]);
      return;
    case PathStep::Kind::Wildcard:
      if (node.is_structured())
        for (const auto& child : node) found.push_back(&child);
      return;
    case PathStep::Kind::Recursive:
      addDescendants(node, found);
      return;
    case PathStep::Kind::Slice:
      if (node.is_array()) addSlice(step, node, found);
      return;
    case PathStep::Kind::Filter:
      if (node.is_array())
        for (const auto& item : node)
          if (passes(*step.filter, item)) found.push_back(&item);
      return;
  }
}

void renderNodes(const std::vector<TemplateNode>& nodes, const Json& document, std::string& text) {
  for (const auto& node : nodes) {
    switch (node.kind) {
      case TemplateNode::Kind::Text:
        text += node.text;
        break;
      case TemplateNode::Kind::Path: {
        bool first = true;
        for (const auto* value : node.path.find(document)) {
          text += (first ? "" : " ") + plainText(*value);
          first = false;
        }
        break;
      }
      case TemplateNode::Kind::Range:
        for (const auto* value : node.path.find(document)) renderNodes(node.body, *value, text);
        break;
    }
  }
}

}  // namespace

std::string plainText(const Json& value) {
  return value.is_string() ? value.get<std::string>() : dumpJson(value);
}

std::vector<const Json*> JsonPath::find(const Json& document) const {
  Found found{&document};
  for (const auto& step : steps) {
    Found next;
    for (const auto* node : found) follow(step, *node, next);
    found = std::move(next);
  }
  return found;
}

std::string JsonPathTemplate::render(const Json& document) const {
  std::string text;
  renderNodes(nodes_, document, text);
  return text;
}

}  // namespace berth::cli
