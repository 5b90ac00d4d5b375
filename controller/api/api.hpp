/// @file
/// Api: the Kubernetes API over the store and the watch hub.
///
///     Api api({store, hub, clock, random}, options);
///     api.start(runner);                               // feeds the watches
///     server.serve([&](const auto& request) { return api.handle(request); });
///
/// handle() may block on the store and is called by many threads at once; objects()
/// is the same pipeline without HTTP, for the reconcilers of this process.
/// Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "controller/runtime/watch_hub.hpp"
#include "controller/store/audit_log.hpp"
#include "controller/store/store.hpp"
#include "core/base/clock.hpp"
#include "core/base/random.hpp"
#include "core/base/secret.hpp"
#include "core/http/fair_queue.hpp"
#include "core/http/http.hpp"
#include "core/reconcile/objects.hpp"
#include "core/run/actor.hpp"
#include "core/telemetry/log.hpp"
#include "core/telemetry/metrics.hpp"

namespace berth::identity {
class Issuers;
}  // namespace berth::identity

namespace berth::api {

/// One line of /readyz; `check` is called at every request and must be quick.
struct HealthCheck {
  std::string name;
  std::function<bool()> check;
};

/// Who may come in with a bearer token.  Only the token's digest is kept.
struct StaticToken {
  Secret token;
  std::string user;
  std::vector<std::string> groups;
};

struct ApiOptions {
  /// What /version claims; kubectl warns when its own minor is further than one away.
  std::string kubernetesVersion = "v1.32.0";
  std::string berthVersion = "0.1.0";
  std::vector<StaticToken> tokens = {};
  /// Whether nothing else writes to the store (SQLite): reads then need not ask it.
  bool soleWriter = true;
  /// How long a request may wait for the store or the watch hub.
  Duration requestTimeout = std::chrono::seconds(30);
  std::size_t maxWatchesOfUser = 2000;
  /// Of a ServiceAccount's token, whatever is asked for.
  Duration maxTokenLifetime = std::chrono::hours(24 * 365);
};

/// A subresource that the process answers itself (clientdeployments.berth.dev/log):
/// called for GET on an object that is there and that the user may read.
using Connector = std::function<Result<http::Response>(
    const Context& context, const Json& object, const http::Target& target)>;

struct ApiDependencies {
  store::Store& store;
  runtime::WatchHub& hub;
  const Clock& clock;
  Random& random;
  Log log;
  /// Where requests are counted, when given.
  Metrics* metrics = nullptr;
  /// The text of /metrics.
  std::function<std::string()> metricsText = {};
  std::vector<HealthCheck> readiness = {};
  std::map<std::string, Connector> connectors = {};  // by resource and subresource
  /// What /audit shows, when given; the store's own.
  store::AuditLog* audit = nullptr;
  /// Whose tokens are believed beside the server's own.
  identity::Issuers* issuers = nullptr;
};

class Api {
 public:
  /// Aborts when the embedded kinds cannot be loaded: that is a broken build.
  Api(ApiDependencies dependencies, ApiOptions options);
  ~Api();
  Api(const Api&) = delete;
  Api& operator=(const Api&) = delete;

  /// Adds what feeds the watches; the runner must stop before this object ends.
  void start(Runner& runner);

  http::Response handle(const http::Request& request);
  /// Whose turn the request takes, for http::ServerOptions.flowOf.
  [[nodiscard]] http::Flow flowOf(const http::Request& request) const;
  ObjectClient& objects();
  /// Watches that are open now.
  [[nodiscard]] std::size_t openWatches() const;

  /// Creates the namespaces and roles that every cluster has, once the store answers.
  Result<> ensureDefaults(const Context& context);
  /// Creates the CustomResourceDefinitions of the kinds that are part of the program,
  /// or brings them up to date.
  Result<> ensureKinds(const Context& context);

  /// What belongs to one process at a time, the leader: the garbage collector, the
  /// namespace emptier, the role aggregator, the remover of kinds.  Each may be added to one
  /// runner, and must end
  /// before this object.
  struct NamedActor {
    std::string name;
    std::unique_ptr<Actor> actor;
    /// Gives the actor the waker that its runner made for it.
    std::function<void(Waker)> onAdded;
  };
  std::vector<NamedActor> leaderActors();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace berth::api
