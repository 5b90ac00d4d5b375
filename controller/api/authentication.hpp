/// @file
/// Authentication: who makes a request.
///
/// A bearer token or a verified client certificate (CN is the user, each O a group).  A
/// token is one of the configuration (only its SHA-256 is kept), one of a ServiceAccount,
/// or one of an issuer that is believed.  Thread-safe.
#pragma once

#include <string>
#include <vector>

#include "controller/api/access_tokens.hpp"
#include "controller/api/api.hpp"
#include "controller/identity/user.hpp"
#include "core/http/http.hpp"

namespace berth::api {

using identity::User;

class Authenticator {
 public:
  struct Dependencies {
    const Clock& clock;
    AccessTokens* accessTokens = nullptr;  // none: no tokens of ServiceAccounts
    identity::Issuers* issuers = nullptr;  // none: no tokens of others
  };
  Authenticator(const std::vector<StaticToken>& tokens, Dependencies dependencies);

  /// Unauthorized for a token that nobody has; anonymous without any credential;
  /// ServiceUnavailable while it cannot be told.
  [[nodiscard]] Result<User> authenticate(
      const Context& context, const http::Request& request) const;
  [[nodiscard]] Result<User> authenticateToken(
      const Context& context, std::string_view token) const;
  /// Whether the credential that the user came with is still one: for what goes on.
  [[nodiscard]] bool isGood(const User& user) const;

 private:
  struct Entry {
    std::string digest;
    User user;
  };
  std::vector<Entry> entries_;
  Dependencies deps_;
};

}  // namespace berth::api
