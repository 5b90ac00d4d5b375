#include "core/schema/structural.hpp"

#include <algorithm>
#include <array>
#include <set>

#include "core/schema/shape.hpp"
#include "core/schema/validate.hpp"

namespace berth {
namespace {

constexpr std::size_t kMaxCauses = 100;
constexpr int kMaxDepth = 30;
constexpr std::array kTypes{"array", "boolean", "integer", "number", "object", "string"};
constexpr std::array kForeign{
    "$ref",
    "additionalItems",
    "definitions",
    "dependencies",
    "deprecated",
    "discriminator",
    "id",
    "patternProperties",
    "readOnly",
    "writeOnly",
    "xml"};
constexpr std::array kUnchecked{
    "exclusiveMinimum", "exclusiveMaximum", "multipleOf", "uniqueItems"};
/// What says how an object looks, which alternatives must not.
constexpr std::array kOfShape{
    "type",
    "description",
    "title",
    "default",
    "nullable",
    "additionalProperties",
    "x-kubernetes-int-or-string",
    "x-kubernetes-preserve-unknown-fields",
    "x-kubernetes-embedded-resource",
    "x-kubernetes-list-type",
    "x-kubernetes-list-map-keys",
    "x-kubernetes-map-type"};

bool isSet(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && !found->is_null() && *found != false;
}

std::string textAt(const Json& node, const char* name) {
  const auto found = node.find(name);
  return found != node.end() && found->is_string() ? found->get<std::string>() : "";
}

bool contains(const Json& list, const Json& item) {
  return list.is_array() && std::ranges::find(list, item) != list.end();
}

class Checker {
 public:
  void root(const Json& schema, const std::string& path) {
    if (!schema.is_object()) return invalid(path, "must be an object");
    if (textAt(schema, "type") != "object")
      add(textAt(schema, "type").empty() ? "FieldValueRequired" : "FieldValueInvalid",
          path + ".type",
          textAt(schema, "type").empty()
              ? "Required value: must not be empty at the root"
              : "Invalid value: \"" + textAt(schema, "type") + "\": must be object at the root");
    if (isSet(schema, "nullable"))
      forbid(path + ".nullable", "nullable cannot be true at the root");
    if (isSet(schema, "additionalProperties"))
      forbid(path + ".additionalProperties", "must not be used at the root");
    const auto* metadata = findPath(schema, "properties.metadata");
    if (metadata != nullptr && metadata->is_object()) rootMetadata(*metadata, path);
    node(schema, path, "at the root", 0);
    if (causes.empty()) defaults(schema, path);
  }

  std::vector<Cause> causes;

 private:
  void add(const char* reason, const std::string& path, std::string message) {
    if (causes.size() < kMaxCauses) causes.push_back({reason, std::move(message), path});
  }
  void forbid(const std::string& path, const std::string& why) {
    add("FieldValueForbidden", path, "Forbidden: " + why);
  }
  void require(const std::string& path, const std::string& why) {
    add("FieldValueRequired", path, "Required value: " + why);
  }
  void invalid(const std::string& path, const std::string& why) {
    add("FieldValueInvalid", path, "Invalid value: " + why);
  }

  void rootMetadata(const Json& metadata, const std::string& path) {
    const auto* properties = findPath(metadata, "properties");
    if (properties == nullptr || !properties->is_object()) return;
    for (const auto& [name, value] : properties->items())
      if (name != "name" && name != "generateName")
        forbid(
            path + ".properties[metadata]",
            "must not specify anything other than name and generateName, but metadata is "
            "implicitly specified");
  }

  void node(const Json& schema, const std::string& path, const std::string& what, int depth) {
    if (causes.size() >= kMaxCauses) return;
    if (!schema.is_object()) return invalid(path, "must be a schema object");
    if (depth > kMaxDepth) return forbid(path, "nested too deeply");
    keywords(schema, path);
    type(schema, path, what);
    object(schema, path, depth);
    list(schema, path, depth);
    rules(schema, path);
    for (const char* name : {"allOf", "anyOf", "oneOf"}) alternatives(schema, path, name);
    if (const auto found = schema.find("not"); found != schema.end())
      alternative(*found, schema, path + ".not");
  }

  void keywords(const Json& schema, const std::string& path) {
    for (const auto* name : kForeign)
      if (isSet(schema, name)) forbid(path + '.' + name, std::string(name) + " is not supported");
    for (const auto* name : kUnchecked)
      if (isSet(schema, name)) forbid(path + '.' + name, "this server does not check it");
    if (const auto pattern = textAt(schema, "pattern"); !pattern.empty())
      if (const auto compiled = Pattern(pattern).compile(); !compiled)
        invalid(path + ".pattern", Json(pattern).dump() + ": " + compiled.error().message);
    const auto values = schema.find("enum");
    if (values != schema.end() && (!values->is_array() || values->empty()))
      invalid(path + ".enum", "must be a list with values");
  }

