/// @file
/// The rules of roles: what they allow, and whether some cover others.
///
/// As in Kubernetes: a rule allows every verb on every resource that it names, `*`
/// stands for all, `*/status` for that part of everything; nothing takes a right away.
/// Pure.
#pragma once

#include <string>
#include <vector>

#include "controller/api/request_info.hpp"
#include "core/base/result.hpp"
#include "core/json/json.hpp"

namespace berth::api {

struct PolicyRule {
  std::vector<std::string> verbs = {};
  std::vector<std::string> apiGroups = {};
  std::vector<std::string> resources = {};  // plural, or plural/subresource
  std::vector<std::string> resourceNames = {};
  std::vector<std::string> nonResourceUrls = {};

  bool operator==(const PolicyRule&) const = default;
};
using PolicyRules = std::vector<PolicyRule>;

/// The member `rules` of a Role or ClusterRole.
PolicyRules readRules(const Json& role);
Json ruleDocument(const PolicyRule& rule);

/// A request as rules look at it, made once for all of them.
class Attempt {
 public:
  explicit Attempt(const RequestInfo& request);

  [[nodiscard]] bool isAllowedBy(const PolicyRule& rule) const;

 private:
  const RequestInfo& request_;
  std::string resource_;  // hosts/status
  std::string anyOf_;     // */status; empty for a whole object
  const std::string& name_;
};

bool allows(const PolicyRules& rules, const RequestInfo& request);

/// What `held` lacks of `wanted`, as few rules as tell it.  Forbidden when `wanted` names
/// more combinations than can be looked at.
Result<PolicyRules> missingFrom(const PolicyRules& held, const PolicyRules& wanted);

/// `{APIGroups:["berth.dev"], Resources:["hosts"], Verbs:["get" "list"]}`
std::string ruleText(const PolicyRule& rule);

}  // namespace berth::api
