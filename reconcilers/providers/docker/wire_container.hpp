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
/// A count or a size; what cannot be one is brought near, so that sums of them fit.
std::int64_t sizeAt(const Json& json, const char* path);
/// Anything but true and false is `fallback`.
bool flagAt(const Json& json, const char* path, bool fallback);
std::optional<Time> decodeTime(const Json& json, const char* path);

}  // namespace berth::docker
