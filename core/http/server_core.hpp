/// @file
/// ServerCore: what the connections of a server share.  Private to core/http.
/// Thread-safe.
#pragma once

#include <atomic>
#include <functional>

#include "core/http/server.hpp"
#include "core/http/server_peers.hpp"
#include "core/http/server_workers.hpp"

namespace berth::http {

/// What was refused, and why.
struct Refusals {
  explicit Refusals(Metrics* metrics);
  /// Of a request that was answered so instead of handled.
  [[nodiscard]] const Counter& of(int status) const;

  Counter connections;           // there are too many
  Counter connectionsOfAddress;  // it has too many
  Counter handshake;             // no TLS, or not in time
  Counter malformed;             // what cannot be read as a request
  Counter tooLarge;
  Counter tooSlow;  // a request that did not come in time
  Counter bodyMemory;
  Counter waiting;     // too many requests of the flow wait
  Counter slowReader;  // of a stream or an answer
};

struct ServerCore {
  ServerCore(ServerOptions optionsIn, Handler handlerIn, Log logIn)
      : options(std::move(optionsIn)),
        handler(std::move(handlerIn)),
        log(std::move(logIn)),
        refusals(options.metrics),
        peers(
            {.connections = options.maxConnectionsOfAddress,
             .bodyBytes = options.maxBodyMemory,
             .bodyBytesOfOne = options.maxBodyMemory / 2}),
        workers(
            {.seats = options.workers,
             .waitingOfFlow = options.maxWaitingOfFlow,
             .waiting = options.maxWaiting}) {}

  ServerOptions options;
  Handler handler;
  Log log;
  Refusals refusals;
  Peers peers;
  Workers workers;
  std::atomic<bool> stopping = false;
  /// Called after a connection has ended, on its loop's thread.
  std::function<void()> onEnd;
};

}  // namespace berth::http
