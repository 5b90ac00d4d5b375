#include "core/schema/shape.hpp"

#include <algorithm>
#include <numeric>

namespace berth {
namespace {

std::string child(const std::string& path, const std::string& name) {
  return path.empty() ? name : path + "." + name;
}

std::string item(const std::string& path, std::size_t index) {
  return path + "[" + std::to_string(index) + "]";
}

/// Whether members beyond `properties` belong to the value.
bool isOpen(const Schema& schema) {
  return schema.preserveUnknown || schema.intOrString ||
         (schema.type.empty() && schema.properties.empty());
}

std::string suggest(const Schema& schema, const std::string& path, const std::string& name) {
  std::vector<std::string> names;
  for (const auto& [known, _] : schema.properties) names.push_back(known);
  const auto nearest = closest(name, names);
  return nearest.empty() ? "" : child(path, nearest);
}

/// Visits unknown members; `Document` is Json to remove them, const Json to look.
template <class Document>
class UnknownWalk {
 public:
  void visit(const Schema& schema, Document& value, const std::string& path) {
    if (value.is_object()) visitObject(schema, value, path);
    if (value.is_array() && schema.items) {
      for (std::size_t i = 0; i < value.size(); ++i) visit(*schema.items, value[i], item(path, i));
    }
  }

  std::vector<UnknownField> found;

 private:
  void visitObject(const Schema& schema, Document& value, const std::string& path) {
    if (schema.properties.empty() && schema.additionalProperties == nullptr && isOpen(schema))
      return;
    for (auto entry = value.begin(); entry != value.end();) {
      const auto* known = schema.member(entry.key());
      if (known != nullptr) {
        visit(*known, *entry, child(path, entry.key()));
      } else if (!isOpen(schema)) {
        found.push_back({child(path, entry.key()), suggest(schema, path, entry.key())});
        if constexpr (!std::is_const_v<Document>) {
          entry = value.erase(entry);
          continue;
        }
      }
      ++entry;
    }
  }
};

bool isUnwantedNull(const Schema& schema, const Json& value) {
  return value.is_null() && !schema.nullable && !(schema.type.empty() && isOpen(schema));
}

void fillObject(const Schema& schema, Json& value) {
  for (const auto& [name, member] : schema.properties) {
    auto found = value.find(name);
    if (found != value.end() && isUnwantedNull(member, *found)) {
      value.erase(found);
      found = value.end();
    }
    if (found == value.end() && member.defaultValue) value[name] = *member.defaultValue;
  }
  for (auto& [name, member] : value.items())
    if (const auto* known = schema.member(name); known != nullptr) applyDefaults(*known, member);
}

}  // namespace

std::string UnknownField::message() const {
  auto text = "unknown field \"" + path + "\"";
  return suggestion.empty() ? text : text + ", did you mean \"" + suggestion + "\"?";
}

std::vector<UnknownField> findUnknownFields(const Schema& schema, const Json& object) {
  UnknownWalk<const Json> walk;
  walk.visit(schema, object, "");
  return std::move(walk.found);
}

std::vector<std::string> pruneUnknown(const Schema& schema, Json& object) {
  UnknownWalk<Json> walk;
  walk.visit(schema, object, "");
  std::vector<std::string> paths;
  for (auto& field : walk.found) paths.push_back(std::move(field.path));
  return paths;
}

void applyDefaults(const Schema& schema, Json& object) {
  if (object.is_object()) fillObject(schema, object);
  if (object.is_array() && schema.items)
    for (auto& element : object) applyDefaults(*schema.items, element);
}

std::string closest(const std::string& word, const std::vector<std::string>& candidates) {
  constexpr std::size_t kMaxWord = 64;
  if (word.empty() || word.size() > kMaxWord) return "";
  std::string best;
  auto bestDistance = std::max<std::size_t>(1, word.size() / 3) + 1;
  for (const auto& candidate : candidates) {
    std::vector<std::size_t> row(candidate.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (std::size_t i = 1; i <= word.size(); ++i) {
      auto diagonal = std::exchange(row[0], i);
      for (std::size_t j = 1; j <= candidate.size(); ++j) {
        const auto same = std::tolower(static_cast<unsigned char>(word[i - 1])) ==
                          std::tolower(static_cast<unsigned char>(candidate[j - 1]));
        const auto changed = diagonal + (same ? 0 : 1);
        diagonal = std::exchange(row[j], std::min({changed, row[j] + 1, row[j - 1] + 1}));
      }
    }
    if (row.back() < bestDistance) {
      bestDistance = row.back();
      best = candidate;
    }
  }
  return best;
}

}  // namespace berth
