/// @file
/// TLS over any byte stream, as its client.  Private to core/http.
#pragma once

#include <memory>
#include <string>

#include "core/crypto/tls.hpp"
#include "core/http/byte_stream.hpp"

namespace berth::http {

/// After the handshake: the server has proved to be `serverName`, a DNS name or an
/// address.  ServiceUnavailable when it has not, or does not speak TLS.
Result<std::unique_ptr<ByteStream>> startTls(
    std::unique_ptr<ByteStream> inner,
    const TlsContext& tls,
    const std::string& serverName,
    const Context& context);

}  // namespace berth::http
