#include "controller/identity/issuers.hpp"

#include "controller/identity/key_fetcher.hpp"
#include "core/crypto/digest.hpp"

namespace berth::identity {
namespace {

constexpr Duration kRememberFor = std::chrono::minutes(1);
constexpr std::size_t kMostRemembered = 10'000;

}  // namespace

void Issuers::use(std::vector<IssuerConfiguration> configurations) {
  auto issuers = std::make_shared<Set>();
  for (auto& configuration : configurations) {
    auto fetch = makeKeyFetcher(configuration, clock_);
    const auto url = configuration.rules.issuer;
    (*issuers)[url] = std::make_shared<Issuer>(std::move(configuration), std::move(fetch), clock_);
  }
  const auto waker = state_.with([&](State& state) {
    state.issuers = std::move(issuers);
    state.remembered.clear();
    return state.waker;
  });
  if (waker) waker();
}

void Issuers::setWaker(Waker waker) {
  state_.with([&](State& state) { state.waker = std::move(waker); });
}

std::optional<User> Issuers::recall(const std::string& digest) const {
  return state_.with([&](const State& state) -> std::optional<User> {
    const auto found = state.remembered.find(digest);
    if (found == state.remembered.end() || clock_.wall() >= found->second.until)
      return std::nullopt;
    return found->second.user;
  });
}

void Issuers::remember(
    const std::shared_ptr<const Set>& from, std::string digest, const User& user) {
  const Time now = clock_.wall();
  state_.with([&](State& state) {
    if (state.issuers != from) return;  // found good by rules that are no more
    auto& remembered = state.remembered;
    if (remembered.size() >= kMostRemembered)
      std::erase_if(remembered, [&](const auto& entry) { return now >= entry.second.until; });
    if (remembered.size() >= kMostRemembered) remembered.clear();
    remembered[std::move(digest)] = {user, std::min(user.validUntil, now + kRememberFor)};
  });
}

Result<User> Issuers::authenticate(const Context& context, std::string_view token) {
  auto digest = sha256(token);
  if (auto user = recall(digest)) return *std::move(user);
  BERTH_TRY(const auto parsed, Jwt::parse(token));
  const auto issuers = state_.with([](const State& state) { return state.issuers; });
  const auto found = issuers->find(stringAt(parsed.claims(), "iss"));
  if (found == issuers->end()) return Error{Reason::Unauthorized, "token: of an unknown issuer"};
  auto user = found->second->verify(context, parsed);
  if (user) remember(issuers, std::move(digest), *user);
  return user;
}

Time Issuers::turn(const Context& context, Time) {
  const auto issuers = state_.with([](const State& state) { return state.issuers; });
  Time next = Time::max();
  for (const auto& [url, issuer] : *issuers) {
    auto* keys = issuer->keys();
    if (keys == nullptr) continue;
    const auto before = keys->problem();
    next = std::min(next, keys->keepFresh(context));
    const auto problem = keys->problem();
    if (problem && problem != before)
      log_.warn("an issuer's keys were not fetched", {{"issuer", url}, {"error", *problem}});
    if (!problem && before) log_.info("an issuer's keys were fetched again", {{"issuer", url}});
  }
  return next;
}

}  // namespace berth::identity
