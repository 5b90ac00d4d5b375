#include "controller/identity/key_source.hpp"

#include <algorithm>

namespace berth::identity {
namespace {

using namespace std::chrono_literals;

constexpr Duration kOnDemandEvery = 1min;
constexpr Duration kFetchTimeout = 5s;
constexpr Duration kRetryAfter = 1min;
constexpr Duration kUsualAge = 10min;
constexpr Duration kLeastAge = 1min;
constexpr Duration kMostAge = 1h;
/// An issuer that is silent for so long may have taken a key back.
constexpr Duration kKeepFor = 24h;
/// Others must not lose all workers to an issuer that is slow.
constexpr int kMostWaiting = 4;

}  // namespace

Keys KeySource::current() const {
  const std::lock_guard lock(mutex_);
  return state_.keys;
}

std::optional<Error> KeySource::problem() const {
  const std::lock_guard lock(mutex_);
  return state_.problem;
}

void KeySource::drop(Time now) {
  if (state_.keys && now >= state_.keysSince + kKeepFor) state_.keys = nullptr;
}

/// The lock is not held while the issuer is asked.
void KeySource::fetch(const Context& context, Lock& lock) {
  state_.fetching = true;
  lock.unlock();
  auto limited = context;
  limited.deadline = std::min(context.deadline, clock_.now() + kFetchTimeout);
  auto answer = fetch_(limited);
  lock.lock();
  const Time now = clock_.now();
  state_.fetching = false;
  if (answer) {
    state_.keys = std::make_shared<const std::vector<VerificationKey>>(std::move(answer->keys));
    state_.keysSince = now;
    state_.due = now + std::clamp(answer->maxAge.value_or(kUsualAge), kLeastAge, kMostAge);
    state_.problem.reset();
  } else {
    state_.due = now + kRetryAfter;
    state_.problem = std::move(answer).error();
    drop(now);
  }
  fetched_.notify_all();
}

Result<Keys> KeySource::newerThan(const Context& context, const Keys& known) {
  Lock lock(mutex_);
  if (state_.keys != known) return state_.keys;
  if (state_.fetching) {
    if (state_.waiting == kMostWaiting)
      return Error{
          .reason = Reason::ServiceUnavailable,
          .message = "the keys of the token's issuer are being fetched",
          .retryAfterSeconds = 1};
    ++state_.waiting;
    fetched_.wait(lock, [&] { return !state_.fetching; });
    --state_.waiting;
    return state_.keys;
  }
  const Time now = clock_.now();
  if (now < state_.nextOnDemand) return state_.keys;
  state_.nextOnDemand = now + kOnDemandEvery;
  fetch(context, lock);
  return state_.keys;
}

Time KeySource::keepFresh(const Context& context) {
  Lock lock(mutex_);
  if (!state_.fetching && clock_.now() >= state_.due) fetch(context, lock);
  return state_.due;
}

}  // namespace berth::identity
