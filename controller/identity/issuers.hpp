/// @file
/// Issuers: all parties whose tokens are believed.
///
/// A token's issuer is looked up by its `iss`.  A token that was found good is
/// remembered, by its digest, for a minute at most, so that a signature is not checked
/// at every request.  As an actor it keeps the issuers' keys fresh.  Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/identity/issuer.hpp"
#include "core/base/guarded.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"

namespace berth::identity {

class Issuers final : public Actor {
 public:
  /// The clock must outlive it.
  Issuers(const Clock& clock, Log log) : clock_(clock), log_(std::move(log)) {}

  /// In the place of all before; what was remembered is forgotten.
  void use(std::vector<IssuerConfiguration> configurations);
  void setWaker(Waker waker);

  /// Unauthorized unless the token is good; ServiceUnavailable while that is unknown.
  Result<User> authenticate(const Context& context, std::string_view token);

  Time turn(const Context& context, Time now) override;

 private:
  using Set = std::map<std::string, std::shared_ptr<Issuer>, std::less<>>;
  struct Remembered {
    User user;
    Time until;  // by the wall clock
  };
  struct State {
    std::shared_ptr<const Set> issuers = std::make_shared<const Set>();
    std::map<std::string, Remembered, std::less<>> remembered;  // by digest
    Waker waker;
  };

  std::optional<User> recall(const std::string& digest) const;
  void remember(const std::shared_ptr<const Set>& from, std::string digest, const User& user);

  const Clock& clock_;
  const Log log_;
  Guarded<State> state_;
};

}  // namespace berth::identity
