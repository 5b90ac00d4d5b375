#include "reconcilers/clientdeployment/reconciler.hpp"

#include <algorithm>

#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

using std::chrono::seconds;
using v1alpha1::ClientDeployment;

/// What waits for a person is looked at again this often, since the world may have
/// been put right where nobody tells us.
constexpr Duration kTerminalRetry = seconds(60);

Duration jittered(Duration delay, Random& random) {
  return std::chrono::duration_cast<Duration>(delay * (0.8 + 0.4 * unit(random)));
}

/// The sooner of two; none waits for ever.
Requeue sooner(Requeue a, const Requeue& b) {
  if (!a.delay || (b.delay && *b.delay < *a.delay)) return b;
  return a;
}

}  // namespace

ClientDeploymentReconciler::ClientDeploymentReconciler(
    const Services& services, ImagePuller& puller)
    : services_(services),
      puller_(puller),
      bindings_(services.client, ClientDeployment::kType),
      census_(services.deployments, services.hosts),
      secretKeys_(services.references.secrets, services.client, services.random),
      health_(services.prober, services.clock) {}

Result<Requeue> ClientDeploymentReconciler::reconcile(
    const Context& context, const ObjectKey& key) {
  const auto found = services_.deployments.get(key);
  if (!found) {
    health_.forget(key);
    return Requeue::none();
  }
  Pass pass{.object = *found};
  if (pass.deleting() && !hasFinalizer(pass.object.metadata)) {
    forget(key, pass.object.metadata.uid);
    return Requeue::none();
  }

  auto progress = converge(context, pass);
  const bool settled = progress && *progress == Requeue::none() && !pass.view.problem;
  if (settled && pass.deleting() && !isPaused(pass.object) && !pass.hostPaused) {
    BERTH_CHECK(release(context, pass));
    forget(key, pass.object.metadata.uid);
    return Requeue::none();
  }
  return report(context, pass, std::move(progress));
}

Result<Requeue> ClientDeploymentReconciler::converge(const Context& context, Pass& pass) {
  BERTH_CHECK(place(context, pass));
  if (!pass.machine) return Requeue::none();
  BERTH_CHECK(observe(context, pass));

  auto again = checkHealth(pass);
  const bool paused = isPaused(pass.object) || pass.hostPaused;
  if (!paused && needsContainer(pass.desired, pass.observed, pass.facts)) {
    BERTH_TRY(const auto retry, observeImage(context, pass));
    if (retry) again = sooner(again, Requeue::after(jittered(*retry, services_.random)));
  }
  const auto todo = plan(pass.desired, pass.observed, pass.facts);
  pass.view.drift = todo.drift;
  if (paused) return again;

  BERTH_TRY(const auto then, actOn(context, pass, todo));
  if (todo.refusal) return asError(*todo.refusal);
  return sooner(again, then);
}

Result<Requeue> ClientDeploymentReconciler::actOn(
    const Context& context, Pass& pass, const Plan& todo) {
  auto again = todo.wait > Duration::zero() ? Requeue::after(todo.wait) : Requeue::none();
  const bool waiting = todo.steps.size() == 1 && std::holds_alternative<PullImage>(todo.steps[0]);
  if (waiting && pass.deleting()) again = Requeue::after(kTerminalRetry);
  if (todo.steps.empty() || waiting) return again;

  // The cache may be behind: what is done now must still be wanted now.
  BERTH_CHECK(confirm(context, pass));
  const Hands hands{services_, bindings_, census_, restarts_, network_};
  Act act(context, hands, pass);
  for (const auto& step : todo.steps) BERTH_CHECK(act(step));

  // Success is observed, not assumed.
  BERTH_CHECK(observeContainers(context, pass));
  BERTH_CHECK(observeVolume(context, pass));
  const auto* current = currentOf(pass.desired, pass.observed);
  if (current != nullptr && current->resources != pass.desired.container.resources)
    settled_.with([&](auto& settled) {
      settled[pass.desired.uid] = {pass.desired.container.resources, current->resources};
    });
  look(pass);
  if (pass.deleting()) {
    BERTH_TRY(pass.view.snapshot, services_.snapshots.find(pass.object.metadata));
    pass.observed.snapshotTaken = !pass.view.snapshot.empty();
  }
  const auto left = plan(pass.desired, pass.observed, pass.facts);
  if (!left.steps.empty()) again = sooner(again, Requeue::after(seconds(1)));
  if (left.wait > Duration::zero()) again = sooner(again, Requeue::after(left.wait));
  return sooner(again, checkHealth(pass));
}

