#include "controller/api/rbac_kinds.hpp"

#include <algorithm>

#include "controller/api/status.hpp"
#include "core/object/selector.hpp"

namespace berth::api {
namespace {

constexpr const char* kGroup = "rbac.authorization.k8s.io";

bool isBinding(const ServedKind& kind) {
  return kind.type.kind == "RoleBinding" || kind.type.kind == "ClusterRoleBinding";
}

Json member(const Json& document, const char* name) { return document.value(name, Json()); }

bool hasItems(const Json& rule, const char* name) {
  const auto items = member(rule, name);
  return items.is_array() && !items.empty();
}

void checkRule(
    const Json& rule, const std::string& path, bool namespaced, std::vector<Cause>& causes) {
  if (!rule.is_object()) return;  // the schema names it
  if (!hasItems(rule, "verbs"))
    causes.push_back(requiredValue(path + ".verbs", "verbs must contain at least one value"));
  if (hasItems(rule, "nonResourceURLs")) {
    const auto field = path + ".nonResourceURLs";
    const auto& urls = rule.at("nonResourceURLs");
    if (namespaced)
      causes.push_back(
          invalidValue(field, urls, "namespaced rules cannot apply to non-resource URLs"));
    const bool mixed = hasItems(rule, "apiGroups") || hasItems(rule, "resources") ||
                       hasItems(rule, "resourceNames");
    if (mixed)
      causes.push_back(invalidValue(
          field, urls, "rules cannot apply to both regular resources and non-resource URLs"));
    return;
  }
  if (!hasItems(rule, "apiGroups"))
    causes.push_back(
        requiredValue(path + ".apiGroups", "resource rules must supply at least one api group"));
  if (!hasItems(rule, "resources"))
    causes.push_back(
        requiredValue(path + ".resources", "resource rules must supply at least one resource"));
}

void checkRole(const ServedKind& kind, const Json& document, std::vector<Cause>& causes) {
  std::size_t index = 0;
  for (const auto& rule : member(document, "rules"))
    checkRule(rule, "rules[" + std::to_string(index++) + "]", kind.type.namespaced, causes);
  const auto aggregation = member(document, "aggregationRule");
  if (aggregation.is_object() && !hasItems(aggregation, "clusterRoleSelectors"))
    causes.push_back(requiredValue(
        "aggregationRule.clusterRoleSelectors",
        "at least one clusterRoleSelector required if aggregationRule is non-nil"));
  if (!aggregation.is_object()) return;
  index = 0;
  for (const auto& selector : member(aggregation, "clusterRoleSelectors")) {
    const auto path = "aggregationRule.clusterRoleSelectors[" + std::to_string(index++) + "]";
    const auto parsed = LabelSelector::fromJson(selector);
    if (!parsed) causes.push_back(invalidValue(path, selector, parsed.error().message));
  }
}

void checkSubject(const Json& subject, const std::string& path, std::vector<Cause>& causes) {
  if (!subject.is_object()) return;
  const auto kind = stringAt(subject, "kind");
  const auto group = stringAt(subject, "apiGroup");
  if (stringAt(subject, "name").empty()) causes.push_back(requiredValue(path + ".name"));
  if (kind == "ServiceAccount") {
    if (!group.empty()) causes.push_back(unsupportedValue(path + ".apiGroup", group, {""}));
    if (stringAt(subject, "namespace").empty())
      causes.push_back(requiredValue(path + ".namespace"));
  } else if (kind == "User" || kind == "Group") {
    if (group != kGroup) causes.push_back(unsupportedValue(path + ".apiGroup", group, {kGroup}));
  } else {
    causes.push_back(unsupportedValue(path + ".kind", kind, {"ServiceAccount", "User", "Group"}));
  }
}

void checkBinding(const ServedKind& kind, const Json& document, std::vector<Cause>& causes) {
  const auto role = member(document, "roleRef");
  if (role.is_object()) {
    const auto group = stringAt(role, "apiGroup");
    const auto roleKind = stringAt(role, "kind");
    if (group != kGroup) causes.push_back(unsupportedValue("roleRef.apiGroup", group, {kGroup}));
    const bool sound = roleKind == "ClusterRole" || (roleKind == "Role" && kind.type.namespaced);
    if (!sound)
      causes.push_back(unsupportedValue(
          "roleRef.kind",
          roleKind,
          kind.type.namespaced ? std::vector<std::string>{"Role", "ClusterRole"}
                               : std::vector<std::string>{"ClusterRole"}));
    if (stringAt(role, "name").empty()) causes.push_back(requiredValue("roleRef.name"));
  }
  std::size_t index = 0;
  for (const auto& subject : member(document, "subjects"))
    checkSubject(subject, "subjects[" + std::to_string(index++) + "]", causes);
}

}  // namespace

bool isRbac(const ServedKind& kind) { return kind.type.group == kGroup; }

void completeRbac(const ServedKind& kind, Json& document) {
  if (!isBinding(kind)) return;
  const auto complete = [](Json& reference) {
    if (!reference.is_object() || !stringAt(reference, "apiGroup").empty()) return;
    const auto name = stringAt(reference, "kind");
    if (name == "ServiceAccount") {
      reference.erase("apiGroup");
    } else {
      reference["apiGroup"] = kGroup;
    }
  };
  if (const auto role = document.find("roleRef"); role != document.end()) complete(*role);
  const auto subjects = document.find("subjects");
  if (subjects == document.end() || !subjects->is_array()) return;
  for (auto& subject : *subjects) complete(subject);
}

std::vector<Cause> checkRbac(const ServedKind& kind, const Json& document) {
  std::vector<Cause> causes;
  if (isBinding(kind)) {
    checkBinding(kind, document, causes);
  } else {
    checkRole(kind, document, causes);
  }
  return causes;
}

std::vector<Cause> checkRbacChange(
    const ServedKind& kind, const Json& document, const Json& stored) {
  if (!isBinding(kind) || member(document, "roleRef") == member(stored, "roleRef")) return {};
  return {invalidValue("roleRef", member(document, "roleRef"), "cannot change roleRef")};
}

}  // namespace berth::api