  void type(const Json& schema, const std::string& path, const std::string& what) {
    const auto name = textAt(schema, "type");
    const bool intOrString = isSet(schema, "x-kubernetes-int-or-string");
    if (intOrString && !name.empty())
      forbid(path + ".type", "must be empty if x-kubernetes-int-or-string is true");
    if (intOrString || (name.empty() && isSet(schema, "x-kubernetes-preserve-unknown-fields")))
      return;
    if (name.empty()) {
      if (what != "at the root") require(path + ".type", "must not be empty for " + what);
    } else if (std::ranges::find(kTypes, name) == kTypes.end()) {
      add("FieldValueNotSupported",
          path + ".type",
          "Unsupported value: \"" + name +
              "\": supported values: \"array\", \"boolean\", \"integer\", \"number\", \"object\", "
              "\"string\"");
    }
  }

  void object(const Json& schema, const std::string& path, int depth) {
    const auto properties = schema.find("properties");
    const auto others = schema.find("additionalProperties");
    const bool hasProperties = properties != schema.end() && !properties->empty();
    if (others != schema.end() && *others == false)
      forbid(path + ".additionalProperties", "additionalProperties cannot be set to false");
    if (hasProperties && others != schema.end() && others->is_object())
      forbid(
          path + ".additionalProperties",
          "additionalProperties and properties are mutual exclusive");
    if (hasProperties && !properties->is_object())
      return invalid(path + ".properties", "must be an object");
    if (hasProperties)
      for (const auto& [name, child] : properties->items())
        node(child, path + ".properties[" + name + "]", "specified object fields", depth + 1);
    if (others != schema.end() && others->is_object())
      node(*others, path + ".additionalProperties", "specified object fields", depth + 1);
    const auto mapType = textAt(schema, "x-kubernetes-map-type");
    if (!mapType.empty() && mapType != "atomic" && mapType != "granular")
      add("FieldValueNotSupported",
          path + ".x-kubernetes-map-type",
          "Unsupported value: \"" + mapType + "\": supported values: \"atomic\", \"granular\"");
  }

  void list(const Json& schema, const std::string& path, int depth) {
    const bool isArray = textAt(schema, "type") == "array";
    const auto items = schema.find("items");
    if (items != schema.end() && !items->is_object())
      return forbid(path + ".items", "items must be a schema object and not an array");
    if (isArray && items == schema.end()) return require(path + ".items", "must be specified");
    const auto listType = textAt(schema, "x-kubernetes-list-type");
    if (!listType.empty() && !isArray)
      invalid(
          path + ".type",
          "\"" + textAt(schema, "type") +
              "\": must be array if x-kubernetes-list-type is specified");
    if (items == schema.end()) return;
    node(*items, path + ".items", "specified array items", depth + 1);
    if (listType == "map") return keyedList(schema, *items, path);
    if (listType == "set") return setOf(*items, path);
    if (!listType.empty() && listType != "atomic")
      add("FieldValueNotSupported",
          path + ".x-kubernetes-list-type",
          "Unsupported value: \"" + listType +
              "\": supported values: \"atomic\", \"map\", \"set\"");
  }

  void keyedList(const Json& schema, const Json& items, const std::string& path) {
    const auto keysPath = path + ".x-kubernetes-list-map-keys";
    const auto keys = schema.value("x-kubernetes-list-map-keys", Json::array());
    if (!keys.is_array() || keys.empty())
      return require(keysPath, "must not be empty if x-kubernetes-list-type is map");
    if (textAt(items, "type") != "object")
      return invalid(path + ".items.type", "must be object if parent array's list type is map");
    const auto properties = items.value("properties", Json::object());
    const auto required = items.value("required", Json::array());
    for (const auto& key : keys) {
      const auto name = key.is_string() ? key.get<std::string>() : std::string();
      if (!properties.is_object() || !properties.contains(name)) {
        invalid(
            keysPath, "entries in x-kubernetes-list-map-keys must all be names of item properties");
        continue;
      }
      const auto& property = properties.at(name);
      const auto itemPath = path + ".items.properties[" + name + "]";
      const auto type = property.is_object() ? textAt(property, "type") : "";
      if (type == "object" || type == "array")
        invalid(itemPath + ".type", "must be a scalar type if parent array's list type is map");
      if (!contains(required, key) && property.is_object() && !property.contains("default"))
        require(
            itemPath + ".default",
            "this property is in x-kubernetes-list-map-keys, so it must have a default or be a "
            "required property");
    }
  }

