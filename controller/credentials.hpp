/// @file
/// Credentials of a first start: an authority, the server's certificate, and an
/// administrator's kubeconfig.
///
/// All of it lies below the data folder, readable by its owner only, and is made when
/// it is absent: the authority for ten years, the server's certificate for one, anew
/// when less than a month is left or its names are not those that are asked for.  The
/// kubeconfig is the one place of the administrator's token: delete the file and
/// start again to have another.
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

struct Credentials {
  TlsServerConfig tls;  // clients' certificates are from the same authority
  Secret adminToken;
};

/// `names`: of the server's certificate beside localhost, 127.0.0.1 and ::1.
Result<Credentials> ensureCredentials(
    const std::string& dataDir,
    const std::vector<std::string>& names,
    const Clock& clock,
    Random& random);

/// Writes DIR/kubeconfig for the server at this address, if it says anything else now.
Result<> writeKubeconfig(
    const std::string& dataDir,
    const Credentials& credentials,
    const std::string& address,
    std::uint16_t port);

}  // namespace berth
