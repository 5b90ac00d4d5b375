#include "tests/support/docker/wire_encode.hpp"

namespace berth::support {
namespace {

using docker::MountType;
using docker::RestartPolicy;

std::string timeText(const std::optional<Time>& time) {
  return time ? formatRfc3339(*time) : "0001-01-01T00:00:00Z";
}

std::string policyName(RestartPolicy policy) {
  switch (policy) {
    case RestartPolicy::No:
      return "no";
    case RestartPolicy::OnFailure:
      return "on-failure";
    case RestartPolicy::Always:
      return "always";
    case RestartPolicy::UnlessStopped:
      return "unless-stopped";
  }
  return "";
}

Json encodeMount(const docker::Mount& mount) {
  Json json = {{"Destination", mount.target}, {"RW", !mount.readOnly}};
  switch (mount.type) {
    case MountType::Volume:
      json["Type"] = "volume";
      json["Name"] = mount.source;
      json["Source"] = "/var/lib/docker/volumes/" + mount.source + "/_data";
      break;
    case MountType::Bind:
      json["Type"] = "bind";
      json["Source"] = mount.source;
      break;
    case MountType::Tmpfs:
      json["Type"] = "tmpfs";
      json["Source"] = mount.source;
      break;
  }
  return json;
}

Json encodeState(docker::ContainerStatus status, const docker::ContainerState& state) {
  return {
      {"Status", std::string(toString(status))},
      {"Running", state.running()},
      {"ExitCode", state.exitCode},
      {"OOMKilled", state.oomKilled},
      {"Error", state.error},
      {"Pid", state.pid},
      {"StartedAt", timeText(state.startedAt)},
      {"FinishedAt", timeText(state.finishedAt)}};
}

Json encodeHostConfig(const docker::ContainerState& state) {
  const auto& limits = state.resources;
  return {
      {"Memory", limits.memoryBytes},
      {"MemoryReservation", limits.memoryReservationBytes},
      {"MemorySwap", limits.memorySwapBytes},
      {"NanoCpus", limits.nanoCpus},
      {"PidsLimit", limits.pidsLimit == 0 ? Json() : Json(limits.pidsLimit)},
      {"RestartPolicy", {{"Name", policyName(state.restart)}, {"MaximumRetryCount", 0}}},
      {"LogConfig", {{"Type", state.log.driver}, {"Config", state.log.options}}}};
}

Json encodeNetworkSettings(const docker::ContainerState& state) {
  Json ports = Json::object();
  for (const auto& port : state.ports)
    ports[std::to_string(port.containerPort) + "/" + port.protocol].push_back(
        {{"HostIp", port.hostAddress}, {"HostPort", std::to_string(port.hostPort)}});
  Json networks = Json::object();
  for (const auto& network : state.networks)
    networks[network.name] = {{"NetworkID", network.id}, {"IPAddress", network.address}};
  return {{"Ports", ports}, {"Networks", networks}};
}

}  // namespace

Json encodeState(const docker::ContainerState& state) {
  Json env = Json::array();
  for (const auto& [name, value] : state.env) env.push_back(name + "=" + value);
  Json mounts = Json::array();
  for (const auto& mount : state.mounts) mounts.push_back(encodeMount(mount));
  return {
      {"Id", state.id},
      {"Name", "/" + state.name},
      {"Image", state.imageId},
      {"Created", formatRfc3339(state.createdAt)},
      {"RestartCount", state.restartCount},
      {"State", encodeState(state.status, state)},
      {"Config",
       {{"Image", state.image}, {"Labels", state.labels}, {"Env", env}, {"Cmd", state.command}}},
      {"HostConfig", encodeHostConfig(state)},
      {"Mounts", mounts},
      {"NetworkSettings", encodeNetworkSettings(state)}};
}

Json encodeSummary(const docker::ContainerSummary& summary) {
  const auto created = std::chrono::floor<std::chrono::seconds>(summary.createdAt);
  return {
      {"Id", summary.id},
      {"Names", {"/" + summary.name}},
      {"Image", summary.image},
      {"ImageID", summary.imageId},
      {"Labels", summary.labels},
      {"State", std::string(toString(summary.status))},
      {"Created", created.time_since_epoch().count()}};
}

Json encodeImage(const docker::ImageState& image) {
  return {
      {"Id", image.id},
      {"RepoTags", image.tags},
      {"RepoDigests", image.digests},
      {"Size", image.sizeBytes},
      {"Config", {{"Labels", image.labels}}}};
}

Json encodeVolume(const docker::VolumeState& volume) {
  return {
      {"Name", volume.name},
      {"Driver", volume.driver},
      {"Mountpoint", volume.mountpoint},
      {"Labels", volume.labels},
      {"Scope", "local"},
      {"Options", Json()},
      {"CreatedAt", formatRfc3339(volume.createdAt)}};
}

Json encodeNetwork(const docker::NetworkState& network) {
  Json config = Json::array();
  for (const auto& subnet : network.subnets) config.push_back({{"Subnet", subnet}});
  return {
      {"Id", network.id},
      {"Name", network.name},
      {"Driver", network.driver},
      {"Internal", network.internal},
      {"Labels", network.labels},
      {"IPAM", {{"Config", config}}}};
}

Json encodeInfo(const docker::EngineInfo& info) {
  return {
      {"ID", info.id},
      {"Name", info.name},
      {"ServerVersion", info.version},
      {"OperatingSystem", info.operatingSystem},
      {"Architecture", info.architecture},
      {"KernelVersion", info.kernel},
      {"DockerRootDir", info.dataRoot},
      {"Driver", info.storageDriver},
      {"CgroupVersion", info.cgroupVersion},
      {"NCPU", info.cpus},
      {"MemTotal", info.memoryBytes},
      {"Containers", info.containers},
      {"ContainersRunning", info.containersRunning},
      {"Warnings", info.warnings}};
}

}  // namespace berth::support
