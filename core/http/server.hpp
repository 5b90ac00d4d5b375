/// @file
/// Server: HTTP/1.1 over TCP, TLS or a unix socket.
///
///     Server server({.port = 8000, .tls = config}, handler);
///     BERTH_TRY(const auto address, server.start());
///
///   - a connection belongs to one of `ioThreads` event loops and costs no thread of
///     its own, however long it idles or streams; the handler runs on one of `workers`
///     threads and may block;
///   - what is malformed, ambiguous or too large is refused before the handler sees
///     it (400, 413, 431), and the connection is closed;
///   - every wait for a peer has a time-out: handshake and header, body, the next
///     request, and a reader that takes nothing, or hardly anything;
///   - an address has a bounded part of the connections and of the memory for bodies;
///     flows take turns at the workers, and one that has too many requests waiting is
///     told 429;
///   - Response.pieces and streamed bytes are written from where they are, or as gzip when
///     there are many and the peer takes it;
///   - a stream with the header "Upgrade: websocket" has a document on each line, and is a
///     WebSocket with a message for each to who asks for one;
///   - every answer forbids browsers what they need not do with it;
///   - stop() lets what is being answered finish, within `stopTimeout`.
///
/// Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "core/base/clock.hpp"
#include "core/base/result.hpp"
#include "core/crypto/tls.hpp"
#include "core/http/fair_queue.hpp"
#include "core/http/http.hpp"
#include "core/http/proxies.hpp"
#include "core/telemetry/log.hpp"
#include "core/telemetry/metrics.hpp"

namespace berth::http {

struct ServerOptions {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;  // 0: any free one
  /// When set, a unix socket at this path (mode 0600) instead of TCP.
  std::string unixPath = {};
  std::optional<TlsServerConfig> tls = std::nullopt;

  int ioThreads = 2;
  int workers = 16;
  std::size_t maxConnections = 4096;
  std::size_t maxConnectionsOfAddress = 2048;
  std::size_t maxHeaderBytes = 32 * 1024;
  std::size_t maxBodyBytes = 3 * 1024 * 1024;
  std::size_t maxBodyMemory = 256 * 1024 * 1024;        // of all bodies; half of it for one address
  std::size_t maxQueuedStreamBytes = 16 * 1024 * 1024;  // of one stream that is not read
  std::size_t maxWaitingOfFlow = 1500;                  // requests
  std::size_t maxWaiting = 8192;
  std::size_t compressFrom = 64 * 1024;  // bytes of an answer
  /// Whose request it is, called on an event loop: must be quick.  Each address is a
  /// flow when there is no such function.
  std::function<Flow(const Request&)> flowOf = {};

  /// Their connections are not counted for their address, and they name the client.
  TrustedProxies proxies = {};

  Duration headerTimeout = std::chrono::seconds(30);  // TLS handshake and header together
  Duration bodyTimeout = std::chrono::seconds(60);
  Duration idleTimeout = std::chrono::seconds(90);   // until the next request
  Duration writeTimeout = std::chrono::seconds(30);  // until the peer has taken a little
  Duration stopTimeout = std::chrono::seconds(10);
  Duration pingInterval = std::chrono::seconds(30);  // of a WebSocket; it ends when unanswered
  /// Where connections and refusals are counted, when given.
  Metrics* metrics = nullptr;
};

class Server {
 public:
  Server(ServerOptions options, Handler handler, Log log = {});
  /// stop()s.
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Listens; the port that it has, 0 for a unix socket.  ServiceUnavailable when the
  /// address is taken, Invalid when the certificate is no good.  Raises the process's
  /// soft limit of descriptors when maxConnections could not be had under it.
  Result<std::uint16_t> start();
  /// For connections from now on.
  Result<> reloadTls(const TlsServerConfig& config);
  /// Accepts no more, ends streams, waits for what is being answered, then closes all.
  /// Returns when no handler runs any more.
  void stop();

  [[nodiscard]] std::size_t connections() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth::http
