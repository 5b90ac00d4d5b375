#include "controller/api/metadata.hpp"

#include <algorithm>
#include <set>

#include "controller/api/builtin.hpp"
#include "controller/api/status.hpp"
#include "core/object/names.hpp"
#include "core/schema/validate.hpp"

namespace berth::api {
namespace {

constexpr std::size_t kMaxGeneratedBase = 58;

using Names = std::set<std::string, std::less<>>;

/// Members that the server writes and no client changes.
const std::vector<std::string>& serverMembers() {
  static const std::vector<std::string> kMembers{
      "uid",
      "creationTimestamp",
      "deletionTimestamp",
      "deletionGracePeriodSeconds",
      "generation",
      "generateName"};
  return kMembers;
}

bool isStringMap(const Json& value) {
  return value.is_object() &&
         std::ranges::all_of(value, [](const Json& item) { return item.is_string(); });
}

bool isListOf(const Json& value, bool (Json::*isItem)() const) {
  return value.is_array() &&
         std::ranges::all_of(value, [&](const Json& item) { return (item.*isItem)(); });
}

/// What is wrong with a member's type; empty when it is sound or unknown.
std::string wrongShape(const std::string& name, const Json& value) {
  static const Names kTexts{
      "name",
      "generateName",
      "namespace",
      "uid",
      "resourceVersion",
      "creationTimestamp",
      "deletionTimestamp"};
  if (kTexts.contains(name)) return value.is_string() ? "" : "must be a string";
  if (name == "labels" || name == "annotations")
    return isStringMap(value) ? "" : "must be a map of strings";
  if (name == "generation" || name == "deletionGracePeriodSeconds")
    return value.is_number_integer() ? "" : "must be an integer";
  if (name == "finalizers")
    return isListOf(value, &Json::is_string) ? "" : "must be a list of strings";
  if (name == "ownerReferences")
    return isListOf(value, &Json::is_object) ? "" : "must be a list of objects";
  return "";
}

void checkAddedFinalizers(const Json& document, const Json& stored, std::vector<Cause>& causes) {
  const auto* wanted = findPath(document, "metadata.finalizers");
  if (wanted == nullptr || !isDeleting(stored)) return;
  const auto* before = findPath(stored, "metadata.finalizers");
  Json added = Json::array();
  for (const auto& item : *wanted)
    if (before == nullptr || std::ranges::find(*before, item) == before->end())
      added.push_back(item);
  if (added.empty()) return;
  causes.push_back(forbiddenValue(
      "metadata.finalizers",
      "no new finalizers can be added if the object is being deleted, found new finalizers " +
          dumpJson(added)));
}

/// Whether everything is the same of which a change counts as a new generation.
bool sameSubstance(const ServedKind& kind, const Json& a, const Json& b) {
  const auto counts = [&](const std::string& member) {
    return member != "metadata" && !(kind.hasStatus() && member == "status");
  };
  const auto covers = [&](const Json& wanted, const Json& present) {
    for (const auto& [member, value] : wanted.items()) {
      if (!counts(member)) continue;
      const auto found = present.find(member);
      if (found == present.end() || *found != value) return false;
    }
    return true;
  };
  return covers(a, b) && covers(b, a);
}

void sealMetadata(const Json& metadata, store::Body& body) {
  body.bytes += '{';
  bool first = true;
  for (const auto& [name, value] : metadata.items()) {
    if (!std::exchange(first, false)) body.bytes += ',';
    body.bytes += dumpJson(name) + ':';
    if (name == "resourceVersion") body.revisionAt = body.bytes.size() + 1;
    body.bytes += dumpJson(value);
  }
  body.bytes += '}';
}

Error notThisVersion(const std::string& found, const std::string& expected) {
  return badRequest(
      "the API version in the data (" + found + ") does not match the expected API version (" +
      expected + ")");
}

}  // namespace

bool isDeleting(const Json& document) {
  return findPath(document, "metadata.deletionTimestamp") != nullptr;
}

bool hasFinalizers(const Json& document) {
  const auto* own = findPath(document, "metadata.finalizers");
  const bool isNamespace =
      stringAt(document, "kind") == "Namespace" && stringAt(document, "apiVersion") == "v1";
  const auto* ofSpec = isNamespace ? findPath(document, "spec.finalizers") : nullptr;
  return (own != nullptr && !own->empty()) || (ofSpec != nullptr && !ofSpec->empty());
}

Result<> normalize(const ServedKind& kind, Json& document) {
  if (!document.is_object()) return badRequest("the body is not an object");
  const auto apiVersion = document.value("apiVersion", Json(kind.type.apiVersion()));
  const auto name = document.value("kind", Json(kind.type.kind));
  if (!apiVersion.is_string() || !name.is_string())
    return badRequest("apiVersion and kind must be strings");
  if (apiVersion != kind.type.apiVersion())
    return notThisVersion(apiVersion.get<std::string>(), kind.type.apiVersion());
  if (name != kind.type.kind)
    return badRequest(
        "the kind in the data (" + name.get<std::string>() +
        ") does not match the expected kind (" + kind.type.kind + ")");
  document["apiVersion"] = apiVersion;
  document["kind"] = name;
  auto& metadata = document["metadata"];
  if (metadata.is_null()) metadata = Json::object();
  if (!metadata.is_object()) return badRequest("metadata: must be an object");
  for (auto member = metadata.begin(); member != metadata.end();) {
    const bool present = !member->is_null() && member.key() != "selfLink" &&
                         member.key() != "managedFields" &&
                         !(member->is_structured() && member->empty());
    const auto problem = present ? wrongShape(member.key(), *member) : std::string();
    if (!problem.empty()) return badRequest("metadata." + member.key() + ": " + problem);
    member = present ? std::next(member) : metadata.erase(member);
  }
  return Ok{};
}

Result<> bindToKey(const ServedKind& kind, const ObjectKey& key, Json& document) {
  auto& metadata = document["metadata"];
  const auto name = stringAt(metadata, "name");
  if (!key.name.empty() && !name.empty() && name != key.name)
    return badRequest(
        "the name of the object (" + name + ") does not match the name on the URL (" + key.name +
        ")");
  if (!key.name.empty()) metadata["name"] = key.name;
  const auto space = stringAt(metadata, "namespace");
  if (!kind.type.namespaced) {
    metadata.erase("namespace");
    return Ok{};
  }
  if (!space.empty() && space != key.namespaceName)
    return badRequest(
        "the namespace of the provided object does not match the namespace sent on the request");
  metadata["namespace"] = key.namespaceName;
  return Ok{};
}

Result<> initialize(const ServedKind& kind, Json& document, Time now, Random& random) {
  auto& metadata = document["metadata"];
  if (!stringAt(metadata, "resourceVersion").empty())
    return badRequest("resourceVersion should not be set on objects to be created");
  const auto base = stringAt(metadata, "generateName");
  if (stringAt(metadata, "name").empty() && !base.empty())
    metadata["name"] = base.substr(0, kMaxGeneratedBase) + randomSuffix(random);
  metadata["uid"] = makeUuid(random);
  metadata["creationTimestamp"] = formatRfc3339(now);
  metadata.erase("deletionTimestamp");
  metadata.erase("deletionGracePeriodSeconds");
  metadata.erase("generation");
  if (!kind.builtIn) metadata["generation"] = 1;
  return Ok{};
}

void carryOver(const ServedKind& kind, const Json& stored, Json& document) {
  const auto& before = stored.at("metadata");
  auto& metadata = document["metadata"];
  for (const auto& name : serverMembers()) {
    metadata.erase(name);
    if (const auto found = before.find(name); found != before.end()) metadata[name] = *found;
  }
  metadata["resourceVersion"] = before.value("resourceVersion", Json(""));
  if (!kind.builtIn && !sameSubstance(kind, stored, document))
    metadata["generation"] = integerAt(before, "generation") + 1;
}

std::vector<Cause> checkMetadata(const ServedKind& kind, const Json& document, const Json* stored) {
  auto causes = validateMetadata(document);
  const auto name = stringAt(document, "metadata.name");
  const bool isLabel = isNamespace(kind) && !name.empty() && !checkSubdomain(name);
  if (const auto problem = isLabel ? checkLabelName(name) : std::nullopt)
    causes.push_back(invalidValue("metadata.name", name, *problem));
  if (stored != nullptr) checkAddedFinalizers(document, *stored, causes);
  return causes;
}

store::Body seal(Json document) {
  store::Body body;
  document["metadata"]["resourceVersion"] = "";
  body.bytes += '{';
  bool first = true;
  for (const auto& [name, value] : document.items()) {
    if (!std::exchange(first, false)) body.bytes += ',';
    body.bytes += dumpJson(name) + ':';
    if (name == "metadata") {
      sealMetadata(value, body);
    } else {
      body.bytes += dumpJson(value);
    }
  }
  body.bytes += '}';
  return body;
}

}  // namespace berth::api
