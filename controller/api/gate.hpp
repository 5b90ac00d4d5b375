/// @file
/// Gate: how much one user may ask of the API, and how often a wrong credential may be
/// tried.
///
///   - A request takes the turns of its user once its credential has been accepted
///     before; until then those of its address, behind all users.
///   - An address that shows wrong credentials too often is told to wait.  Credentials
///     that were accepted before pass all the same: others may be behind that address.
///   - A user has a bounded number of watches.
///
/// Of credentials only digests are kept.  Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <unordered_map>

#include "controller/api/authentication.hpp"
#include "core/base/clock.hpp"
#include "core/base/guarded.hpp"
#include "core/http/fair_queue.hpp"
#include "core/telemetry/metrics.hpp"

namespace berth::api {

class Gate {
 public:
  struct Limits {
    std::size_t watchesOfUser = 2000;
    double wrongAtOnce = 100;    // credentials, of one address
    double wrongPerSecond = 10;  // after these
  };
  Gate(const Clock& clock, const Limits& limits, Metrics* metrics);

  [[nodiscard]] http::Flow flowOf(const http::Request& request) const;

  /// As the authenticator; TooManyRequests without asking it when the address must wait.
  Result<User> authenticate(
      const Authenticator& authenticator, const Context& context, const http::Request& request);

  /// A watch's place, for as long as what is returned lives.  TooManyRequests when the
  /// user has too many.
  Result<std::shared_ptr<const void>> openWatch(const User& user);

 private:
  struct Attempts {
    double left = 0;
    Time at;
  };
  /// Recently used entries: when `young` is full it becomes `old`, and the old ones go.
  template <class Value>
  struct Recent {
    std::unordered_map<std::string, Value> young;
    std::unordered_map<std::string, Value> old;

    Value* find(const std::string& key);
    void put(const std::string& key, Value value);
    void erase(const std::string& key);
  };
  using Watches = std::unordered_map<std::string, std::size_t>;

  bool mustWait(const std::string& address);
  void countWrong(const std::string& address);

  const Clock& clock_;
  const Limits limits_;
  mutable Guarded<Recent<http::Flow>> known_;  // by digest of the credential
  Guarded<Recent<Attempts>> attempts_;         // by address
  std::shared_ptr<Guarded<Watches>> watches_ = std::make_shared<Guarded<Watches>>();
  Counter refusedCredentials_;
  Counter refusedWatches_;
};

}  // namespace berth::api
