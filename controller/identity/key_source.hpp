/// @file
/// KeySource: the public keys of one issuer, fetched when due and kept while good.
///
///   - fetched anew when the answer's max-age is over, within bounds;
///   - a token whose key is unknown may have them fetched at once, once a minute at
///     most, whatever anybody sends; those who come meanwhile wait for that fetch;
///   - when a fetch fails, the keys before stay, for a day at most.
///
/// Thread-safe.
#pragma once

#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "core/base/clock.hpp"
#include "core/base/context.hpp"
#include "core/base/result.hpp"
#include "core/crypto/jwk.hpp"

namespace berth::identity {

using Keys = std::shared_ptr<const std::vector<VerificationKey>>;

struct FetchedKeys {
  std::vector<VerificationKey> keys;
  std::optional<Duration> maxAge;  // as the answer has it
};
using FetchKeys = std::function<Result<FetchedKeys>(const Context& context)>;

class KeySource {
 public:
  /// The clock must outlive it.
  KeySource(FetchKeys fetch, const Clock& clock) : fetch_(std::move(fetch)), clock_(clock) {}

  /// nullptr while nobody knows.
  [[nodiscard]] Keys current() const;
  /// Keys that are not `known`, if there are any or can be had; else current().
  /// ServiceUnavailable while they are being fetched and enough wait for that already.
  Result<Keys> newerThan(const Context& context, const Keys& known);
  /// Fetches if that is due; when to come again.
  Time keepFresh(const Context& context);
  /// What the last fetch came to.
  [[nodiscard]] std::optional<Error> problem() const;

 private:
  using Lock = std::unique_lock<std::mutex>;
  void fetch(const Context& context, Lock& lock);
  void drop(Time now);

  const FetchKeys fetch_;
  const Clock& clock_;
  mutable std::mutex mutex_;
  std::condition_variable fetched_;
  struct State {
    Keys keys;
    Time keysSince;
    Time due = Time::min();
    Time nextOnDemand = Time::min();
    bool fetching = false;
    int waiting = 0;
    std::optional<Error> problem;
  } state_;
};

}  // namespace berth::identity
