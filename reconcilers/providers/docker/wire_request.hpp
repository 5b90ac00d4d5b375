/// @file
/// What we send to an Engine API: bodies and paths.  Pure functions; each body is
/// checked against Docker's own description of its API by tests.
#pragma once

#include <string>
#include <vector>

#include "core/json/json.hpp"
#include "reconcilers/providers/docker/docker.hpp"

namespace berth::docker {

Json encodeContainer(const ContainerSpec& spec);
Json encodeUpdate(const Resources& resources, RestartPolicy restart);
Json encodeVolume(const VolumeSpec& spec);
/// For an API of this version: before 1.44 names are not unique unless asked for.
Json encodeNetwork(const NetworkSpec& spec, const std::string& apiVersion);
Json encodeExec(const ExecSpec& spec);

/// Compares "1.9" and "1.41" as numbers.
bool isOlder(const std::string& version, const std::string& than);
/// The value of the header X-Registry-Auth.
std::string encodeAuth(const RegistryAuth& auth);
/// The value of `filters` for a list by labels.
std::string labelFilter(const Labels& labels);
/// The value of `filters` for the events that EngineEvent has.
std::string eventFilter();
/// "?a=1&b=2", with the values encoded; those that are empty are left out.
std::string query(const std::vector<std::pair<std::string, std::string>>& parameters);

}  // namespace berth::docker
