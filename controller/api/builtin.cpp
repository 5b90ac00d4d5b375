#include "controller/api/builtin.hpp"

#include <algorithm>
#include <cctype>

#include "controller/api/custom_kind.hpp"
#include "controller/api/rbac_kinds.hpp"
#include "controller/api/status.hpp"
#include "core/crypto/encoding.hpp"

namespace berth::api {
namespace {

bool isCore(const ServedKind& kind, std::string_view name) {
  return kind.type.group.empty() && kind.type.kind == name;
}

bool isDataKey(std::string_view key) {
  return !key.empty() && key.size() <= 253 && key != "." && key != ".." &&
         std::ranges::all_of(key, [](unsigned char c) {
           return std::isalnum(c) != 0 || c == '-' || c == '_' || c == '.';
         });
}

Json member(const Json& document, const char* name) { return document.value(name, Json()); }

}  // namespace

bool isNamespace(const ServedKind& kind) { return isCore(kind, "Namespace"); }

void foldShorthands(const ServedKind& kind, Json& document) {
  if (isCustomKind(kind)) completeCustomKind(document);
  if (isRbac(kind)) completeRbac(kind, document);
  if (!isCore(kind, "Secret")) return;
  const auto plain = document.find("stringData");
  if (plain == document.end()) return;
  const auto texts = *plain;
  const bool sound =
      texts.is_null() || (texts.is_object() && std::ranges::all_of(texts, [](const Json& text) {
                            return text.is_string();
                          }));
  if (!sound) return;  // validation names it
  document.erase("stringData");
  if (texts.empty()) return;
  auto& data = document["data"];
  if (!data.is_object()) data = Json::object();
  for (const auto& [key, text] : texts.items())
    data[key] = toBase64(text.get_ref<const std::string&>());
}

void initializeBuiltin(const ServedKind& kind, Json& document) {
  completeBuiltin(kind, document);
  if (!isNamespace(kind)) return;
  document["metadata"]["labels"]["kubernetes.io/metadata.name"] =
      stringAt(document, "metadata.name");
  document["spec"] = {{"finalizers", {"kubernetes"}}};
  document["status"] = {{"phase", "Active"}};
}

void completeBuiltin(const ServedKind& kind, Json& document) {
  if (isCustomKind(kind)) acceptCustomKind(document);
}

std::vector<Cause> checkBuiltin(const ServedKind& kind, const Json& document) {
  if (isRbac(kind)) return checkRbac(kind, document);
  std::vector<Cause> causes;
  const bool secret = isCore(kind, "Secret");
  if (!secret && !isCore(kind, "ConfigMap")) return causes;
  for (const char* name : {"data", "binaryData"}) {
    const auto data = member(document, name);
    if (!data.is_object()) continue;
    const bool encoded = secret || name == std::string_view("binaryData");
    for (const auto& [key, value] : data.items()) {
      const auto field = std::string(name) + "[" + key + "]";
      if (!isDataKey(key))
        causes.push_back(invalidValue(
            field,
            key,
            "a valid config key must consist of alphanumeric characters, '-', '_' or '.' (e.g. "
            "'key.name',  or 'KEY_NAME',  or 'key-name', regex used for validation is "
            "'[-._a-zA-Z0-9]+')"));
      if (encoded && (!value.is_string() || !fromBase64(value.get_ref<const std::string&>())))
        causes.push_back({"FieldValueInvalid", "Invalid value: not base64", field});
    }
  }
  return causes;
}

std::vector<Cause> checkImmutable(
    const ServedKind& kind, const Json& document, const Json& stored) {
  if (isRbac(kind)) return checkRbacChange(kind, document, stored);
  std::vector<Cause> causes;
  const bool secret = isCore(kind, "Secret");
  if (!secret && !isCore(kind, "ConfigMap")) return causes;
  if (secret && member(document, "type") != member(stored, "type"))
    causes.push_back(invalidValue("type", member(document, "type"), "field is immutable"));
  if (member(stored, "immutable") != true) return causes;
  constexpr const char* kWhy = "field is immutable when `immutable` is set";
  for (const char* name : {"immutable", "data", "binaryData"})
    if (member(document, name) != member(stored, name))
      causes.push_back(forbiddenValue(name, kWhy));
  return causes;
}

std::string scalarText(const Json& value) {
  if (value.is_string()) return value.get<std::string>();
  return value.is_null() ? std::string() : dumpJson(value);
}

}  // namespace berth::api
