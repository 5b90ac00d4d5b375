#include "controller/api/api.hpp"

#include "controller/api/access_reviews.hpp"
#include "controller/api/at_once.hpp"
#include "controller/api/audit.hpp"
#include "controller/api/authorization.hpp"
#include "controller/api/collector.hpp"
#include "controller/api/custom_kind.hpp"
#include "controller/api/embedded_kinds.hpp"
#include "controller/api/gate.hpp"
#include "controller/api/kind_remover.hpp"
#include "controller/api/namespace_emptier.hpp"
#include "controller/api/object_client.hpp"
#include "controller/api/rbac_defaults.hpp"
#include "controller/api/role_aggregator.hpp"
#include "controller/api/router.hpp"
#include "controller/api/token_review.hpp"
#include "controller/api/watch_pump.hpp"
#include "core/object/core_kinds.hpp"

namespace berth::api {

struct Api::State {
  State(ApiDependencies given, ApiOptions chosen)
      : dependencies(std::move(given)),
        options(std::move(chosen)),
        registry(embeddedKinds(), dependencies.hub, dependencies.log),
        objects(
            {dependencies.store,
             dependencies.hub,
             dependencies.clock,
             dependencies.random,
             options.soleWriter}),
        client(objects, registry),
        watches(dependencies.hub, dependencies.clock),
        accessTokens(tokenParts()),
        authenticator(options.tokens, {dependencies.clock, &accessTokens, dependencies.issuers}),
        authorizer(dependencies.hub),
        reviews(accessReviews(authorizer)),
        gate(dependencies.clock, {.watchesOfUser = options.maxWatchesOfUser}, dependencies.metrics),
        services{
            options,
            dependencies,
            registry,
            objects,
            watches,
            authorizer,
            reviews,
            gate,
            accessTokens,
            authenticator},
        trail(dependencies.store, dependencies.clock, dependencies.log),
        router({services, authenticator, trail}) {
    authorizer.onChange(watches.rightsChanged());
    options.tokens.clear();  // the authenticator has their digests
    reviews["tokenreviews.authentication.k8s.io"] = tokenReview(authenticator);
  }

  AccessTokens::Dependencies tokenParts() {
    return {
        objects,
        dependencies.hub,
        *embeddedKinds()->find("berth.dev", "v1alpha1", "accesstokens"),
        dependencies.clock,
        dependencies.random,
        dependencies.log};
  }

  ApiDependencies dependencies;
  ApiOptions options;
  LiveRegistry registry;
  ObjectService objects;
  InProcessClient client;
  WatchPump watches;
  AccessTokens accessTokens;
  Authenticator authenticator;
  Authorizer authorizer;
  Reviews reviews;
  Gate gate;
  Services services;
  AuditTrail trail;
  Router router;
};

Api::Api(ApiDependencies dependencies, ApiOptions options)
    : state_(std::make_unique<State>(std::move(dependencies), std::move(options))) {}

Api::~Api() = default;

void Api::start(Runner& runner) {
  state_->watches.setWaker(runner.add("watches", state_->watches));
  runner.add("audit-trail", state_->trail);
  state_->accessTokens.setWaker(runner.add("token-usage", state_->accessTokens));
}

http::Response Api::handle(const http::Request& request) { return state_->router.handle(request); }

http::Flow Api::flowOf(const http::Request& request) const { return state_->gate.flowOf(request); }

ObjectClient& Api::objects() { return state_->client; }

std::size_t Api::openWatches() const { return state_->watches.count(); }

Result<> Api::ensureDefaults(const Context& context) {
  for (const char* name : {"default", "berth-system"}) {
    const auto made =
        state_->client.create(context, kNamespaceType, {{"metadata", {{"name", name}}}});
    if (!made && made.error().reason != Reason::AlreadyExists) return made.error();
  }
  return ensureRbacDefaults(context, state_->client);
}

namespace {

Result<> ensureKind(const Context& context, ObjectClient& client, const Json& document) {
  const ObjectKey key{{}, stringAt(document, "metadata.name")};
  auto present = client.get(context, kCustomKindType, key);
  if (!present && present.error().reason != Reason::NotFound) return std::move(present).error();
  if (present) {
    auto spec = present->at("spec");
    spec.erase("conversion");  // a default
    if (spec == document.at("spec")) return Ok{};
    (*present)["spec"] = document.at("spec");
  }
  const auto done = present ? client.replace(context, kCustomKindType, *std::move(present))
                            : client.create(context, kCustomKindType, document);
  const bool raced = !done && (done.error().reason == Reason::AlreadyExists ||
                               done.error().reason == Reason::Conflict);
  if (!done && !raced) return done.error();
  return Ok{};
}

}  // namespace

/// The program's kinds as objects, for reading.
Result<> Api::ensureKinds(const Context& context) {
  std::vector<ServedKindPtr> kinds;
  for (const auto& own : embeddedKinds()->storedKinds())
    if (!own->builtIn && !isCustomKind(*own)) kinds.push_back(own);
  return atOnce(kinds.size(), [&](std::size_t i) {
    return ensureKind(context, state_->client, kinds[i]->definition->document);
  });
}

std::vector<Api::NamedActor> Api::leaderActors() {
  auto& state = *state_;
  auto collector = std::make_unique<Collector>(
      state.objects, state.dependencies.hub, state.registry, state.dependencies.log);
  auto emptier = std::make_unique<NamespaceEmptier>(NamespaceEmptier::Dependencies{
      state.objects,
      state.dependencies.store,
      state.dependencies.hub,
      state.registry,
      state.dependencies.log});
  auto remover = std::make_unique<KindRemover>(KindRemover::Dependencies{
      state.objects,
      state.dependencies.store,
      state.dependencies.hub,
      state.registry,
      state.dependencies.log});
  std::vector<NamedActor> actors;
  const auto wakeCollector = [target = collector.get()](Waker waker) {
    target->setWaker(std::move(waker));
  };
  const auto wakeEmptier = [target = emptier.get()](Waker waker) {
    target->setWaker(std::move(waker));
  };
  const auto wakeRemover = [target = remover.get()](Waker waker) {
    target->setWaker(std::move(waker));
  };
  actors.push_back({"kind-remover", std::move(remover), wakeRemover});
  auto aggregator = std::make_unique<RoleAggregator>(
      state.objects, state.dependencies.hub, state.registry, state.dependencies.log);
  const auto wakeAggregator = [target = aggregator.get()](Waker waker) {
    target->setWaker(std::move(waker));
  };
  actors.push_back({"role-aggregator", std::move(aggregator), wakeAggregator});
  actors.push_back({"garbage-collector", std::move(collector), wakeCollector});
  actors.push_back({"namespace-emptier", std::move(emptier), wakeEmptier});
  actors.push_back(
      {"expired-tokens", std::make_unique<ExpiredTokens>(state.tokenParts()), [](const Waker&) {}});
  return actors;
}

}  // namespace berth::api
