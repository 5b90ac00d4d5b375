/// @file
/// AccessTokens: the tokens of ServiceAccounts, `berth.NAMESPACE.NAME.SECRET`.
///
/// A token is an AccessToken object, NAME in NAMESPACE, that has the SHA-256 of the
/// secret.  It is good while that object and its ServiceAccount are there and its time
/// is not over.  Looked up in the watch hub: nothing is read or parsed twice.  As an
/// actor it writes down which tokens were used.  Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <set>
#include <string>

#include "controller/api/object_service.hpp"
#include "controller/identity/user.hpp"
#include "core/base/guarded.hpp"
#include "core/base/secret.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"

namespace berth::api {

using identity::User;

class AccessTokens final : public Actor {
 public:
  struct Dependencies {
    ObjectService& objects;
    runtime::WatchHub& hub;
    const ServedKind& kind;  // AccessToken
    const Clock& clock;
    Random& random;
    Log log;
  };
  explicit AccessTokens(Dependencies dependencies) : deps_(std::move(dependencies)) {}

  struct Issued {
    Secret token;
    Time expires;
  };
  /// For the ServiceAccount, which is a whole object.  When it returns, the token is
  /// good in this process.
  Result<Issued> issue(
      const Context& context, const Json& account, Duration lifetime, const WriteOptions& options);

  static bool isOne(std::string_view token) { return token.starts_with("berth."); }
  /// Unauthorized unless it is good now.
  Result<User> authenticate(std::string_view token);
  /// Whether User::accessToken is still good.
  bool isGood(const std::string& accessToken);

  Time turn(const Context& context, Time now) override;
  void setWaker(Waker waker);

 private:
  struct Known {
    runtime::CachedObjectPtr token;
    runtime::CachedObjectPtr account;
    std::string digest;
    User user;
    Time lastUsed;  // as far as it is written down or about to be
  };
  using KnownPtr = std::shared_ptr<const Known>;
  struct State {
    std::map<std::string, KnownPtr, std::less<>> known;  // by "namespace/name"
    std::set<std::string> used;
    Waker waker;
  };

  /// nullptr when the token or its ServiceAccount is not there.
  KnownPtr find(const ObjectKey& key);
  [[nodiscard]] KnownPtr read(
      const runtime::CachedObjectPtr& token, const runtime::CachedObjectPtr& account) const;
  void noteUse(const Known& known);

  Dependencies deps_;
  Guarded<State> state_;
};

/// Removes AccessTokens whose time is over.  One thread: whoever calls turn().
class ExpiredTokens final : public Actor {
 public:
  explicit ExpiredTokens(AccessTokens::Dependencies dependencies)
      : deps_(std::move(dependencies)) {}
  Time turn(const Context& context, Time now) override;

 private:
  AccessTokens::Dependencies deps_;
};

}  // namespace berth::api
