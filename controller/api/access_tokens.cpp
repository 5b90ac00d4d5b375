#include "controller/api/access_tokens.hpp"

#include "controller/api/metadata.hpp"
#include "core/crypto/digest.hpp"

namespace berth::api {
namespace {

constexpr std::string_view kPrefix = "berth.";
constexpr std::size_t kSecretBytes = 32;
constexpr std::size_t kMaxTokenBytes = 512;
constexpr std::size_t kMaxAccountInName = 200;
constexpr std::size_t kMostKnown = 10'000;
constexpr Duration kUseStep = std::chrono::minutes(10);
constexpr Duration kSweepEvery = std::chrono::minutes(5);
constexpr const char* kActor = "system:token-controller";

Error unauthorized() { return {Reason::Unauthorized, "Unauthorized"}; }

struct Parts {
  ObjectKey key;
  std::string_view secret;
};

/// A namespace has no dot, neither has a secret; a name may.
std::optional<Parts> split(std::string_view token) {
  if (token.size() > kMaxTokenBytes || !token.starts_with(kPrefix)) return std::nullopt;
  token.remove_prefix(kPrefix.size());
  const auto first = token.find('.');
  const auto last = token.rfind('.');
  if (first == std::string_view::npos || first == last) return std::nullopt;
  return Parts{
      {std::string(token.substr(0, first)), std::string(token.substr(first + 1, last - first - 1))},
      token.substr(last + 1)};
}

std::string nameFor(std::string account, Random& random) {
  account.resize(std::min(account.size(), kMaxAccountInName));
  while (account.ends_with('.') || account.ends_with('-')) account.pop_back();
  return account + "-" + randomSuffix(random, 10);
}

Json document(const ObjectKey& key, const Json& account, Time expires, std::string_view secret) {
  const auto owner = stringAt(account, "metadata.name");
  return {
      {"apiVersion", "berth.dev/v1alpha1"},
      {"kind", "AccessToken"},
      {"metadata",
       {{"name", key.name},
        {"namespace", key.namespaceName},
        {"ownerReferences",
         {{{"apiVersion", "v1"},
           {"kind", "ServiceAccount"},
           {"name", owner},
           {"uid", stringAt(account, "metadata.uid")}}}}}},
      {"spec",
       {{"serviceAccountName", owner},
        {"expiresAt", formatRfc3339(expires)},
        {"digest", sha256Hex(secret)}}}};
}

std::string ownerUid(const Json& document) {
  const auto* owners = findPath(document, "metadata.ownerReferences");
  return owners == nullptr || owners->empty() ? std::string() : stringAt(owners->front(), "uid");
}

Time expiryOf(const Json& document) {
  return parseRfc3339(stringAt(document, "spec.expiresAt")).value_or(Time::min());
}

}  // namespace

Result<AccessTokens::Issued> AccessTokens::issue(
    const Context& context, const Json& account, Duration lifetime, const WriteOptions& options) {
  const auto secret = randomHex(deps_.random, kSecretBytes);
  const ObjectKey key{
      stringAt(account, "metadata.namespace"),
      nameFor(stringAt(account, "metadata.name"), deps_.random)};
  const Time expires = std::chrono::ceil<std::chrono::seconds>(deps_.clock.wall() + lifetime);
  BERTH_CHECK(deps_.objects.create(
      context, deps_.kind, key.namespaceName, document(key, account, expires, secret), options));
  BERTH_CHECK(deps_.objects.catchUp(context));
  return Issued{
      Secret(std::string(kPrefix) + key.namespaceName + "." + key.name + "." + secret), expires};
}

AccessTokens::KnownPtr AccessTokens::read(
    const runtime::CachedObjectPtr& token, const runtime::CachedObjectPtr& account) const {
  const auto parsedToken = parseJson(token->stored->bytes);
  const auto parsedAccount = parseJson(account->stored->bytes);
  if (!parsedToken || !parsedAccount) return nullptr;
  const auto& document = parsedToken->document;
  const auto& uid = account->stored->uid;
  if (isDeleting(document) || isDeleting(parsedAccount->document) || ownerUid(document) != uid)
    return nullptr;
  const auto& key = token->stored->key;
  auto known = std::make_shared<Known>();
  known->token = token;
  known->account = account;
  known->digest = stringAt(document, "spec.digest");
  known->lastUsed = parseRfc3339(stringAt(document, "status.lastUsedTime")).value_or(Time::min());
  known->user = {
      .name = "system:serviceaccount:" + key.namespaceName + ":" + account->stored->key.name,
      .groups =
          {"system:serviceaccounts",
           "system:serviceaccounts:" + key.namespaceName,
           "system:authenticated"},
      .uid = uid,
      .extra = {{"authentication.kubernetes.io/credential-id", {"accesstoken=" + key.name}}},
      .validUntil = expiryOf(document),
      .accessToken = key.namespaceName + "/" + key.name};
  return known;
}

AccessTokens::KnownPtr AccessTokens::find(const ObjectKey& key) {
  const auto id = key.namespaceName + "/" + key.name;
  const auto token = deps_.hub.get(deps_.kind.type.resource(), key);
  if (!token) {
    state_.with([&](State& state) { state.known.erase(id); });
    return nullptr;
  }
  auto known = state_.with([&](State& state) {
    const auto found = state.known.find(id);
    return found == state.known.end() ? nullptr : found->second;
  });
  const auto accountNow = [&](const std::string& name) {
    return deps_.hub.get("serviceaccounts", {key.namespaceName, name});
  };
  if (known && known->token == token &&
      known->account == accountNow(known->account->stored->key.name))
    return known;
  const auto parsed = parseJson(token->stored->bytes);
  const auto account =
      parsed ? accountNow(stringAt(parsed->document, "spec.serviceAccountName")) : nullptr;
  known = account ? read(token, account) : nullptr;
  state_.with([&](State& state) {
    if (state.known.size() >= kMostKnown) state.known.clear();
    if (known) state.known[id] = known;
  });
  return known;
}

Result<User> AccessTokens::authenticate(std::string_view token) {
  const auto parts = split(token);
  if (!parts) return unauthorized();
  const auto known = find(parts->key);
  // A token that is not there costs as much as one that is.
  const auto digest = sha256Hex(parts->secret);
  if (!equalConstantTime(known ? known->digest : std::string(64, '0'), digest) || !known)
    return unauthorized();
  const Time now = deps_.clock.wall();
  if (now >= known->user.validUntil) return unauthorized();
  if (now >= known->lastUsed + kUseStep) noteUse(*known);
  return known->user;
}

bool AccessTokens::isGood(const std::string& accessToken) {
  const auto slash = accessToken.find('/');
  return find({accessToken.substr(0, slash), accessToken.substr(slash + 1)}) != nullptr;
}

void AccessTokens::setWaker(Waker waker) {
  state_.with([&](State& state) { state.waker = std::move(waker); });
}

/// Written down by the actor: the request does not wait for it.
void AccessTokens::noteUse(const Known& known) {
  auto later = std::make_shared<Known>(known);
  later->lastUsed = deps_.clock.wall();
  const auto waker = state_.with([&](State& state) -> Waker {
    state.known[known.user.accessToken] = std::move(later);
    return state.used.insert(known.user.accessToken).second ? state.waker : nullptr;
  });
  if (waker) waker();
}

Time AccessTokens::turn(const Context& context, Time) {
  const auto used = state_.with([](State& state) { return std::exchange(state.used, {}); });
  const auto now = formatRfc3339(deps_.clock.wall());
  for (const auto& id : used) {
    const auto slash = id.find('/');
    const auto written = deps_.objects.modify(
        context,
        {deps_.kind, {id.substr(0, slash), id.substr(slash + 1)}, Part::Status},
        [&](const Json& stored) -> Result<Json> {
          auto wanted = stored;
          wanted["status"]["lastUsedTime"] = now;
          return wanted;
        },
        {.actor = kActor});
    if (!written && written.error().reason != Reason::NotFound)
      deps_.log.warn("the use of a token was not noted", {{"error", written.error()}});
  }
  return Time::max();
}

Time ExpiredTokens::turn(const Context& context, Time now) {
  const Time wall = deps_.clock.wall();
  for (const auto& object : deps_.hub.list(deps_.kind.type.resource(), "").objects) {
    const auto parsed = parseJson(object->stored->bytes);
    if (!parsed || wall < expiryOf(parsed->document)) continue;
    const auto& stored = *object->stored;
    const auto removed =
        deps_.objects.remove(context, deps_.kind, stored.key, {.actor = kActor, .uid = stored.uid});
    if (!removed && removed.error().reason != Reason::NotFound)
      deps_.log.warn("a token that is over was not removed", {{"error", removed.error()}});
  }
  return now + kSweepEvery;
}

}  // namespace berth::api
