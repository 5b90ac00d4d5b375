/// @file
/// Issuer: one party whose tokens are believed, and the way from a token to a user.
///
/// Names and groups that begin with "system:" are the server's own: a token that has
/// such a name is refused, and such groups are left out.  Thread-safe.
#pragma once

#include "controller/identity/configuration.hpp"
#include "controller/identity/key_source.hpp"
#include "controller/identity/user.hpp"

namespace berth::identity {

class Issuer {
 public:
  /// `fetch` is empty when there is nothing to fetch.  The clock must outlive it.
  Issuer(IssuerConfiguration configuration, FetchKeys fetch, const Clock& clock);

  [[nodiscard]] const std::string& url() const { return configuration_.rules.issuer; }
  /// nullptr when it has a secret only.
  [[nodiscard]] KeySource* keys() { return keys_ ? &*keys_ : nullptr; }

  /// Unauthorized with what is wrong; ServiceUnavailable while its keys are unknown.
  Result<User> verify(const Context& context, const Jwt& token);

 private:
  Result<> checkSignature(const Context& context, const Jwt& token);
  [[nodiscard]] Result<User> userOf(const Json& claims) const;

  const IssuerConfiguration configuration_;
  std::optional<KeySource> keys_;
  const Clock& clock_;
};

}  // namespace berth::identity
