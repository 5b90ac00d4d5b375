/// @file
/// Authorization: may they?
#pragma once

#include "controller/api/authentication.hpp"
#include "controller/api/request_info.hpp"

namespace berth::api {

class Authorizer {
 public:
  virtual ~Authorizer() = default;
  /// Forbidden in the server's words.  Thread-safe.
  [[nodiscard]] virtual Result<> allow(const User& user, const RequestInfo& request) const = 0;
};

/// Members of system:masters may do everything, everybody may ask for the version
/// and the health, nobody else may do anything.
class MastersOnly final : public Authorizer {
 public:
  [[nodiscard]] Result<> allow(const User& user, const RequestInfo& request) const override;
};

/// `hosts.berth.dev is forbidden: User "viewer" cannot list resource "hosts" in API
/// group "berth.dev" at the cluster scope`
Error forbidden(const User& user, const RequestInfo& request);

}  // namespace berth::api
