/// @file
/// Credentials of a first start: an authority, the server's certificate, and an
/// administrator's kubeconfig.
///
/// All of it lies below the data folder, readable by its owner only, and is made when
/// it is absent: the authority for ten years, the server's certificate for one, anew
/// when less than a month is left or its names are not those that are asked for.  The
/// kubeconfig is the one place of the administrator's token: delete the file and
/// start again to have another.
///
/// The server's certificate may be somebody else's instead, and more authorities may
/// vouch for clients.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "core/base/result.hpp"
#include "core/base/secret.hpp"
#include "core/crypto/tls.hpp"

namespace berth {

struct CredentialFiles {
  std::string dataDir;
  /// Of the server's certificate beside localhost, 127.0.0.1 and ::1.
  std::vector<std::string> serverNames = {};
  // Somebody else's, in the place of our own; empty: none.
  std::string certificate = {};
  std::string key = {};
  std::string authority = {};        // of `certificate`; empty: one that machines know
  std::string clientAuthority = {};  // beside our own

  /// Those of them that are somebody else's.
  [[nodiscard]] std::vector<std::string> given() const;
};

struct Credentials {
  TlsServerConfig tls;
  Secret adminToken;
  std::string serverCaPem;  // whom a client must trust; empty: the machine's authorities
  std::string serverName;   // what the certificate is for, when that is not this machine
};

/// Invalid when files that are given are no good.
Result<Credentials> ensureCredentials(
    const CredentialFiles& files, const Clock& clock, Random& random);

/// Writes DIR/kubeconfig for the server at this address, if it says anything else now.
Result<> writeKubeconfig(
    const std::string& dataDir,
    const Credentials& credentials,
    const std::string& address,
    std::uint16_t port);

}  // namespace berth
