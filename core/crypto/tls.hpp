/// @file
/// What a TLS end is told: its certificate, and whom it trusts.  TLS 1.2 at least.
#pragma once

#include <memory>
#include <string>

#include "core/base/result.hpp"
#include "core/base/secret.hpp"

struct ssl_ctx_st;

namespace berth {

struct TlsServerConfig {
  std::string certificatePem;  // the leaf, then intermediates
  Secret keyPem;
  /// Authorities of client certificates.  A client may come without a certificate;
  /// one whose certificate is not from here is refused.  Empty: none is asked for.
  std::string clientCaPem = {};
};

struct TlsClientConfig {
  std::string caPem;                // empty: those of the machine
  std::string certificatePem = {};  // empty: none
  Secret keyPem = {};
  std::string serverName = {};  // what the certificate must be for; empty: the host dialed
};

/// OpenSSL's context, shared by all connections of an end.
using TlsContext = std::shared_ptr<ssl_ctx_st>;

/// Invalid when certificate and key are no PEM or no pair.
Result<TlsContext> makeTlsContext(const TlsServerConfig& config);
Result<TlsContext> makeTlsContext(const TlsClientConfig& config);

}  // namespace berth
