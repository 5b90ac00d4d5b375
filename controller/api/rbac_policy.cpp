#include "controller/api/rbac_policy.hpp"

#include <algorithm>

namespace berth::api {
namespace {

std::string inQuotes(const std::string& text) { return '"' + text + '"'; }

std::string textOf(const RbacSubject& subject) {
  const auto where = subject.namespaceName.empty() ? "" : "/" + subject.namespaceName;
  return subject.kind + ' ' + inQuotes(subject.name + where);
}

}  // namespace

RbacBinding readBinding(const Json& document) {
  RbacBinding binding{
      .key = {stringAt(document, "metadata.namespace"), stringAt(document, "metadata.name")},
      .roleKind = stringAt(document, "roleRef.kind"),
      .roleName = stringAt(document, "roleRef.name")};
  const auto* subjects = findPath(document, "subjects");
  if (subjects == nullptr || !subjects->is_array()) return binding;
  for (const auto& subject : *subjects)
    binding.subjects.push_back(
        {.kind = stringAt(subject, "kind"),
         .name = stringAt(subject, "name"),
         .namespaceName = stringAt(subject, "namespace")});
  return binding;
}

std::string RbacPolicy::Grant::text() const {
  const auto& key = binding->key;
  const bool isLocal = !key.namespaceName.empty();
  const auto name = isLocal ? key.name + "/" + key.namespaceName : key.name;
  return std::string(isLocal ? "RoleBinding " : "ClusterRoleBinding ") + inQuotes(name) + " of " +
         binding->roleKind + ' ' + inQuotes(binding->roleName) + " to " +
         textOf(binding->subjects[subject]);
}

RbacPolicy::RbacPolicy(RbacRoles roles, const RbacBindings& bindings) : roles_(std::move(roles)) {
  for (const auto& [key, binding] : bindings) {
    const bool isLocalRole = binding->roleKind == "Role";
    const auto rules = role({isLocalRole ? key.namespaceName : "", binding->roleName});
    if (rules == nullptr || (isLocalRole && key.namespaceName.empty())) continue;
    for (std::size_t i = 0; i < binding->subjects.size(); ++i) {
      auto& holdings = holdingsOf(binding->subjects[i]);
      auto& grants =
          key.namespaceName.empty() ? holdings.everywhere : holdings.inNamespace[key.namespaceName];
      grants.push_back({rules, binding, i});
    }
  }
}

RbacPolicy::Holdings& RbacPolicy::holdingsOf(const RbacSubject& subject) {
  if (subject.kind == "Group") return groups_[subject.name];
  if (subject.kind == "User") return users_[subject.name];
  return users_["system:serviceaccount:" + subject.namespaceName + ":" + subject.name];
}

const RbacPolicy::Grant* RbacPolicy::findGrant(
    const User& user,
    const std::string& namespaceName,
    const std::function<bool(const Grant&)>& use) const {
  const auto among = [&](const std::vector<Grant>& grants) -> const Grant* {
    const auto found = std::ranges::find_if(grants, use);
    return found == grants.end() ? nullptr : &*found;
  };
  const auto held = [&](const Index& index, const std::string& name) -> const Grant* {
    const auto found = index.find(name);
    if (found == index.end()) return nullptr;
    if (const auto* grant = among(found->second.everywhere)) return grant;
    const auto& local = found->second.inNamespace;
    const auto there = namespaceName.empty() ? local.end() : local.find(namespaceName);
    return there == local.end() ? nullptr : among(there->second);
  };
  if (const auto* grant = held(users_, user.name)) return grant;
  for (const auto& group : user.groups)
    if (const auto* grant = held(groups_, group)) return grant;
  return nullptr;
}

const RbacPolicy::Grant* RbacPolicy::find(const User& user, const RequestInfo& request) const {
  const Attempt attempt(request);
  return findGrant(user, request.rightsNamespace(), [&](const Grant& grant) {
    return std::ranges::any_of(
        *grant.rules, [&](const PolicyRule& rule) { return attempt.isAllowedBy(rule); });
  });
}

PolicyRules RbacPolicy::rulesOf(const User& user, const std::string& namespaceName) const {
  PolicyRules all;
  findGrant(user, namespaceName, [&](const Grant& grant) {
    for (const auto& rule : *grant.rules)
      if (std::ranges::find(all, rule) == all.end()) all.push_back(rule);
    return false;
  });
  return all;
}

std::shared_ptr<const PolicyRules> RbacPolicy::role(const ObjectKey& key) const {
  const auto found = roles_.find(key);
  return found == roles_.end() ? nullptr : found->second;
}

}  // namespace berth::api
