#include "controller/runtime/rate_limiter.hpp"

#include <algorithm>

namespace berth::runtime {

namespace {

double secondsOf(Duration duration) { return std::chrono::duration<double>(duration).count(); }

Duration fromSeconds(double seconds) {
  return std::chrono::duration_cast<Duration>(std::chrono::duration<double>(seconds));
}

}  // namespace

Duration jittered(Duration length, double share, Random& random) {
  return fromSeconds(secondsOf(length) * (1 - share + 2 * share * unit(random)));
}

void TokenBucket::refill(Time now) {
  if (now <= filled_) return;
  tokens_ = std::min(burst_, tokens_ + perSecond_ * secondsOf(now - filled_));
  filled_ = now;
}

Duration TokenBucket::reserve(Time now) {
  refill(now);
  tokens_ -= 1;
  return tokens_ >= 0 ? Duration::zero() : fromSeconds(-tokens_ / perSecond_);
}

bool TokenBucket::take(Time now) {
  refill(now);
  if (tokens_ < 1) return false;
  tokens_ -= 1;
  return true;
}

Duration RateLimiter::next(const ObjectKey& key, Time now) {
  const auto [failures, bucketDelay] = state_.with(
      [&](State& state) { return std::pair(state.failures[key]++, state.bucket.reserve(now)); });
  Duration own = options_.first;
  for (int i = 0; i < failures && own < options_.longest; ++i) own *= 2;
  own = std::min(jittered(std::min(own, options_.longest), 0.2, random_), options_.longest);
  return std::max(own, bucketDelay);
}

void RateLimiter::forget(const ObjectKey& key) {
  state_.with([&](State& state) { state.failures.erase(key); });
}

int RateLimiter::failures(const ObjectKey& key) const {
  return state_.with([&](const State& state) {
    const auto found = state.failures.find(key);
    return found == state.failures.end() ? 0 : found->second;
  });
}

}  // namespace berth::runtime
