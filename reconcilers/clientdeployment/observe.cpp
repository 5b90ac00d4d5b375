#include <algorithm>

#include "reconcilers/clientdeployment/reconciler.hpp"
#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

constexpr Duration kCall = std::chrono::seconds(30);

Context within(const Context& context, const Clock& clock) {
  auto limited = context;
  limited.deadline = clock.now() + kCall;
  return limited;
}

}  // namespace

Result<> ClientDeploymentReconciler::observe(const Context& context, Pass& pass) {
  BERTH_CHECK(observeContainers(context, pass));
  BERTH_CHECK(observeVolume(context, pass));
  BERTH_CHECK(wish(context, pass));
  if (pass.deleting()) {
    BERTH_TRY(pass.view.snapshot, services_.snapshots.find(pass.object.metadata));
    pass.observed.snapshotTaken = !pass.view.snapshot.empty();
  }
  look(pass);
  return Ok{};
}

/// By label, never by name; all that is known of each, or an Error.
Result<> ClientDeploymentReconciler::observeContainers(const Context& context, Pass& pass) {
  const auto limited = within(context, services_.clock);
  auto& reader = pass.machine->docker.reader;
  const auto labels = mark::ownerLabels(services_.clusterId, pass.object.metadata.uid);
  BERTH_TRY(const auto summaries, reader.list(limited, labels));

  std::vector<docker::ContainerState> containers;
  for (const auto& summary : summaries) {
    auto state = reader.inspect(limited, summary.id);
    if (state)
      containers.push_back(*std::move(state));
    else if (state.error().reason != Reason::NotFound)  // else it went meanwhile
      return std::move(state).error();
  }
  pass.observed.containers = std::move(containers);
  return Ok{};
}

Result<> ClientDeploymentReconciler::observeVolume(const Context& context, Pass& pass) {
  const auto& storage = pass.object.spec.storage;
  if (storage.type == "Bind") return Ok{};
  const auto name =
      storage.existingVolume.empty() ? volumeName(pass.object.metadata) : storage.existingVolume;
  auto volume = pass.machine->docker.volumes.inspect(within(context, services_.clock), name);
  if (!volume && volume.error().reason != Reason::NotFound) return std::move(volume).error();
  pass.observed.volume = volume ? std::optional(*std::move(volume)) : std::nullopt;
  return Ok{};
}

Result<> ClientDeploymentReconciler::wish(const Context& context, Pass& pass) {
  Environment variables;
  // A tenant that is deleted or paused is not started: nothing is made for it.
  if (!pass.deleting()) {
    const bool hasData = !annotationOf(pass.object.metadata, mark::kDataVolume).empty() ||
                         pass.observed.volume.has_value();
    if (!isPaused(pass.object) || hasData) {
      BERTH_TRY(
          const auto key,
          secretKeys_.ensure(context, pass.object, pass.observed.containers, hasData));
      BERTH_TRY(variables, resolveEnvironment(pass.object, services_.references, key));
    }
  }
  BERTH_TRY(pass.desired, desiredOf(pass.object, pass.site, std::move(variables)));
  if (pass.desired.volume)
    pass.view.volume = pass.desired.volume->name;
  else if (!pass.desired.container.mounts.empty())
    pass.view.directory = pass.desired.container.mounts.front().source;
  return Ok{};
}

/// What the view and the planner conclude from the containers seen.
void ClientDeploymentReconciler::look(Pass& pass) {
  const auto& uid = pass.object.metadata.uid;
  const auto* current = currentOf(pass.desired, pass.observed);
  if (current == nullptr && !pass.observed.containers.empty())
    current = &pass.observed.containers.front();  // an older one still says what runs
  pass.view.container = current == nullptr ? std::nullopt : std::optional(*current);

  pass.facts.settled = settled_.with([&](const auto& settled) -> std::optional<Settled> {
    const auto found = settled.find(uid);
    return found == settled.end() ? std::nullopt : std::optional(found->second);
  });
  const auto* ready = findCondition(pass.object.status.conditions, "ContainerReady");
  pass.facts.specIsOld = ready != nullptr && ready->status == "True" &&
                         ready->observedGeneration == pass.object.metadata.generation;
  pass.facts.startDelay = current != nullptr && !isAlive(*current)
                              ? restarts_.delayLeft(uid, *current, services_.clock.now())
                              : Duration::zero();
  pass.view.restarts = restarts_.recordOf(uid);
}

Result<std::optional<docker::RegistryAuth>> ClientDeploymentReconciler::registryAuth(
    const Pass& pass) const {
  const auto& ref = pass.object.spec.imagePullSecretRef;
  if (!ref) return std::optional<docker::RegistryAuth>();
  const auto secret =
      services_.references.secrets.get({pass.object.metadata.namespaceName, ref->name});
  const auto username = secret ? valueOf(*secret, "username") : std::nullopt;
  auto password = secret ? valueOf(*secret, "password") : std::nullopt;
  if (!username || !password)
    return asError(
        {.stage = Stage::Image,
         .reason = reason::kReferenceNotFound,
         .message =
             "Secret " + ref->name + " of spec.imagePullSecretRef must hold username and password",
         .terminal = true});
  docker::RegistryAuth auth{*username, Secret(*std::move(password)), ""};
  return std::optional(std::move(auth));
}

/// Whether a container can be made now; else when to look again, if not before the
/// image has come.
Result<std::optional<Duration>> ClientDeploymentReconciler::observeImage(
    const Context& context, Pass& pass) {
  const auto& spec = pass.object.spec;
  auto& images = pass.machine->docker.images;
  if (spec.imagePullPolicy != "Always") {
    const auto image = images.inspect(within(context, services_.clock), spec.image);
    pass.observed.imageReady = pass.view.imageReady = image.has_value();
    if (image) return std::optional<Duration>();
    if (image.error().reason != Reason::NotFound || spec.imagePullPolicy == "Never")
      return image.error();
  }
  BERTH_TRY(auto auth, registryAuth(pass));
  const auto answer = puller_.want(
      {images, pass.site.hostName, spec.image, std::move(auth), pass.object.metadata.key()});
  pass.observed.imageReady = pass.view.imageReady = answer.state == PullState::Fetched;
  pass.view.pulling = answer.state == PullState::Pulling;
  if (answer.state != PullState::Failed) return std::optional<Duration>();
  pass.view.problem = problemOf(*answer.error, Stage::Image);
  return std::optional(answer.retryIn);
}

}  // namespace berth::clientdeployment
