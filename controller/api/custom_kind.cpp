#include "controller/api/custom_kind.hpp"

#include <algorithm>
#include <set>

#include "controller/api/embedded_kinds.hpp"
#include "controller/api/status.hpp"
#include "core/object/names.hpp"
#include "core/schema/shape.hpp"
#include "core/schema/structural.hpp"

namespace berth::api {
namespace {

constexpr const char* kOurGroup = "berth.dev";
constexpr const char* kApproval = "api-approved.kubernetes.io";

std::string lower(std::string text) {
  std::ranges::transform(
      text, text.begin(), [](char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; });
  return text;
}

const Json& listAt(const Json& document, const char* path) {
  static const Json kNone = Json::array();
  const auto* found = findPath(document, path);
  return found != nullptr && found->is_array() ? *found : kNone;
}

bool isProtected(std::string_view group) {
  return group == "k8s.io" || group.ends_with(".k8s.io") || group == "kubernetes.io" ||
         group.ends_with(".kubernetes.io");
}

/// Collects causes; each check is of one part.
class Checker {
 public:
  explicit Checker(const Json& document) : document_(document) {}

  void group() {
    const auto group = stringAt(document_, "spec.group");
    const auto problem = checkSubdomain(group);
    if (problem) add(invalidValue("spec.group", group, *problem));
    if (!problem && group.find('.') == std::string::npos)
      add(invalidValue("spec.group", group, "should be a domain with at least one dot"));
    const auto* approval = findPath(document_, "metadata.annotations");
    const bool isApproved = approval != nullptr && approval->contains(kApproval);
    if (isProtected(group) && !isApproved)
      add(requiredValue(
          std::string("metadata.annotations[") + kApproval + "]",
          "protected groups must have approval annotation \"api-approved.kubernetes.io\", see "
          "https://github.com/kubernetes/enhancements/pull/1111"));
    for (const auto& kind : embeddedKinds()->kinds())
      if (kind->type.group == group && group != kOurGroup)
        return add(forbiddenValue("spec.group", "the group " + group + " is served already"));
  }

  void names() {
    const auto wanted =
        stringAt(document_, "spec.names.plural") + "." + stringAt(document_, "spec.group");
    const auto name = stringAt(document_, "metadata.name");
    if (name != wanted)
      add(invalidValue("metadata.name", name, "must be spec.names.plural+\".\"+spec.group"));
    for (const char* member : {"plural", "singular"}) label(std::string("spec.names.") + member);
    for (const char* member : {"kind", "listKind"}) kindName(std::string("spec.names.") + member);
    if (stringAt(document_, "spec.names.kind") == stringAt(document_, "spec.names.listKind"))
      add(invalidValue(
          "spec.names.listKind",
          stringAt(document_, "spec.names.listKind"),
          "kind and listKind may not be the same"));
    for (const char* member : {"shortNames", "categories"}) {
      const auto path = std::string("spec.names.") + member;
      std::size_t i = 0;
      for (const auto& item : listAt(document_, path.c_str())) {
        const auto problem = checkLabelName(item.get_ref<const std::string&>());
        if (problem) add(invalidValue(path + "[" + std::to_string(i) + "]", item, *problem));
        ++i;
      }
    }
  }

  void conversion() {
    const auto strategy = stringAt(document_, "spec.conversion.strategy");
    if (strategy != "None")
      add(forbiddenValue(
          "spec.conversion.strategy", "this server converts nothing: only None is supported"));
    const auto* preserve = findPath(document_, "spec.preserveUnknownFields");
    if (preserve != nullptr && *preserve == true)
      add(invalidValue(
          "spec.preserveUnknownFields",
          true,
          "cannot set to true, set "
          "x-kubernetes-preserve-unknown-fields to true in spec.versions[*].schema "
          "instead"));
  }

  void versions() {
    std::set<std::string> seen;
    int storage = 0;
    std::size_t i = 0;
    for (const auto& version : listAt(document_, "spec.versions")) {
      const auto path = "spec.versions[" + std::to_string(i++) + "]";
      const auto name = stringAt(version, "name");
      if (const auto problem = checkLabelName(name))
        add(invalidValue(path + ".name", name, *problem));
      if (!seen.insert(name).second)
        add({"FieldValueDuplicate", "Duplicate value: \"" + name + '"', path + ".name"});
      storage += version.value("storage", false) ? 1 : 0;
      schema(version, path);
    }
    if (storage != 1)
      add(invalidValue(
          "spec.versions",
          listAt(document_, "spec.versions").size(),
          "must have exactly one version marked as storage version"));
    for (const auto& stored : listAt(document_, "status.storedVersions"))
      if (!seen.contains(stored.get<std::string>()))
        add(invalidValue("status.storedVersions", stored, "must appear in spec.versions"));
  }

