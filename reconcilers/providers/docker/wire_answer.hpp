/// @file
/// What an Engine API answers, as values.  Pure functions; an answer that lacks what
/// it must have is an Error, never a value with holes.
#pragma once

#include <vector>

#include "core/json/json.hpp"
#include "reconcilers/providers/docker/docker.hpp"

namespace berth::docker {

Result<ContainerState> decodeContainer(const Json& json);
Result<std::vector<ContainerSummary>> decodeContainers(const Json& json);
Result<ImageState> decodeImage(const Json& json);
Result<VolumeState> decodeVolume(const Json& json);
Result<std::vector<VolumeState>> decodeVolumes(const Json& json);
Result<NetworkState> decodeNetwork(const Json& json);
Result<std::vector<NetworkState>> decodeNetworks(const Json& json);
/// `apiVersion` is left empty: it is what was negotiated.
Result<EngineInfo> decodeInfo(const Json& json);
Result<EngineEvent> decodeEvent(const Json& json);
Result<ContainerStats> decodeStats(const Json& json);
/// The string at a path, or an Error that names it.
Result<std::string> requireString(const Json& json, const char* path);

}  // namespace berth::docker
