#include <algorithm>

#include "core/json/json.hpp"

namespace berth {
namespace {

/// The place after the string that begins at `at`.
std::size_t afterString(std::string_view text, std::size_t at) {
  for (auto end = text.find('"', at + 1); end < text.size(); end = text.find('"', end + 1)) {
    std::size_t escapes = 0;
    while (text[end - 1 - escapes] == '\\') ++escapes;
    if (escapes % 2 == 0) return end + 1;
  }
  return text.size();
}

/// The place after the value that begins at `at`.
std::size_t afterValue(std::string_view text, std::size_t at) {
  int depth = 0;
  while (at < text.size()) {
    const char c = text[at];
    if (c == '"') {
      at = afterString(text, at);
      if (depth == 0) return at;
      continue;
    }
    if (c == '{' || c == '[') ++depth;
    if (depth == 0 && (c == ',' || c == '}' || c == ']')) return at;
    ++at;
    if ((c == '}' || c == ']') && --depth == 0) return at;
  }
  return at;
}

}  // namespace

std::string_view rawMember(std::string_view object, std::string_view name) {
  std::size_t at = 1;
  while (at < object.size() && object[at] == '"') {
    const auto keyEnd = afterString(object, at);
    const auto key = object.substr(at + 1, keyEnd - at - 2);
    const auto valueAt = std::min(keyEnd + 1, object.size());
    const auto end = afterValue(object, valueAt);
    if (key == name) return object.substr(valueAt, end - valueAt);
    at = end + 1;
  }
  return {};
}

}  // namespace berth