  void unchanged(const Json& stored) {
    for (const char* path : {"spec.scope", "spec.names.plural", "spec.names.kind"})
      if (stringAt(stored, path) != stringAt(document_, path))
        add(invalidValue(path, stringAt(document_, path), "field is immutable"));
  }

  std::vector<Cause> causes;

 private:
  void add(Cause cause) { causes.push_back(std::move(cause)); }

  void label(const std::string& path) {
    const auto text = stringAt(document_, path);
    if (const auto problem = checkLabelName(text)) add(invalidValue(path, text, *problem));
  }

  void kindName(const std::string& path) {
    const auto text = stringAt(document_, path);
    if (const auto problem = checkLabelName(lower(text)))
      add(invalidValue(path, text, "may have mixed case, but should otherwise match: " + *problem));
  }

  void schema(const Json& version, const std::string& path) {
    const auto* schema = findPath(version, "schema.openAPIV3Schema");
    const auto where = path + ".schema.openAPIV3Schema";
    if (schema == nullptr) return add(requiredValue(where, "schemas are required"));
    std::ranges::move(checkStructural(*schema, where), std::back_inserter(causes));
    columns(version, path);
    scale(version, path);
    const auto loaded = loadSchema(*schema);
    if (loaded) selectable(version, *loaded, path);
  }

  void columns(const Json& version, const std::string& path) {
    static const std::set<std::string> kTypes{"boolean", "date", "integer", "number", "string"};
    std::size_t i = 0;
    for (const auto& column : listAt(version, "additionalPrinterColumns")) {
      const auto where = path + ".additionalPrinterColumns[" + std::to_string(i++) + "]";
      const auto type = stringAt(column, "type");
      if (!kTypes.contains(type))
        add(unsupportedValue(
            where + ".type", type, {"boolean", "date", "integer", "number", "string"}));
      jsonPath(stringAt(column, "jsonPath"), where + ".jsonPath");
    }
  }

  void scale(const Json& version, const std::string& path) {
    const auto* paths = findPath(version, "subresources.scale");
    if (paths == nullptr) return;
    const auto check = [&](const char* member, const std::string& under, bool isRequired) {
      const auto text = stringAt(*paths, member);
      const auto where = path + ".subresources.scale." + member;
      if (text.empty() && isRequired) return add(requiredValue(where, ""));
      if (text.empty()) return;
      if (!text.starts_with(under) || text.find('[') != std::string::npos)
        add(invalidValue(where, text, "should be a json path under " + under));
    };
    check("specReplicasPath", ".spec.", true);
    check("statusReplicasPath", ".status.", true);
    check("labelSelectorPath", ".s", false);
  }

  void selectable(const Json& version, const Schema& schema, const std::string& path) {
    std::set<std::string> seen;
    std::size_t i = 0;
    for (const auto& field : listAt(version, "selectableFields")) {
      const auto where = path + ".selectableFields[" + std::to_string(i++) + "].jsonPath";
      const auto text = stringAt(field, "jsonPath");
      const bool isSimple = text.starts_with('.') && text.find('[') == std::string::npos;
      const auto* target = isSimple ? schema.at(std::string_view(text).substr(1)) : nullptr;
      if (!isSimple || target == nullptr || text.starts_with(".metadata.")) {
        add(invalidValue(where, text, "is an invalid path: does not refer to a valid field"));
      } else if (
          target->type != "string" && target->type != "boolean" && target->type != "integer") {
        add(invalidValue(where, text, "must point to a field of type string, boolean or integer"));
      }
      if (!seen.insert(text).second)
        add({"FieldValueDuplicate", "Duplicate value: \"" + text + '"', where});
    }
  }

  void jsonPath(const std::string& text, const std::string& where) {
    if (!text.starts_with('.'))
      return add(invalidValue(where, text, "must be a simple json path starting with ."));
    if (const auto parsed = JsonPath::parse(text); !parsed)
      add(invalidValue(where, text, parsed.error().message));
  }

