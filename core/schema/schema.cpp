#include "core/schema/schema.hpp"

#include <set>

namespace berth {
namespace {

constexpr const char* kImmutable = "self == oldSelf";
constexpr int kMaxDepth = 32;

const std::set<std::string> kTypes = {"object", "array", "string", "integer", "number", "boolean"};

Error at(const std::string& path, const std::string& problem) {
  return {Reason::Invalid, (path.empty() ? "schema" : path) + ": " + problem};
}

template <class T>
std::optional<T> optionalNumber(const Json& node, const char* name) {
  const auto found = node.find(name);
  if (found == node.end() || !found->is_number()) return std::nullopt;
  return found->get<T>();
}

SchemaLimits limitsOf(const Json& node) {
  return {
      .minimum = optionalNumber<double>(node, "minimum"),
      .maximum = optionalNumber<double>(node, "maximum"),
      .minLength = optionalNumber<std::uint64_t>(node, "minLength"),
      .maxLength = optionalNumber<std::uint64_t>(node, "maxLength"),
      .minItems = optionalNumber<std::uint64_t>(node, "minItems"),
      .maxItems = optionalNumber<std::uint64_t>(node, "maxItems"),
      .minProperties = optionalNumber<std::uint64_t>(node, "minProperties"),
      .maxProperties = optionalNumber<std::uint64_t>(node, "maxProperties"),
  };
}

std::string text(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

bool flag(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_boolean() && found->get<bool>();
}

std::vector<std::string> texts(const Json& node, const char* name) {
  std::vector<std::string> values;
  const auto found = node.find(name);
  if (found == node.end() || !found->is_array()) return values;
  for (const auto& item : *found)
    if (item.is_string()) values.push_back(item.get<std::string>());
  return values;
}

/// Loads node by node; `path` is where it is, for errors.
class Loader {
 public:
  Result<Schema> load(const Json& node, const std::string& path, int depth = 0) const {
    if (!node.is_object()) return at(path, "expected an object");
    if (depth > kMaxDepth) return at(path, "nested too deeply");
    Schema schema;
    BERTH_CHECK(loadScalars(node, path, schema));
    BERTH_CHECK(loadRules(node, path, schema));
    BERTH_CHECK(loadObject(node, path, depth, schema));
    BERTH_CHECK(loadList(node, path, depth, schema));
    BERTH_CHECK(loadJunctors(node, path, depth, schema));
    return schema;
  }

 private:
  Result<> loadScalars(const Json& node, const std::string& path, Schema& schema) const {
    for (const auto* name : {"$ref", "definitions", "dependencies", "patternProperties"})
      if (node.contains(name)) return at(path, std::string(name) + " is not structural");
    schema.type = text(node, "type");
    if (!schema.type.empty() && !kTypes.contains(schema.type))
      return at(path, "unknown type " + schema.type);
    schema.description = text(node, "description");
    schema.format = text(node, "format");
    schema.nullable = flag(node, "nullable");
    schema.intOrString = flag(node, "x-kubernetes-int-or-string");
    schema.preserveUnknown = flag(node, "x-kubernetes-preserve-unknown-fields");
    schema.limits = limitsOf(node);
    if (node.contains("default")) schema.defaultValue = node["default"];
    if (const auto found = node.find("enum"); found != node.end() && found->is_array())
      schema.enumValues.assign(found->begin(), found->end());
    if (const auto pattern = text(node, "pattern"); !pattern.empty()) {
      schema.pattern = std::make_shared<const Pattern>(pattern);
    }
    return Ok{};
  }

  Result<> loadRules(const Json& node, const std::string& path, Schema& schema) const {
    const auto found = node.find("x-kubernetes-validations");
    if (found == node.end()) return Ok{};
    for (const auto& rule : *found) {
      if (text(rule, "rule") != kImmutable)
        return at(path, "the engine does not know the rule " + text(rule, "rule"));
      schema.immutable = true;
      schema.immutableMessage = text(rule, "message");
    }
    return Ok{};
  }

  Result<> loadObject(const Json& node, const std::string& path, int depth, Schema& schema) const {
    schema.required = texts(node, "required");
    schema.atomicMap = text(node, "x-kubernetes-map-type") == "atomic";
    if (const auto found = node.find("properties"); found != node.end()) {
      for (const auto& [name, child] : found->items()) {
        BERTH_TRY(auto loaded, load(child, path.empty() ? name : path + "." + name, depth + 1));
        schema.properties.emplace(name, std::move(loaded));
      }
    }
    const auto found = node.find("additionalProperties");
    if (found == node.end() || found->is_boolean()) return Ok{};
    BERTH_TRY(auto loaded, load(*found, path + ".*", depth + 1));
    schema.additionalProperties = std::make_shared<const Schema>(std::move(loaded));
    return Ok{};
  }

  Result<> loadList(const Json& node, const std::string& path, int depth, Schema& schema) const {
    const auto kind = text(node, "x-kubernetes-list-type");
    if (!kind.empty() && kind != "atomic" && kind != "set" && kind != "map")
      return at(path, "unknown list type " + kind);
    schema.listType = kind == "set"   ? ListType::Set
                      : kind == "map" ? ListType::Map
                                      : ListType::Atomic;
    schema.listMapKeys = texts(node, "x-kubernetes-list-map-keys");
    if (schema.listType == ListType::Map && schema.listMapKeys.empty())
      return at(path, "a map list needs keys");
    const auto found = node.find("items");
    if (found == node.end()) return Ok{};
    BERTH_TRY(auto loaded, load(*found, path + "[]", depth + 1));
    schema.items = std::make_shared<const Schema>(std::move(loaded));
    return Ok{};
  }

  Result<> loadJunctors(
      const Json& node, const std::string& path, int depth, Schema& schema) const {
    const auto loadAll = [&](const char* name, std::vector<Schema>& into) -> Result<> {
      const auto found = node.find(name);
      if (found == node.end()) return Ok{};
      for (const auto& child : *found) {
        BERTH_TRY(auto loaded, load(child, path + "." + name, depth + 1));
        into.push_back(std::move(loaded));
      }
      return Ok{};
    };
    BERTH_CHECK(loadAll("oneOf", schema.junctors.oneOf));
    BERTH_CHECK(loadAll("anyOf", schema.junctors.anyOf));
    BERTH_CHECK(loadAll("allOf", schema.junctors.allOf));
    if (const auto found = node.find("not"); found != node.end()) {
      BERTH_TRY(auto loaded, load(*found, path + ".not", depth + 1));
      schema.junctors.negated = std::make_shared<const Schema>(std::move(loaded));
    }
    return Ok{};
  }
};

}  // namespace

const Schema* Schema::member(const std::string& name) const {
  const auto found = properties.find(name);
  return found != properties.end() ? &found->second : additionalProperties.get();
}

const Schema* Schema::at(std::string_view path) const {
  const Schema* schema = this;
  while (schema != nullptr && !path.empty()) {
    const auto end = std::min(path.find('.'), path.size());
    while (schema != nullptr && schema->items) schema = schema->items.get();
    if (schema != nullptr) schema = schema->member(std::string(path.substr(0, end)));
    path.remove_prefix(std::min(end + 1, path.size()));
  }
  return schema;
}

Result<Schema> loadSchema(const Json& document) { return Loader().load(document, ""); }

}  // namespace berth
