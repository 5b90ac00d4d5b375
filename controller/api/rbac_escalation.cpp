#include "controller/api/rbac_escalation.hpp"

#include <algorithm>

#include "controller/api/rbac_kinds.hpp"
#include "controller/api/status.hpp"

namespace berth::api {
namespace {

const ResourceType kClusterRoles{
    "rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false};
const ResourceType kRoles{"rbac.authorization.k8s.io", "v1", "Role", "roles", true};

Json member(const Json& document, const char* name) { return document.value(name, Json()); }

/// What counts of a change: not what the garbage collector writes.
Json substance(Json document) {
  auto& metadata = document["metadata"];
  for (const char* name : {"finalizers", "ownerReferences", "managedFields", "resourceVersion"})
    metadata.erase(name);
  return document;
}

bool isAllowed(
    const Authorizer& authorizer,
    const User& user,
    const char* verb,
    const ResourceType& type,
    const ObjectKey& key) {
  return authorizer
      .decide(
          user,
          {.verb = verb,
           .isResource = true,
           .group = type.group,
           .version = type.version,
           .namespaceName = key.namespaceName,
           .plural = type.plural,
           .name = key.name})
      .allowed;
}

std::string groupsText(const User& user) {
  std::string text;
  for (const auto& group : user.groups) text += (text.empty() ? "" : " ") + dumpJson(group);
  return text;
}

Error refused(const ResourceType& type, const std::string& name, const std::string& why) {
  return {Reason::Forbidden, type.resource() + " \"" + name + "\" is forbidden: " + why};
}

/// What is granted, and by which object.
struct Granting {
  const ResourceType& type;
  ObjectKey key;
  const User& user;
};

Result<> checkHeld(const Granting& granting, const RbacPolicy& policy, const PolicyRules& rules) {
  const auto& user = granting.user;
  const auto held = policy.rulesOf(user, granting.key.namespaceName);
  const auto missing = missingFrom(held, rules);
  if (!missing) return refused(granting.type, granting.key.name, missing.error().message);
  if (missing->empty()) return Ok{};
  std::vector<std::string> lines;
  for (const auto& rule : *missing) lines.push_back(ruleText(rule));
  std::ranges::sort(lines);
  std::string list;
  for (const auto& line : lines) list += "\n" + line;
  return refused(
      granting.type,
      granting.key.name,
      "user \"" + user.name + "\" (groups=[" + groupsText(user) +
          "]) is attempting to grant RBAC permissions not currently held:" + list);
}

Result<> checkRole(
    const Authorizer& authorizer,
    const Granting& granting,
    const Json* stored,
    const Json& wanted) {
  if (isAllowed(authorizer, granting.user, "escalate", granting.type, granting.key)) return Ok{};
  const auto policy = authorizer.policy();
  const bool gathers = !member(wanted, "aggregationRule").is_null() ||
                       (stored != nullptr && !member(*stored, "aggregationRule").is_null());
  if (gathers) {
    // Whatever will be gathered, he must hold it.
    const PolicyRules everything{
        {.verbs = {"*"}, .apiGroups = {"*"}, .resources = {"*"}},
        {.verbs = {"*"}, .nonResourceUrls = {"*"}}};
    if (!checkHeld(granting, *policy, everything))
      return refused(
          granting.type,
          granting.key.name,
          "must have cluster-admin privileges to use an aggregationRule");
  }
  return checkHeld(granting, *policy, readRules(wanted));
}

Result<> checkBinding(const Authorizer& authorizer, const Granting& granting, const Json& wanted) {
  const bool isLocal = stringAt(wanted, "roleRef.kind") == "Role";
  const auto& type = isLocal ? kRoles : kClusterRoles;
  const auto name = stringAt(wanted, "roleRef.name");
  const auto& space = granting.key.namespaceName;
  if (isAllowed(authorizer, granting.user, "bind", type, {space, name})) return Ok{};
  const auto policy = authorizer.policy();
  const auto rules = policy->role({isLocal ? space : "", name});
  if (rules == nullptr) return notFound(type, name);
  return checkHeld(granting, *policy, *rules);
}

}  // namespace

Result<> checkEscalation(
    const Authorizer& authorizer,
    const User& user,
    const ServedKind& kind,
    const Json* stored,
    const Json& wanted) {
  if (!isRbac(kind) || user.isIn("system:masters")) return Ok{};
  if (stored != nullptr && substance(*stored) == substance(wanted)) return Ok{};
  const Granting granting{
      kind.type, {stringAt(wanted, "metadata.namespace"), stringAt(wanted, "metadata.name")}, user};
  const bool isRole = kind.type.kind == "Role" || kind.type.kind == "ClusterRole";
  return isRole ? checkRole(authorizer, granting, stored, wanted)
                : checkBinding(authorizer, granting, wanted);
}

}  // namespace berth::api