  const Json& document_;
};

bool isStorage(const Json& version) {
  return version.is_object() && version.value("storage", Json()) == true;
}

void setCondition(Json& document, const char* type, const char* reason, const char* message) {
  auto& conditions = document["status"]["conditions"];
  if (!conditions.is_array()) conditions = Json::array();
  for (const auto& condition : conditions)
    if (stringAt(condition, "type") == type) return;
  conditions.push_back(
      {{"type", type},
       {"status", "True"},
       {"reason", reason},
       {"message", message},
       {"lastTransitionTime", stringAt(document, "metadata.creationTimestamp")}});
}

/// What this program says of one of its kinds; null when it is none.
Json ourDocument(const std::string& name) {
  for (const auto& kind : embeddedKinds()->kinds()) {
    const auto& document = kind->definition->document;
    if (kind->type.group == kOurGroup && stringAt(document, "metadata.name") == name)
      return document;
  }
  return nullptr;
}

}  // namespace

bool isCustomKind(const ServedKind& kind) {
  return kind.type.group == kCustomKindType.group && kind.type.plural == kCustomKindType.plural;
}

void completeCustomKind(Json& document) {
  const auto spec = document.find("spec");
  if (spec == document.end() || !spec->is_object()) return;
  const auto names = spec->find("names");
  if (names == spec->end() || !names->is_object()) return;
  const auto kind = stringAt(*names, "kind");
  if (kind.empty()) return;
  if (stringAt(*names, "singular").empty()) (*names)["singular"] = lower(kind);
  if (stringAt(*names, "listKind").empty()) (*names)["listKind"] = kind + "List";
}

std::vector<Cause> checkCustomKind(const Json& document, const Json* stored) {
  Checker checker(document);
  checker.group();
  checker.names();
  checker.conversion();
  checker.versions();
  if (stored != nullptr) checker.unchanged(*stored);
  return std::move(checker.causes);
}

void acceptCustomKind(Json& document) {
  auto& status = document["status"];
  if (!status.is_object()) status = Json::object();
  if (const auto* names = findPath(document, "spec.names")) status["acceptedNames"] = *names;
  auto& versions = status["storedVersions"];
  if (!versions.is_array()) versions = Json::array();
  for (const auto& version : listAt(document, "spec.versions"))
    if (isStorage(version) &&
        std::ranges::find(versions, version.value("name", Json())) == versions.end())
      versions.push_back(version.value("name", Json()));
  setCondition(document, "NamesAccepted", "NoConflicts", "no conflicts found");
  setCondition(
      document, "Established", "InitialNamesAccepted", "the initial names have been accepted");
}

std::vector<std::string> claimsOfCustomKind(const Json& document) {
  const auto group = stringAt(document, "spec.group");
  std::set<std::string> claims;
  for (const char* member : {"plural", "singular"})
    claims.insert("name/" + group + "/" + stringAt(document, std::string("spec.names.") + member));
  for (const auto& name : listAt(document, "spec.names.shortNames"))
    claims.insert("name/" + group + "/" + name.get<std::string>());
  for (const char* member : {"kind", "listKind"})
    claims.insert("kind/" + group + "/" + stringAt(document, std::string("spec.names.") + member));
  return {claims.begin(), claims.end()};
}

Result<> guardCustomKind(const ServedKind& kind, const Json& document) {
  if (stringAt(document, "spec.group") != kOurGroup) return Ok{};
  const auto name = stringAt(document, "metadata.name");
  auto ours = ourDocument(name);
  if (ours.is_object()) {
    completeCustomKind(ours);
    pruneUnknown(kind.schema(), ours);
    applyDefaults(kind.schema(), ours);
    if (ours["spec"] == document.value("spec", Json())) return Ok{};
  }
  return Error{
      Reason::Forbidden,
      kCustomKindType.resource() + " \"" + name +
          "\" is forbidden: the kinds of the group berth.dev are part of the server, which serves "
          "them as they are"};
}

Result<> guardCustomKindDeletion(const std::string& name) {
  if (ourDocument(name).is_null()) return Ok{};
  return Error{
      Reason::Forbidden,
      kCustomKindType.resource() + " \"" + name +
          "\" is forbidden: this kind is part of the server and may not be deleted"};
}

}  // namespace berth::api
