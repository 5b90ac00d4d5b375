#include "reconcilers/providers/docker/wire_answer.hpp"

#include <algorithm>

#include "reconcilers/providers/docker/wire_container.hpp"

namespace berth::docker {
namespace {

template <class T>
Result<std::vector<T>> decodeAll(const Json* list, Result<T> (*decode)(const Json&)) {
  std::vector<T> all;
  if (list == nullptr || list->is_null()) return all;  // the engine's way to say none
  if (!list->is_array()) return Error{Reason::InternalError, "docker's answer is not a list"};
  for (const auto& item : *list) {
    BERTH_TRY(auto value, decode(item));
    all.push_back(std::move(value));
  }
  return all;
}

std::int64_t sumOf(const Json* networks, const char* field) {
  std::int64_t sum = 0;
  if (networks == nullptr || !networks->is_object()) return sum;
  for (const auto& network : *networks) sum += sizeAt(network, field);
  return sum;
}

std::int64_t blockBytes(const Json& json, std::string_view operation) {
  std::int64_t sum = 0;
  const auto* entries = findPath(json, "blkio_stats.io_service_bytes_recursive");
  if (entries == nullptr || !entries->is_array()) return sum;
  for (const auto& entry : *entries) {
    auto name = stringAt(entry, "op");
    if (!name.empty() && name[0] >= 'A' && name[0] <= 'Z')
      name[0] = static_cast<char>(name[0] + 32);
    if (name == operation) sum += sizeAt(entry, "value");
  }
  return sum;
}

}  // namespace

Result<std::string> requireString(const Json& json, const char* path) {
  auto text = stringAt(json, path);
  if (text.empty())
    return Error{Reason::InternalError, std::string("docker's answer lacks ") + path};
  return text;
}

Labels decodeLabels(const Json& json, const char* path) {
  Labels labels;
  const auto* map = findPath(json, path);
  if (map == nullptr || !map->is_object()) return labels;
  for (const auto& [name, value] : map->items())
    if (value.is_string()) labels[name] = value.get<std::string>();
  return labels;
}

std::vector<std::string> decodeStrings(const Json& json, const char* path) {
  std::vector<std::string> strings;
  const auto* list = findPath(json, path);
  if (list == nullptr || !list->is_array()) return strings;
  for (const auto& item : *list)
    if (item.is_string()) strings.push_back(item.get<std::string>());
  return strings;
}

std::int64_t sizeAt(const Json& json, const char* path) {
  constexpr std::int64_t kMost = std::int64_t{1} << 50U;
  return std::clamp<std::int64_t>(integerAt(json, path), 0, kMost);
}

bool flagAt(const Json& json, const char* path, bool fallback) {
  const auto* flag = findPath(json, path);
  return flag != nullptr && flag->is_boolean() ? flag->get<bool>() : fallback;
}

std::optional<Time> decodeTime(const Json& json, const char* path) {
  const auto text = stringAt(json, path);
  if (text.empty() || text.starts_with("0001-")) return std::nullopt;  // Go's zero time
  return parseRfc3339(text);
}

Result<std::vector<ContainerSummary>> decodeContainers(const Json& json) {
  return decodeAll<ContainerSummary>(&json, decodeSummary);
}

Result<ImageState> decodeImage(const Json& json) {
  ImageState image;
  BERTH_TRY(image.id, requireString(json, "Id"));
  image.tags = decodeStrings(json, "RepoTags");
  image.digests = decodeStrings(json, "RepoDigests");
  image.labels = decodeLabels(json, "Config.Labels");
  image.sizeBytes = integerAt(json, "Size");
  return image;
}

Result<VolumeState> decodeVolume(const Json& json) {
  VolumeState volume;
  BERTH_TRY(volume.name, requireString(json, "Name"));
  volume.driver = stringAt(json, "Driver");
  volume.mountpoint = stringAt(json, "Mountpoint");
  volume.labels = decodeLabels(json, "Labels");
  volume.createdAt = decodeTime(json, "CreatedAt").value_or(Time{});
  return volume;
}

Result<std::vector<VolumeState>> decodeVolumes(const Json& json) {
  if (!json.is_object() || !json.contains("Volumes"))
    return Error{Reason::InternalError, "docker's answer lacks Volumes"};
  return decodeAll<VolumeState>(&json["Volumes"], decodeVolume);
}

Result<NetworkState> decodeNetwork(const Json& json) {
  NetworkState network;
  BERTH_TRY(network.id, requireString(json, "Id"));
  BERTH_TRY(network.name, requireString(json, "Name"));
  network.driver = stringAt(json, "Driver");
  network.labels = decodeLabels(json, "Labels");
  network.internal = flagAt(json, "Internal", false);
  if (const auto* configs = findPath(json, "IPAM.Config");
      configs != nullptr && configs->is_array())
    for (const auto& config : *configs) network.subnets.push_back(stringAt(config, "Subnet"));
  return network;
}

Result<std::vector<NetworkState>> decodeNetworks(const Json& json) {
  return decodeAll<NetworkState>(&json, decodeNetwork);
}

Result<EngineInfo> decodeInfo(const Json& json) {
  EngineInfo info;
  BERTH_TRY(info.id, requireString(json, "ID"));
  BERTH_TRY(info.version, requireString(json, "ServerVersion"));
  BERTH_TRY(info.dataRoot, requireString(json, "DockerRootDir"));
  info.name = stringAt(json, "Name");
  info.operatingSystem = stringAt(json, "OperatingSystem");
  info.architecture = stringAt(json, "Architecture");
  info.kernel = stringAt(json, "KernelVersion");
  info.storageDriver = stringAt(json, "Driver");
  info.cgroupVersion = stringAt(json, "CgroupVersion");
  info.cpus = static_cast<int>(integerAt(json, "NCPU"));
  info.memoryBytes = integerAt(json, "MemTotal");
  info.containers = static_cast<int>(integerAt(json, "Containers"));
  info.containersRunning = static_cast<int>(integerAt(json, "ContainersRunning"));
  info.warnings = decodeStrings(json, "Warnings");
  return info;
}

// Action and Actor.ID, because API 1.52 drops the older fields.
Result<EngineEvent> decodeEvent(const Json& json) {
  EngineEvent event;
  BERTH_TRY(event.action, requireString(json, "Action"));
  BERTH_TRY(event.containerId, requireString(json, "Actor.ID"));
  event.attributes = decodeLabels(json, "Actor.Attributes");
  event.at = Time(std::chrono::nanoseconds(integerAt(json, "timeNano")));
  return event;
}

Result<ContainerStats> decodeStats(const Json& json) {
  const auto read = decodeTime(json, "read");
  if (!read) return Error{Reason::InternalError, "docker's answer lacks read"};
  ContainerStats stats;
  stats.at = *read;
  stats.cpu = std::chrono::nanoseconds(sizeAt(json, "cpu_stats.cpu_usage.total_usage"));
  const auto usage = sizeAt(json, "memory_stats.usage");
  const auto v1 = sizeAt(json, "memory_stats.stats.total_inactive_file");
  const auto cache = v1 != 0 ? v1 : sizeAt(json, "memory_stats.stats.inactive_file");
  stats.memoryBytes = usage > cache ? usage - cache : usage;
  stats.memoryLimitBytes = sizeAt(json, "memory_stats.limit");
  stats.processes = sizeAt(json, "pids_stats.current");
  const auto* networks = findPath(json, "networks");
  stats.receivedBytes = sumOf(networks, "rx_bytes");
  stats.sentBytes = sumOf(networks, "tx_bytes");
  stats.readBytes = blockBytes(json, "read");
  stats.writtenBytes = blockBytes(json, "write");
  return stats;
}

}  // namespace berth::docker
