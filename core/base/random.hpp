/// @file
/// Random: the only source of chance.
///
/// SystemRandom is fit for keys and tokens; SeededRandom gives the same run for
/// the same seed and is for tests, jitter under the simulator, and nothing else.
#pragma once

#include <cstdint>
#include <mutex>
#include <random>
#include <string>

namespace berth {

class Random {
 public:
  virtual ~Random() = default;
  /// 64 uniform bits.  Thread-safe.
  virtual std::uint64_t next() = 0;
};

/// The kernel's generator (getrandom(2)).
class SystemRandom final : public Random {
 public:
  std::uint64_t next() override;
};

class SeededRandom final : public Random {
 public:
  explicit SeededRandom(std::uint64_t seed) : engine_(seed) {}
  std::uint64_t next() override {
    const std::lock_guard lock(mutex_);
    return engine_();
  }

 private:
  std::mutex mutex_;
  std::mt19937_64 engine_;
};

/// Uniform in [0, bound); 0 when bound is 0.
std::uint64_t below(Random& random, std::uint64_t bound);
/// Uniform in [0, 1).
double unit(Random& random);
/// A version 4 UUID (RFC 4122), lower case.
std::string makeUuid(Random& random);
/// `bytes` random bytes, in hexadecimal.
std::string randomHex(Random& random, std::size_t bytes);
/// `count` of Kubernetes' safe letters and digits, as generateName appends them.
std::string randomSuffix(Random& random, std::size_t count = 5);

}  // namespace berth
