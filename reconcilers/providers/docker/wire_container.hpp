/// @file
/// The parts of decoding that wire_answer.cpp and wire_container.cpp share.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "reconcilers/providers/docker/wire_answer.hpp"

namespace berth::docker {

Result<ContainerSummary> decodeSummary(const Json& json);
/// Absent and null are an empty map, list or time.
Labels decodeLabels(const Json& json, const char* path);
std::vector<std::string> decodeStrings(const Json& json, const char* path);
std::optional<Time> decodeTime(const Json& json, const char* path);

}  // namespace berth::docker
