#include "reconcilers/clientdeployment/act.hpp"

#include <algorithm>

#include "reconcilers/marks.hpp"
#include "reconcilers/providers/docker/fault.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

using std::chrono::seconds;
using v1alpha1::ClientDeployment;

constexpr Duration kCall = seconds(30);
constexpr Duration kStart = seconds(60);
constexpr Duration kArchive = std::chrono::hours(1);

bool isOurs(const docker::Labels& labels, const std::string& clusterId) {
  const auto found = labels.find(mark::kClusterId);
  return found != labels.end() && found->second == clusterId;
}

}  // namespace

Result<> Act::operator()(const Step& step) {
  return std::visit([&](const auto& one) { return act(one); }, step);
}

/// Done beside the reconciler, by ImagePuller; the pass ends here and is taken up
/// again when the image is there.
Result<> Act::act(const PullImage&) { return Ok{}; }

Result<> Act::act(const CreateVolume&) {
  docker::VolumeSpec spec{.name = pass_.desired.volume->name};
  spec.labels =
      mark::makeLabels(pass_.site.clusterId, ClientDeployment::kType, pass_.object.metadata);
  spec.labels[mark::kRole] = "data";
  BERTH_TRY(const auto volume, pass_.machine->docker.volumes.create(within(kCall), spec));
  const auto found = volume.labels.find(mark::kUid);
  if (found == volume.labels.end() || found->second != pass_.desired.uid)
    return asError(
        {.reason = reason::kVolumeTaken,
         .message = "volume " + volume.name + " belongs to somebody else; remove or rename it",
         .terminal = true});
  return Ok{};
}

Result<> Act::act(const HoldVolume&) {
  BERTH_CHECK(bind({{mark::kDataVolume, pass_.desired.volume->name}}));
  pass_.desired.volume->held = true;
  return Ok{};
}

Result<> Act::act(const CreateContainer&) {
  BERTH_CHECK(hands_.network.ensure(
      within(kCall), pass_.machine->docker.networks, pass_.site.clusterId, pass_.site.hostName));
  auto made = pass_.machine->docker.containers.create(within(kCall), pass_.desired.container);
  if (!made) {
    if (docker::isFault(made.error(), docker::fault::kNameTaken))
      return nameTaken(std::move(made).error());
    return std::move(made).error();
  }
  made_ = *std::move(made);
  if (!pass_.deleting())
    note(false, reason::kCreated, "created container " + pass_.desired.container.name);
  return Ok{};
}

Result<> Act::act(const StartContainer& step) {
  const auto& id = idOf(step.id);
  auto started = pass_.machine->docker.containers.start(within(kStart), id);
  if (!started) {
    if (docker::isFault(started.error(), docker::fault::kPortTaken))
      return portTaken(std::move(started).error());
    return std::move(started).error();
  }
  const auto found = std::ranges::find(pass_.observed.containers, id, &docker::ContainerState::id);
  const bool ranBefore = found != pass_.observed.containers.end() && found->startedAt;
  if (ranBefore && pass_.facts.restart) {
    hands_.restarts.countRestart(pass_.desired.uid);
    const bool hung = pass_.view.health && pass_.view.health->state == HealthState::Hanging;
    note(
        true,
        hung ? reason::kLivenessFailed : reason::kStartupFailed,
        "restarted container " + found->name + ", since its app did not answer");
  } else if (ranBefore) {
    hands_.restarts.countRestart(pass_.desired.uid);
    note(
        true,
        reason::kContainerDied,
        "container " + found->name + " had ended and was started again");
  } else {
    note(false, reason::kStarted, "started container " + pass_.desired.container.name);
  }
  return Ok{};
}

Result<> Act::act(const StopContainer& step) {
  const auto grace = seconds(pass_.object.spec.rollout.stopTimeoutSeconds);
  return pass_.machine->docker.containers.stop(within(kCall + grace), idOf(step.id), grace);
}

Result<> Act::act(const RemoveContainer& step) {
  return pass_.machine->docker.containers.remove(within(kCall), idOf(step.id), false);
}

Result<> Act::act(const UpdateContainer& step) {
  const auto& wished = pass_.desired.container;
  BERTH_CHECK(pass_.machine->docker.settings.update(
      within(kCall), step.id, wished.resources, wished.restart));
  note(false, reason::kUpdated, "changed the limits of container " + wished.name + " in place");
  return Ok{};
}

Result<> Act::act(const TakeSnapshot& step) {
  const auto& path = pass_.object.spec.storage.mountPath;
  BERTH_TRY(
      pass_.view.snapshot,
      hands_.services.snapshots.write(pass_.object.metadata, [&](const docker::ByteSink& sink) {
        return pass_.machine->docker.io.readArchive(within(kArchive), idOf(step.id), path, sink);
      }));
  note(false, reason::kSnapshotTaken, "the data is kept in " + pass_.view.snapshot);
  return Ok{};
}

Result<> Act::act(const RemoveVolume&) {
  const auto& name = pass_.desired.volume->name;
  auto& volumes = pass_.machine->docker.volumes;
  const auto volume = volumes.inspect(within(kCall), name);
  if (!volume) return volume.error().reason == Reason::NotFound ? Result<>(Ok{}) : volume.error();
  const auto found = volume->labels.find(mark::kUid);
  if (found == volume->labels.end() || found->second != pass_.desired.uid) return Ok{};
  return volumes.remove(within(kCall), name);
}

Result<> Act::bind(const std::map<std::string, std::string>& annotations) {
  BERTH_TRY(const auto stored, hands_.bindings.set(context_, pass_.object.metadata, annotations));
  BERTH_TRY(pass_.object, decodeObject<ClientDeployment>(stored));
  return Ok{};
}

/// Ours, of a creation whose answer was lost, is seen at the next pass.
Error Act::nameTaken(Error error) {
  const auto& name = pass_.desired.container.name;
  const auto holder = pass_.machine->docker.reader.inspect(within(kCall), name);
  if (!holder) return holder.error();
  const auto found = holder->labels.find(mark::kUid);
  const bool ours = isOurs(holder->labels, pass_.site.clusterId) && found != holder->labels.end() &&
                    found->second == pass_.desired.uid;
  if (ours) return {Reason::Conflict, "container " + name + " was made meanwhile"};
  return error;
}

/// A port that nobody asked for by number is given up for another one.
Error Act::portTaken(Error error) {
  if (pass_.object.spec.hostPort) return error;
  const auto port = hands_.census.replacePort(pass_.object, pass_.site.hostName, pass_.site.port);
  if (!port)
    return asError(
        {.reason = reason::kPortsExhausted,
         .message = "no port of host " + pass_.site.hostName + " is free; widen its portRange",
         .terminal = true});
  auto bound = bind({{mark::kHostPort, std::to_string(*port)}});
  if (!bound) return std::move(bound).error();
  return asError(
      {.reason = reason::kPortTaken,
       .message = "port " + std::to_string(pass_.site.port) +
                  " of the host is taken by somebody else; another one is used"});
}

void Act::note(bool warning, const char* reason, std::string message) {
  const auto& meta = pass_.object.metadata;
  hands_.services.events.record(
      context_,
      {.type = ClientDeployment::kType,
       .key = meta.key(),
       .uid = meta.uid,
       .warning = warning,
       .reason = reason,
       .message = std::move(message)});
}

Context Act::within(Duration duration) const {
  auto context = context_;
  context.deadline = hands_.services.clock.now() + duration;
  return context;
}

}  // namespace berth::clientdeployment
