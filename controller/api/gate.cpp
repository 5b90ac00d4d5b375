#include "controller/api/gate.hpp"

#include <algorithm>
#include <utility>

#include "core/crypto/digest.hpp"
#include "core/http/network.hpp"

namespace berth::api {
namespace {

constexpr std::size_t kRemembered = 5000;

bool isHealth(std::string_view target) {
  const auto path = target.substr(0, target.find('?'));
  return path == "/healthz" || path == "/livez" || path == "/readyz";
}

http::Priority priorityOf(const User& user) {
  for (const auto* group : {"system:masters", "system:nodes"})
    if (user.isIn(group)) return http::Priority::High;
  return http::Priority::Normal;
}

Error tooMany(const char* what) {
  Error error{Reason::TooManyRequests, what};
  error.retryAfterSeconds = 1;
  return error;
}

}  // namespace

template <class Value>
Value* Gate::Recent<Value>::find(const std::string& key) {
  if (const auto found = young.find(key); found != young.end()) return &found->second;
  const auto found = old.find(key);
  if (found == old.end()) return nullptr;
  put(key, std::move(found->second));
  return &young.find(key)->second;
}

template <class Value>
void Gate::Recent<Value>::put(const std::string& key, Value value) {
  if (young.size() >= kRemembered) old = std::exchange(young, {});
  young.insert_or_assign(key, std::move(value));
}

template <class Value>
void Gate::Recent<Value>::erase(const std::string& key) {
  young.erase(key);
  old.erase(key);
}

Gate::Gate(const Clock& clock, const Limits& limits, Metrics* metrics)
    : clock_(clock), limits_(limits) {
  if (metrics == nullptr) return;
  const auto counter = [&](const char* reason) {
    return metrics->counter(
        "berth_api_refused_total",
        "Requests refused for what their user or address had already, by reason.",
        {{"reason", reason}});
  };
  refusedCredentials_ = counter("credentials");
  refusedWatches_ = counter("watches");
}

http::Flow Gate::flowOf(const http::Request& request) const {
  if (isHealth(request.target))
    return {http::networkOf(request.remoteAddress), http::Priority::Urgent};
  const auto credential = request.headers.get("Authorization");
  if (!credential.empty()) {
    const auto digest = sha256(credential);
    const auto known = known_.with([&](auto& all) {
      const auto* flow = all.find(digest);
      return flow == nullptr ? std::optional<http::Flow>() : *flow;
    });
    if (known) return *known;
  } else if (!request.peerCommonName.empty()) {
    const User user{request.peerCommonName, request.peerOrganizations};
    return {user.name, priorityOf(user)};
  }
  return {http::networkOf(request.remoteAddress), http::Priority::Low};
}

Result<User> Gate::authenticate(
    const Authenticator& authenticator, const Context& context, const http::Request& request) {
  const auto credential = request.headers.get("Authorization");
  if (credential.empty()) return authenticator.authenticate(context, request);
  const auto digest = sha256(credential);
  const auto address = http::networkOf(request.remoteAddress);
  const bool known = known_.with([&](auto& all) { return all.find(digest) != nullptr; });
  if (!known && mustWait(address)) {
    refusedCredentials_.increment();
    return tooMany("too many wrong credentials from this address, please try again later");
  }
  auto user = authenticator.authenticate(context, request);
  if (user && !known) {
    known_.with([&](auto& all) { all.put(digest, {user->name, priorityOf(*user)}); });
  } else if (!user && user.error().reason == Reason::Unauthorized) {
    known_.with([&](auto& all) { all.erase(digest); });
    countWrong(address);
  }
  return user;
}

bool Gate::mustWait(const std::string& address) {
  const auto now = clock_.now();
  return attempts_.with([&](auto& all) {
    auto* const attempts = all.find(address);
    if (attempts == nullptr) return false;
    const std::chrono::duration<double> passed = now - attempts->at;
    attempts->left =
        std::min(limits_.wrongAtOnce, attempts->left + passed.count() * limits_.wrongPerSecond);
    attempts->at = now;
    return attempts->left < 1;
  });
}

void Gate::countWrong(const std::string& address) {
  attempts_.with([&](auto& all) {
    if (auto* const attempts = all.find(address)) {
      attempts->left = std::max(0.0, attempts->left - 1);
    } else {
      all.put(address, {limits_.wrongAtOnce - 1, clock_.now()});
    }
  });
}

Result<std::shared_ptr<const void>> Gate::openWatch(const User& user) {
  const bool free = watches_->with([&](Watches& watches) {
    auto& count = watches[user.name];
    if (count >= limits_.watchesOfUser) return false;
    ++count;
    return true;
  });
  if (!free) {
    refusedWatches_.increment();
    return tooMany("too many watches of yours are open, please try again later");
  }
  return std::shared_ptr<const void>(nullptr, [watches = watches_, name = user.name](const void*) {
    watches->with([&](Watches& all) {
      const auto found = all.find(name);
      if (--found->second == 0) all.erase(found);
    });
  });
}

}  // namespace berth::api
