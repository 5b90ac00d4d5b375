#include "tests/support/docker/api_schema.hpp"

#include <algorithm>
#include <fstream>
#include <iterator>

namespace berth::support {
namespace {

bool hasType(const std::string& type, const Json& value) {
  if (type == "string") return value.is_string();
  if (type == "integer") return value.is_number_integer();
  if (type == "number") return value.is_number();
  if (type == "boolean") return value.is_boolean();
  if (type == "array") return value.is_array();
  return value.is_object();
}

}  // namespace

ApiSchema::ApiSchema(const std::string& version) {
  const auto path = std::string(BERTH_TESTDATA) + "/contracts/docker-engine-" + version + ".json";
  std::ifstream file(path);
  const std::string text{std::istreambuf_iterator<char>(file), {}};
  auto parsed = parseJson(text);
  BERTH_ASSERT(parsed.has_value());
  document_ = std::move(parsed->document);
}

/// Follows references, and joins the parts of allOf.
Json ApiSchema::resolve(const Json& schema) const {
  if (schema.contains("$ref")) {
    const auto name =
        schema["$ref"].get<std::string>().substr(std::string("#/definitions/").size());
    return resolve(document_.at("definitions").at(name));
  }
  if (!schema.contains("allOf")) return schema;
  auto joined = schema;
  joined.erase("allOf");
  for (const auto& part : schema["allOf"]) {
    const auto resolved = resolve(part);
    if (resolved.contains("type")) joined["type"] = resolved["type"];
    for (const auto* member : {"properties", "required"})
      if (resolved.contains(member)) {
        auto& target = joined[member];
        if (resolved[member].is_object())
          target.update(resolved[member]);
        else
          for (const auto& name : resolved[member]) target.push_back(name);
      }
  }
  return joined;
}

void ApiSchema::check(
    const Json& schema,
    const Json& value,
    const std::string& at,
    std::vector<std::string>& faults) const {
  if (value.is_null()) return;
  const auto rules = resolve(schema);
  const auto type = rules.value("type", rules.contains("properties") ? "object" : "");
  if (!type.empty() && !hasType(type, value)) {
    faults.push_back(at + " is not of type " + type);
    return;
  }
  if (rules.contains("enum") &&
      std::find(rules["enum"].begin(), rules["enum"].end(), value) == rules["enum"].end())
    faults.push_back(at + " has a value that is not in the list: " + value.dump());
  if (type == "object") checkObject(rules, value, at, faults);
  if (type == "array" && rules.contains("items"))
    for (const auto& item : value) check(rules["items"], item, at + "[]", faults);
}

void ApiSchema::checkObject(
    const Json& schema,
    const Json& value,
    const std::string& at,
    std::vector<std::string>& faults) const {
  const auto properties = schema.value("properties", Json::object());
  for (const auto& name : schema.value("required", Json::array()))
    if (!value.contains(name.get<std::string>()))
      faults.push_back(at + " lacks " + name.get<std::string>());
  for (const auto& [name, member] : value.items()) {
    const auto place = at + "." + name;
    if (properties.contains(name)) {
      check(properties[name], member, place, faults);
    } else if (schema.contains("additionalProperties")) {
      const auto& more = schema["additionalProperties"];
      if (more.is_object()) check(more, member, place, faults);
    } else if (!properties.empty()) {
      faults.push_back(place + " is unknown");
    }
  }
}

std::vector<std::string> ApiSchema::checkRequest(
    const std::string& method, const std::string& path, const Json& body) const {
  std::vector<std::string> faults;
  for (const auto& parameter : document_.at("paths").at(path).at(method).at("parameters"))
    if (parameter.value("in", "") == "body") check(parameter["schema"], body, "body", faults);
  return faults;
}

std::vector<std::string> ApiSchema::checkAnswer(
    const std::string& method,
    const std::string& path,
    const std::string& status,
    const Json& body) const {
  std::vector<std::string> faults;
  check(
      document_.at("paths").at(path).at(method).at("responses").at(status).at("schema"),
      body,
      "answer",
      faults);
  return faults;
}

}  // namespace berth::support
