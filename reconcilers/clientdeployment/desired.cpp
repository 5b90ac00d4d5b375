#include "reconcilers/clientdeployment/desired.hpp"

#include "core/crypto/digest.hpp"
#include "core/object/quantity.hpp"
#include "reconcilers/clientdeployment/problem.hpp"
#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

using v1alpha1::ClientDeployment;

Error invalid(std::string message) {
  return asError({.reason = reason::kInvalidSpec, .message = std::move(message), .terminal = true});
}

Result<std::int64_t> bytesOf(const char* field, const std::string& text) {
  auto bytes = parseBytes(text);
  if (!bytes) return invalid(std::string("spec.resources.") + field + ": " + bytes.error().message);
  return *bytes;
}

/// A path that cannot lead out of the host's data root.
Result<docker::Mount> bindMount(const ClientDeployment& object, const Site& site) {
  const auto& meta = object.metadata;
  const auto& storage = object.spec.storage;
  auto path = storage.path;
  if (path.empty()) path = site.dataRoot + "/" + meta.namespaceName + "/" + meta.name;
  const bool below = path.starts_with(site.dataRoot + "/");
  if (!below || path.find("/../") != std::string::npos || path.ends_with("/.."))
    return invalid("spec.storage.path must lie below the host's dataRoot " + site.dataRoot);
  return docker::Mount{docker::MountType::Bind, path, storage.mountPath};
}

DataVolume volumeOf(const ClientDeployment& object) {
  const auto& storage = object.spec.storage;
  DataVolume volume{.name = storage.existingVolume, .ours = storage.existingVolume.empty()};
  if (volume.ours) volume.name = volumeName(object.metadata);
  volume.held = annotationOf(object.metadata, mark::kDataVolume) == volume.name;
  return volume;
}

/// All that can only be changed by making the container anew.
std::string hashOf(const docker::ContainerSpec& spec) {
  Json document{
      {"image", spec.image},
      {"env", spec.env},
      {"network", spec.network},
      {"log", {spec.log.driver, spec.log.options}},
      {"security", spec.securityOptions},
      {"cpuLimit", spec.resources.nanoCpus != 0},
      {"pidsLimit", spec.resources.pidsLimit != 0}};
  for (const auto& mount : spec.mounts)
    document["mounts"].push_back({static_cast<int>(mount.type), mount.source, mount.target});
  for (const auto& port : spec.ports)
    document["ports"].push_back({port.containerPort, port.hostAddress, port.hostPort});
  return sha256Hex(dumpJson(document)).substr(0, 16);
}

std::string clipped(const std::string& text, std::size_t most) {
  if (text.size() <= most) return text;
  return text.substr(0, most - 9) + "-" + sha256Hex(text).substr(0, 8);
}

DeletionPolicy policyOf(const std::string& text) {
  if (text == "Retain") return DeletionPolicy::Retain;
  return text == "Delete" ? DeletionPolicy::Delete : DeletionPolicy::Snapshot;
}

}  // namespace

Result<docker::Resources> resourcesOf(const v1alpha1::ClientDeploymentSpecResources& spec) {
  docker::Resources resources;
  BERTH_TRY(resources.memoryBytes, bytesOf("memory", spec.memory));
  BERTH_TRY(resources.memoryReservationBytes, bytesOf("memoryReservation", spec.memoryReservation));
  BERTH_TRY(resources.memorySwapBytes, bytesOf("memorySwap", spec.memorySwap));
  if (!spec.cpus.empty()) {
    const auto millis = parseMillis(spec.cpus);
    if (!millis) return invalid("spec.resources.cpus: " + millis.error().message);
    resources.nanoCpus = *millis * 1'000'000;
  }
  resources.pidsLimit = spec.pidsLimit.value_or(0);

  constexpr std::int64_t kLeast = std::int64_t{6} << 20U;  // what the engine insists on
  if (resources.memoryBytes < kLeast) return invalid("spec.resources.memory must be at least 6Mi");
  if (resources.memoryReservationBytes > resources.memoryBytes)
    return invalid("spec.resources.memoryReservation must not be above memory");
  if (resources.memorySwapBytes < resources.memoryBytes)
    return invalid("spec.resources.memorySwap must not be below memory");
  return resources;
}

Result<Desired> desiredOf(const ClientDeployment& object, const Site& site, Environment variables) {
  const auto& spec = object.spec;
  const bool deleting = object.metadata.deletionTimestamp.has_value();
  if (!deleting && spec.rollout.strategy != "Recreate")
    return asError(
        {.reason = reason::kNotSupported,
         .message = "spec.rollout.strategy " + spec.rollout.strategy +
                    " is not there yet; set it to Recreate",
         .terminal = true});

  Desired desired{.uid = object.metadata.uid};
  desired.deleting = deleting;
  desired.running = spec.state != "Stopped";
  desired.repair = spec.driftPolicy != "Report";
  desired.deletionPolicy = policyOf(spec.storage.deletionPolicy);

  auto& container = desired.container;
  if (spec.storage.type == "Bind") {
    auto mount = bindMount(object, site);
    if (mount)
      container.mounts.push_back(*std::move(mount));
    else if (!deleting)
      return std::move(mount).error();
  } else {
    desired.volume = volumeOf(object);
    container.mounts.push_back(
        {docker::MountType::Volume, desired.volume->name, spec.storage.mountPath});
  }
  container.image = spec.image;
  container.env = std::move(variables);
  container.network = mark::networkName(site.clusterId);
  container.ports.push_back(
      {.containerPort = static_cast<int>(spec.containerPort),
       .hostAddress = site.publishAddress,
       .hostPort = site.port});
  auto resources = resourcesOf(spec.resources);
  if (resources)
    container.resources = *resources;
  else if (!deleting)
    return std::move(resources).error();
  // The operator starts what died, and nobody else does: an engine that comes back
  // with a tenant which has been moved in the meantime must not run it again.
  container.restart = docker::RestartPolicy::No;
  container.log.options = {
      {"max-size", spec.logging.maxSize}, {"max-file", std::to_string(spec.logging.maxFiles)}};
  container.stopTimeoutSeconds = static_cast<int>(spec.rollout.stopTimeoutSeconds);
  container.securityOptions = {"no-new-privileges:true"};

  const auto hash = hashOf(container);
  container.labels = mark::makeLabels(site.clusterId, ClientDeployment::kType, object.metadata);
  container.labels[mark::kGeneration] = std::to_string(object.metadata.generation);
  container.labels[mark::kSpecHash] = hash;
  container.labels[mark::kRole] = "active";
  container.name = containerName(object.metadata.key(), hash);
  return desired;
}

std::string containerName(const ObjectKey& key, const std::string& specHash) {
  return clipped("berth-" + key.namespaceName + "-" + key.name, 54) + "-" + specHash.substr(0, 8);
}

std::string volumeName(const ObjectMeta& meta) {
  return clipped("berth-" + meta.namespaceName + "-" + meta.name, 80) + "-" + meta.uid;
}

bool isPaused(const ClientDeployment& object) {
  return object.spec.paused || annotationOf(object.metadata, mark::kPausedBy) == "true";
}

std::string annotationOf(const ObjectMeta& meta, const char* name) {
  const auto found = meta.annotations.find(name);
  return found == meta.annotations.end() ? "" : found->second;
}

}  // namespace berth::clientdeployment
