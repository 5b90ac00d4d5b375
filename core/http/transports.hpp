/// @file
/// The transports that need no helper: a unix socket, TCP and TLS.
///
/// Each takes the clock by which contexts have their deadlines; it must outlive the
/// transport and its streams.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "core/base/clock.hpp"
#include "core/crypto/tls.hpp"
#include "core/http/byte_stream.hpp"

namespace berth::http {

std::unique_ptr<Transport> makeUnixTransport(std::string path, const Clock& clock);

/// `host` is a name or an address.  The addresses of a name are tried in turn; looking
/// it up has the time-outs of the machine's resolver, not the context's.
std::unique_ptr<Transport> makeTcpTransport(
    std::string host, std::uint16_t port, const Clock& clock);

/// TLS over TCP; the server must prove to be config.serverName, or `host` if that is
/// empty.  Invalid when the configuration's certificates are no good.
Result<std::unique_ptr<Transport>> makeTlsTransport(
    std::string host, std::uint16_t port, const TlsClientConfig& config, const Clock& clock);

}  // namespace berth::http
