/// @file
/// Authorization: may they?
///
/// As in Kubernetes: nobody may do anything but what a role allows that is bound to him
/// or to one of his groups.  Members of system:masters may do everything, so that a
/// broken role locks nobody out for good; everybody may ask for the health.
#pragma once

#include "controller/api/authentication.hpp"
#include "controller/api/rbac_cache.hpp"
#include "controller/api/request_info.hpp"

namespace berth::api {

/// Thread-safe.
class Authorizer {
 public:
  /// The hub must outlive it.
  explicit Authorizer(runtime::WatchHub& hub) : cache_(hub) {}

  /// Forbidden in the server's words; Unauthorized for who did not say who he is.
  [[nodiscard]] Result<> allow(const User& user, const RequestInfo& request) const;

  struct Decision {
    bool allowed = false;
    std::string reason;  // which binding allows it
  };
  [[nodiscard]] Decision decide(const User& user, const RequestInfo& request) const;

  [[nodiscard]] std::shared_ptr<const RbacPolicy> policy() const { return cache_.policy(); }
  /// `wake` is called after each change of a role or binding; see RbacCache.
  void onChange(std::function<void()> wake) { cache_.onChange(std::move(wake)); }

 private:
  RbacCache cache_;
};

/// `hosts.berth.dev is forbidden: User "viewer" cannot list resource "hosts" in API
/// group "berth.dev" at the cluster scope`
Error forbidden(const User& user, const RequestInfo& request);

}  // namespace berth::api
