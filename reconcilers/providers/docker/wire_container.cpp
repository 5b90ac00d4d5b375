#include "reconcilers/providers/docker/wire_container.hpp"

#include <algorithm>
#include <cstdlib>

namespace berth::docker {
namespace {

Result<ContainerStatus> decodeStatus(const std::string& text) {
  using enum ContainerStatus;
  for (const auto status : {Created, Running, Paused, Restarting, Removing, Exited, Dead})
    if (toString(status) == text) return status;
  return Error{Reason::InternalError, "docker's answer has an unknown state: " + text};
}

RestartPolicy decodeRestart(const std::string& name) {
  if (name == "on-failure") return RestartPolicy::OnFailure;
  if (name == "always") return RestartPolicy::Always;
  if (name == "unless-stopped") return RestartPolicy::UnlessStopped;
  return RestartPolicy::No;
}

std::string withoutSlash(std::string name) {
  if (name.starts_with('/')) name.erase(0, 1);
  return name;
}

std::vector<Mount> decodeMounts(const Json& json) {
  std::vector<Mount> mounts;
  const auto* list = findPath(json, "Mounts");
  if (list == nullptr || !list->is_array()) return mounts;
  for (const auto& item : *list) {
    const auto type = stringAt(item, "Type");
    Mount mount;
    mount.type = type == "bind"    ? MountType::Bind
                 : type == "tmpfs" ? MountType::Tmpfs
                                   : MountType::Volume;
    mount.source = stringAt(item, mount.type == MountType::Volume ? "Name" : "Source");
    mount.target = stringAt(item, "Destination");
    mount.readOnly = !flagAt(item, "RW", true);
    mounts.push_back(std::move(mount));
  }
  std::sort(mounts.begin(), mounts.end());
  return mounts;
}

std::vector<PortBinding> decodePorts(const Json& json) {
  std::vector<PortBinding> ports;
  const auto* map = findPath(json, "NetworkSettings.Ports");
  if (map == nullptr || !map->is_object()) return ports;
  for (const auto& [key, bindings] : map->items()) {
    if (!bindings.is_array()) continue;  // exposed, not published
    const auto slash = std::min(key.find('/'), key.size());
    for (const auto& binding : bindings)
      ports.push_back(
          {std::atoi(key.c_str()),
           slash < key.size() ? key.substr(slash + 1) : "tcp",
           stringAt(binding, "HostIp"),
           std::atoi(stringAt(binding, "HostPort").c_str())});
  }
  std::sort(ports.begin(), ports.end());
  return ports;
}

std::vector<ContainerNetwork> decodeJoined(const Json& json) {
  std::vector<ContainerNetwork> networks;
  const auto* map = findPath(json, "NetworkSettings.Networks");
  if (map == nullptr || !map->is_object()) return networks;
  for (const auto& [name, endpoint] : map->items())
    networks.push_back({name, stringAt(endpoint, "NetworkID"), stringAt(endpoint, "IPAddress")});
  return networks;
}

std::map<std::string, std::string> decodeEnv(const Json& json) {
  std::map<std::string, std::string> env;
  for (const auto& line : decodeStrings(json, "Config.Env")) {
    const auto equals = std::min(line.find('='), line.size());
    env[line.substr(0, equals)] = equals < line.size() ? line.substr(equals + 1) : "";
  }
  return env;
}

Resources decodeResources(const Json& json) {
  Resources resources;
  resources.memoryBytes = integerAt(json, "HostConfig.Memory");
  resources.memoryReservationBytes = integerAt(json, "HostConfig.MemoryReservation");
  resources.memorySwapBytes = integerAt(json, "HostConfig.MemorySwap");
  resources.nanoCpus = integerAt(json, "HostConfig.NanoCpus");
  resources.pidsLimit = std::max<std::int64_t>(0, integerAt(json, "HostConfig.PidsLimit"));
  return resources;
}

Result<> decodeState(const Json& json, ContainerState& state) {
  BERTH_TRY(const auto status, requireString(json, "State.Status"));
  BERTH_TRY(state.status, decodeStatus(status));
  state.exitCode = static_cast<int>(integerAt(json, "State.ExitCode"));
  state.oomKilled = flagAt(json, "State.OOMKilled", false);
  state.error = stringAt(json, "State.Error");
  state.restartCount = static_cast<int>(integerAt(json, "RestartCount"));
  state.pid = integerAt(json, "State.Pid");
  state.startedAt = decodeTime(json, "State.StartedAt");
  state.finishedAt = decodeTime(json, "State.FinishedAt");
  return Ok{};
}

}  // namespace

Result<ContainerState> decodeContainer(const Json& json) {
  ContainerState state;
  BERTH_TRY(state.id, requireString(json, "Id"));
  BERTH_TRY(const auto name, requireString(json, "Name"));
  BERTH_TRY(state.imageId, requireString(json, "Image"));
  BERTH_CHECK(decodeState(json, state));
  if (findPath(json, "Config") == nullptr || findPath(json, "HostConfig") == nullptr)
    return Error{Reason::InternalError, "docker's answer lacks Config or HostConfig"};
  state.name = withoutSlash(name);
  state.image = stringAt(json, "Config.Image");
  state.labels = decodeLabels(json, "Config.Labels");
  state.createdAt = decodeTime(json, "Created").value_or(Time{});
  state.env = decodeEnv(json);
  state.command = decodeStrings(json, "Config.Cmd");
  state.mounts = decodeMounts(json);
  state.ports = decodePorts(json);
  state.networks = decodeJoined(json);
  state.resources = decodeResources(json);
  state.restart = decodeRestart(stringAt(json, "HostConfig.RestartPolicy.Name"));
  state.log.driver = stringAt(json, "HostConfig.LogConfig.Type");
  state.log.options = decodeLabels(json, "HostConfig.LogConfig.Config");
  return state;
}

Result<ContainerSummary> decodeSummary(const Json& json) {
  ContainerSummary summary;
  BERTH_TRY(summary.id, requireString(json, "Id"));
  BERTH_TRY(const auto status, requireString(json, "State"));
  BERTH_TRY(summary.status, decodeStatus(status));
  const auto names = decodeStrings(json, "Names");
  if (!names.empty()) summary.name = withoutSlash(names[0]);
  // A link gives more names, which have a second slash.
  for (const auto& name : names)
    if (name.rfind('/') == 0) summary.name = withoutSlash(name);
  summary.image = stringAt(json, "Image");
  summary.imageId = stringAt(json, "ImageID");
  summary.labels = decodeLabels(json, "Labels");
  constexpr std::int64_t kLastYear = 9'000'000'000;  // that nanoseconds can tell
  summary.createdAt = Time(std::chrono::seconds(std::min(kLastYear, sizeAt(json, "Created"))));
  return summary;
}

}  // namespace berth::docker
