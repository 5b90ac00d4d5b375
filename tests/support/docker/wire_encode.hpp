/// @file
/// What an engine would answer for a value: the other direction of wire_answer.hpp.
/// With it the fake's states are checked against Docker's own description, and
/// decoding is checked by going there and back.
#pragma once

#include "core/json/json.hpp"
#include "reconcilers/providers/docker/docker.hpp"

namespace berth::support {

Json encodeState(const docker::ContainerState& state);
Json encodeSummary(const docker::ContainerSummary& summary);
Json encodeImage(const docker::ImageState& image);
Json encodeVolume(const docker::VolumeState& volume);
Json encodeNetwork(const docker::NetworkState& network);
Json encodeInfo(const docker::EngineInfo& info);

}  // namespace berth::support