  void setOf(const Json& items, const std::string& path) {
    const auto type = textAt(items, "type");
    const bool atomicMap = type == "object" && textAt(items, "x-kubernetes-map-type") == "atomic";
    const auto listType = textAt(items, "x-kubernetes-list-type");
    const bool atomicList = type == "array" && (listType.empty() || listType == "atomic");
    if ((type == "object" && !atomicMap) || (type == "array" && !atomicList))
      invalid(path + ".items", "items of a set must be scalars, or atomic");
    if (isSet(items, "nullable"))
      forbid(path + ".items.nullable", "cannot be nullable when x-kubernetes-list-type is \"set\"");
  }

  void rules(const Json& schema, const std::string& path) {
    const auto found = schema.find("x-kubernetes-validations");
    if (found == schema.end()) return;
    const auto where = path + ".x-kubernetes-validations";
    if (!found->is_array()) return invalid(where, "must be a list");
    for (const auto& rule : *found)
      if (!rule.is_object() || textAt(rule, "rule") != "self == oldSelf")
        forbid(where, "this server knows no rule but self == oldSelf");
  }

  void alternatives(const Json& schema, const std::string& path, const char* name) {
    const auto found = schema.find(name);
    if (found == schema.end()) return;
    if (!found->is_array()) return invalid(path + '.' + name, "must be a list");
    for (std::size_t i = 0; i < found->size(); ++i)
      alternative(found->at(i), schema, path + '.' + name + '[' + std::to_string(i) + ']');
  }

  /// An alternative tells values apart; how they look is told outside of it.
  void alternative(const Json& schema, const Json& outer, const std::string& path) {
    if (!schema.is_object()) return invalid(path, "must be a schema object");
    const bool isIntOrString = isSet(outer, "x-kubernetes-int-or-string");
    for (const auto* name : kOfShape)
      if (schema.contains(name) && !(isIntOrString && std::string_view(name) == "type"))
        forbid(path + '.' + name, "must be empty to be structural");
    for (const auto* name : kForeign)
      if (isSet(schema, name)) forbid(path + '.' + name, std::string(name) + " is not supported");
    const auto properties = schema.value("properties", Json::object());
    if (!properties.is_object()) return invalid(path + ".properties", "must be an object");
    const auto known = outer.value("properties", Json::object());
    for (const auto& [name, child] : properties.items()) {
      const bool isKnown = known.is_object() && known.contains(name);
      const bool isOpen = isSet(outer, "additionalProperties");
      if (!isKnown && !isOpen)
        require(path + ".properties[" + name + "]", "must be set outside of the alternative too");
      alternative(
          child, isKnown ? known.at(name) : Json::object(), path + ".properties[" + name + "]");
    }
    for (const char* name : {"allOf", "anyOf", "oneOf"}) {
      const auto nested = schema.value(name, Json::array());
      if (!nested.is_array()) continue;
      for (const auto& child : nested) alternative(child, outer, path + '.' + name);
    }
  }

  /// Each default must be what the schema would take.
  void defaults(const Json& schema, const std::string& path) {
    if (const auto found = schema.find("default"); found != schema.end()) {
      const auto loaded = loadSchema(schema);
      if (!loaded) return invalid(path, loaded.error().message);
      auto pruned = *found;
      if (pruned.is_object() && !pruneUnknown(*loaded, pruned).empty())
        invalid(path + ".default", found->dump() + ": must not have unknown fields");
      auto completed = *found;
      applyDefaults(*loaded, completed);
      for (const auto& cause : validate(*loaded, completed))
        invalid(path + ".default" + (cause.field.empty() ? "" : "." + cause.field), cause.message);
    }
    if (const auto found = schema.find("properties"); found != schema.end())
      for (const auto& [name, child] : found->items())
        defaults(child, path + ".properties[" + name + "]");
    for (const char* name : {"items", "additionalProperties"})
      if (const auto found = schema.find(name); found != schema.end() && found->is_object())
        defaults(*found, path + '.' + name);
  }
};

}  // namespace

std::vector<Cause> checkStructural(const Json& schema, const std::string& path) {
  Checker checker;
  checker.root(schema, path);
  if (checker.causes.empty())
    if (const auto loaded = loadSchema(schema); !loaded)
      checker.causes.push_back({"FieldValueInvalid", loaded.error().message, path});
  return std::move(checker.causes);
}

}  // namespace berth
