#include "core/http/server_core.hpp"

namespace berth::http {

Refusals::Refusals(Metrics* metrics) {
  if (metrics == nullptr) return;
  const auto counter = [&](const char* reason) {
    return metrics->counter(
        "berth_http_refused_total",
        "Connections and requests that were refused or cut, by reason.",
        {{"reason", reason}});
  };
  connections = counter("connections");
  connectionsOfAddress = counter("connections_of_address");
  handshake = counter("handshake");
  malformed = counter("malformed");
  tooLarge = counter("too_large");
  tooSlow = counter("too_slow");
  bodyMemory = counter("body_memory");
  waiting = counter("waiting");
  slowReader = counter("slow_reader");
}

const Counter& Refusals::of(int status) const {
  if (status == 408) return tooSlow;
  if (status == 413 || status == 431) return tooLarge;
  return status == 429 ? bodyMemory : malformed;
}

}  // namespace berth::http
