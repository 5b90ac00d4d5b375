/// @file
/// RateLimiter: how long a failed key waits for its next try.
///
/// The longer of two delays: the key's own, which doubles from `first` to `longest`
/// with every failure in a row and varies by a fifth, and that of a bucket which all
/// keys of a controller share, so that a thousand failing objects do not become a
/// thousand tries a second.
///
/// Thread-safe.
#pragma once

#include <map>

#include "core/base/clock.hpp"
#include "core/base/guarded.hpp"
#include "core/base/random.hpp"
#include "core/object/meta.hpp"

namespace berth::runtime {

/// `length`, up to `share` (0.2: a fifth) shorter or longer.
Duration jittered(Duration length, double share, Random& random);

/// `perSecond` tokens flow in, `burst` fit.  One thread.
class TokenBucket {
 public:
  TokenBucket(double perSecond, double burst)
      : perSecond_(perSecond), burst_(burst), tokens_(burst) {}
  /// Takes a token, in advance if it must: how long until it is really there.
  Duration reserve(Time now);
  /// Takes a token if there is one.
  bool take(Time now);

 private:
  void refill(Time now);

  double perSecond_;
  double burst_;
  double tokens_;
  Time filled_{};
};

class RateLimiter {
 public:
  struct Options {
    Duration first = std::chrono::milliseconds(5);
    Duration longest = std::chrono::minutes(5);
    double perSecond = 10;
    double burst = 100;
  };

  RateLimiter(Options options, Random& random)
      : options_(options), random_(random), state_(State{{}, {options.perSecond, options.burst}}) {}

  /// One more failure of `key`: the wait before the next try.
  Duration next(const ObjectKey& key, Time now);
  /// It has succeeded, or is gone.
  void forget(const ObjectKey& key);
  /// How often it has failed in a row.
  [[nodiscard]] int failures(const ObjectKey& key) const;

 private:
  struct State {
    std::map<ObjectKey, int> failures;
    TokenBucket bucket;
  };

  Options options_;
  Random& random_;
  Guarded<State> state_;
};

}  // namespace berth::runtime
