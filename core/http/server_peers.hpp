/// @file
/// Peers: what each address has of the server, so that one cannot have all.  Private to
/// core/http.
///
/// Addresses of one network (see networkOf) count as one.  Thread-safe.
#pragma once

#include <atomic>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "core/base/guarded.hpp"

namespace berth::http {

class Peers {
 public:
  struct Limits {
    std::size_t connections = 2048;             // of one address
    std::size_t bodyBytes = 256 * 1024 * 1024;  // of all: read and not yet answered
    std::size_t bodyBytesOfOne = 128 * 1024 * 1024;
  };
  explicit Peers(const Limits& limits) : limits_(limits) {}

  /// One connection, for as long as it lives.
  class Visit;
  /// nullptr when the address has too many and is not `trusted` to have them.
  std::unique_ptr<Visit> enter(std::string_view address, bool trusted);

 private:
  struct Peer {
    std::size_t connections = 0;
    std::atomic<std::size_t> bodyBytes = 0;
  };
  using Table = std::unordered_map<std::string, Peer>;

  Limits limits_;
  Guarded<Table> peers_;
  std::atomic<std::size_t> bodyBytes_ = 0;
};

/// One thread at a time.
class Peers::Visit {
 public:
  Visit(Peers& peers, std::string key, Peer& peer);
  ~Visit();
  Visit(const Visit&) = delete;
  Visit& operator=(const Visit&) = delete;

  /// Bytes of a body that are kept.  False when there are too many.
  [[nodiscard]] bool hold(std::size_t bytes);
  /// All that are held.
  void release();

 private:
  Peers& peers_;
  const std::string key_;
  Peer& peer_;
  std::size_t held_ = 0;
};

}  // namespace berth::http
