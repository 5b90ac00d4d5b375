/// @file
/// RbacPolicy: who may do what, compiled from roles and bindings.
///
/// By subject, so that a request looks only at what its user and his groups hold.
/// Never changed after it is made: thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "controller/api/authentication.hpp"
#include "controller/api/rbac_rules.hpp"

namespace berth::api {

struct RbacSubject {
  std::string kind;  // User, Group, ServiceAccount
  std::string name;
  std::string namespaceName;  // of a service account
};

/// A RoleBinding, or a ClusterRoleBinding when its key has no namespace.
struct RbacBinding {
  ObjectKey key;
  std::string roleKind;
  std::string roleName;
  std::vector<RbacSubject> subjects;
};

RbacBinding readBinding(const Json& document);

/// Rules by key; a ClusterRole's has no namespace.
using RbacRoles = std::map<ObjectKey, std::shared_ptr<const PolicyRules>>;
using RbacBindings = std::map<ObjectKey, std::shared_ptr<const RbacBinding>>;

class RbacPolicy {
 public:
  RbacPolicy() = default;
  /// A binding of a role that is not there gives nothing.
  RbacPolicy(RbacRoles roles, const RbacBindings& bindings);

  /// What one binding gives one subject.
  struct Grant {
    std::shared_ptr<const PolicyRules> rules;
    std::shared_ptr<const RbacBinding> binding;
    std::size_t subject = 0;  // of the binding's

    /// `RoleBinding "b/acme" of ClusterRole "viewer" to User "ann"`
    [[nodiscard]] std::string text() const;
  };

  /// By which grant it is allowed; nullptr when it is not.
  [[nodiscard]] const Grant* find(const User& user, const RequestInfo& request) const;
  /// All that the user holds in a namespace; empty: what he holds everywhere.
  [[nodiscard]] PolicyRules rulesOf(const User& user, const std::string& namespaceName) const;
  /// The rules of a role; nullptr when there is none.
  [[nodiscard]] std::shared_ptr<const PolicyRules> role(const ObjectKey& key) const;

 private:
  struct Holdings {
    std::vector<Grant> everywhere;
    std::unordered_map<std::string, std::vector<Grant>> inNamespace;
  };
  using Index = std::unordered_map<std::string, Holdings>;

  Holdings& holdingsOf(const RbacSubject& subject);
  /// Until `use` says true; what it ended with.
  const Grant* findGrant(
      const User& user,
      const std::string& namespaceName,
      const std::function<bool(const Grant&)>& use) const;

  RbacRoles roles_;
  Index users_;  // service accounts by their user names
  Index groups_;
};

}  // namespace berth::api
