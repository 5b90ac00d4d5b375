/// @file
/// The file of --authentication-config: which issuers' tokens are believed, and whom
/// their claims speak of.
///
/// Modeled on Kubernetes' AuthenticationConfiguration, list `jwt`.  Beside it an issuer
/// may have a jwksURL, a secretFile (HS256) and `type: Supabase`, which fills in what
/// Supabase Auth has.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/base/result.hpp"
#include "core/crypto/jwk.hpp"
#include "core/crypto/jwt.hpp"

namespace berth::identity {

/// A claim by name, or by the path to it ("app_metadata.berth_groups").
struct ClaimMapping {
  std::string claim;  // empty: none
  std::string prefix = {};
};

/// The claim must be there and be this text (of a boolean: "true" or "false").
struct ClaimRequirement {
  std::string claim;
  std::string value;
  bool mayBeAbsent = false;
};

struct ExtraMapping {
  std::string key;  // example.com/tenant
  std::string claim;
};

struct IssuerConfiguration {
  ClaimRules rules;                    // issuer and audiences
  std::string keysUrl;                 // of the JWK set
  std::string discoveryUrl;            // where keysUrl is told, when that is empty
  std::string certificateAuthority;    // PEM; empty: those of the machine
  std::optional<VerificationKey> key;  // of the shared secret
  ClaimMapping userName;
  ClaimMapping groups;
  std::string uidClaim;
  std::vector<ExtraMapping> extra;
  std::vector<ClaimRequirement> requirements;
};

/// Invalid with all that is wrong: where, what, and what would be right.
Result<std::vector<IssuerConfiguration>> parseConfiguration(const std::string& yaml);
/// The same of a file.
Result<std::vector<IssuerConfiguration>> readConfiguration(const std::string& path);

}  // namespace berth::identity