/// Asks how the tenant is, and tells the planner when it hangs.
Requeue ClientDeploymentReconciler::checkHealth(Pass& pass) {
  const auto key = pass.object.metadata.key();
  pass.facts.restart = false;
  const auto& container = pass.view.container;
  const bool asked =
      container && container->running() && container->startedAt && pass.view.port != 0;
  if (!asked || pass.deleting()) {
    health_.forget(key);
    pass.view.health.reset();
    return Requeue::none();
  }
  const auto instance =
      container->id + "@" + std::to_string(container->startedAt->time_since_epoch().count());
  pass.view.health =
      health_.check(key, {instance, pass.view.address, pass.view.port}, pass.object.spec.probes);
  const auto state = pass.view.health->state;
  pass.facts.restart = state == HealthState::StartupFailed || state == HealthState::Hanging;
  const auto& again = pass.view.health->lookAgain;
  return again ? Requeue::after(*again) : Requeue::none();
}

/// Everything that can be removed has been *seen* gone.
Result<> ClientDeploymentReconciler::release(const Context& context, const Pass& pass) {
  if (pass.object.spec.storage.deletionPolicy == "Delete" && pass.machine)
    BERTH_CHECK(secretKeys_.remove(context, pass.object));
  if (pass.observed.volume)
    services_.events.record(
        context,
        {.type = ClientDeployment::kType,
         .key = pass.object.metadata.key(),
         .uid = pass.object.metadata.uid,
         .reason = reason::kDataRetained,
         .message = "volume " + pass.observed.volume->name + " with the data stays on host " +
                    pass.site.hostName + "; spec.storage.existingVolume takes it over"});
  return bindings_.release(context, pass.object.metadata);
}

Result<Requeue> ClientDeploymentReconciler::report(
    const Context& context, Pass& pass, Result<Requeue> progress) {
  const auto stage = pass.machine ? Stage::Container : Stage::Scheduled;
  const bool conflict =
      !progress && progress.error().reason == Reason::Conflict && progress.error().causes.empty();
  if (conflict) return progress;  // read again, and say nothing
  if (!progress) pass.view.problem = problemOf(progress.error(), stage);
  if (pass.view.problem) note(context, pass, *pass.view.problem);

  auto status = statusOf(pass.object, pass.view, services_.clock.wall());
  if (status != pass.object.status) {
    pass.object.status = std::move(status);
    const auto written =
        Writer<ClientDeployment>(services_.client).updateStatus(context, pass.object);
    if (!written) return written.error();
  }
  const bool terminal = pass.view.problem && pass.view.problem->terminal;
  if (!progress && terminal) return Requeue::after(jittered(kTerminalRetry, services_.random));
  if (progress || progress.error().isRetryable()) return progress;
  return Error{Reason::ServiceUnavailable, progress.error().message, progress.error().causes};
}

void ClientDeploymentReconciler::note(
    const Context& context, const Pass& pass, const Problem& problem) {
  const auto* ready = findCondition(pass.object.status.conditions, "Ready");
  const bool said = ready != nullptr && ready->reason == problem.reason;
  if (said) return;
  services_.events.record(
      context,
      {.type = ClientDeployment::kType,
       .key = pass.object.metadata.key(),
       .uid = pass.object.metadata.uid,
       .warning = true,
       .reason = problem.reason,
       .message = problem.message});
}

void ClientDeploymentReconciler::forget(const ObjectKey& key, const Uid& uid) {
  health_.forget(key);
  census_.forget(uid);
  restarts_.forget(uid);
  settled_.with([&](auto& settled) { settled.erase(uid); });
}

}  // namespace berth::clientdeployment
