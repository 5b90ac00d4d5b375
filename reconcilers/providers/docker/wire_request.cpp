#include "reconcilers/providers/docker/wire_request.hpp"

#include <algorithm>
#include <cstdlib>

#include "core/crypto/encoding.hpp"
#include "core/http/http.hpp"

namespace berth::docker {
namespace {

Json encodeEnv(const std::map<std::string, std::string>& env) {
  Json lines = Json::array();
  for (const auto& [name, value] : env) lines.push_back(name + "=" + value);
  return lines;
}

Json encodeMount(const Mount& mount) {
  Json json = {{"Target", mount.target}, {"ReadOnly", mount.readOnly}};
  switch (mount.type) {
    case MountType::Volume:
      json["Type"] = "volume";
      break;
    case MountType::Bind:
      json["Type"] = "bind";
      break;
    case MountType::Tmpfs:
      json["Type"] = "tmpfs";
      break;
  }
  if (!mount.source.empty()) json["Source"] = mount.source;
  return json;
}

std::string portKey(const PortBinding& port) {
  return std::to_string(port.containerPort) + "/" + port.protocol;
}

void putLimits(const Resources& resources, Json& json) {
  json["Memory"] = resources.memoryBytes;
  json["MemoryReservation"] = resources.memoryReservationBytes;
  json["MemorySwap"] = resources.memorySwapBytes;
  json["NanoCpus"] = resources.nanoCpus;
  if (resources.pidsLimit != 0) json["PidsLimit"] = resources.pidsLimit;
}

Json encodeRestart(RestartPolicy policy, int retries) {
  switch (policy) {
    case RestartPolicy::No:
      return {{"Name", "no"}};
    case RestartPolicy::OnFailure:
      return {{"Name", "on-failure"}, {"MaximumRetryCount", retries}};
    case RestartPolicy::Always:
      return {{"Name", "always"}};
    case RestartPolicy::UnlessStopped:
      return {{"Name", "unless-stopped"}};
  }
  return {{"Name", "no"}};
}

Json encodeHostConfig(const ContainerSpec& spec) {
  Json mounts = Json::array();
  for (const auto& mount : spec.mounts) mounts.push_back(encodeMount(mount));
  Json bindings = Json::object();
  for (const auto& port : spec.ports)
    bindings[portKey(port)].push_back(
        {{"HostIp", port.hostAddress}, {"HostPort", std::to_string(port.hostPort)}});

  Json json = {
      {"Mounts", mounts},
      {"PortBindings", bindings},
      {"RestartPolicy", encodeRestart(spec.restart, spec.restartRetries)},
      {"LogConfig", {{"Type", spec.log.driver}, {"Config", Json::object()}}},
      {"ReadonlyRootfs", spec.readOnlyRoot},
      {"Init", spec.init},
  };
  for (const auto& [name, value] : spec.log.options) json["LogConfig"]["Config"][name] = value;
  putLimits(spec.resources, json);
  if (!spec.network.empty()) json["NetworkMode"] = spec.network;
  if (!spec.capDrop.empty()) json["CapDrop"] = spec.capDrop;
  if (!spec.securityOptions.empty()) json["SecurityOpt"] = spec.securityOptions;
  return json;
}

}  // namespace

Json encodeContainer(const ContainerSpec& spec) {
  Json exposed = Json::object();
  for (const auto& port : spec.ports) exposed[portKey(port)] = Json::object();

  Json json = {
      {"Image", spec.image},
      {"Env", encodeEnv(spec.env)},
      {"Labels", spec.labels},
      {"ExposedPorts", exposed},
      {"HostConfig", encodeHostConfig(spec)},
  };
  if (!spec.command.empty()) json["Cmd"] = spec.command;
  if (!spec.hostname.empty()) json["Hostname"] = spec.hostname;
  if (!spec.user.empty()) json["User"] = spec.user;
  if (spec.stopTimeoutSeconds) json["StopTimeout"] = *spec.stopTimeoutSeconds;
  if (!spec.useImageHealthcheck) json["Healthcheck"] = {{"Test", {"NONE"}}};
  if (!spec.network.empty() && !spec.networkAliases.empty())
    json["NetworkingConfig"]["EndpointsConfig"][spec.network] = {{"Aliases", spec.networkAliases}};
  return json;
}

Json encodeUpdate(const Resources& resources, RestartPolicy restart) {
  Json json = {{"RestartPolicy", encodeRestart(restart, 0)}};
  putLimits(resources, json);
  return json;
}

Json encodeVolume(const VolumeSpec& spec) {
  return {
      {"Name", spec.name},
      {"Driver", spec.driver},
      {"DriverOpts", spec.options},
      {"Labels", spec.labels}};
}

Json encodeNetwork(const NetworkSpec& spec, const std::string& apiVersion) {
  Json json = {
      {"Name", spec.name},
      {"Driver", spec.driver},
      {"Internal", spec.internal},
      {"Options", spec.options},
      {"Labels", spec.labels}};
  if (isOlder(apiVersion, "1.44")) json["CheckDuplicate"] = true;
  if (!spec.subnet.empty()) json["IPAM"] = {{"Config", {{{"Subnet", spec.subnet}}}}};
  return json;
}

Json encodeExec(const ExecSpec& spec) {
  Json json = {
      {"AttachStdout", true},
      {"AttachStderr", true},
      {"Cmd", spec.command},
      {"Env", encodeEnv(spec.env)}};
  if (!spec.user.empty()) json["User"] = spec.user;
  if (!spec.workingDirectory.empty()) json["WorkingDir"] = spec.workingDirectory;
  return json;
}

bool isOlder(const std::string& version, const std::string& than) {
  const auto numbers = [](const std::string& text) {
    const auto dot = std::min(text.find('.'), text.size());
    const int minor = dot < text.size() ? std::atoi(text.c_str() + dot + 1) : 0;
    return std::pair(std::atoi(text.c_str()), minor);
  };
  return numbers(version) < numbers(than);
}

std::string encodeAuth(const RegistryAuth& auth) {
  auto text = toBase64Url(dumpJson(
      {{"username", auth.username},
       {"password", auth.password.reveal()},
       {"serveraddress", auth.server}}));
  while (text.size() % 4 != 0) text += '=';  // older engines insist on it
  return text;
}

std::string labelFilter(const Labels& labels) {
  if (labels.empty()) return "";
  Json wanted = Json::array();
  for (const auto& [name, value] : labels)
    wanted.push_back(value.empty() ? name : name + "=" + value);
  return dumpJson({{"label", wanted}});
}

std::string eventFilter() {
  return dumpJson(
      {{"type", {"container"}},
       {"event",
        {"create",
         "start",
         "die",
         "stop",
         "kill",
         "oom",
         "rename",
         "update",
         "pause",
         "unpause",
         "destroy"}}});
}

std::string query(const std::vector<std::pair<std::string, std::string>>& parameters) {
  std::string text;
  for (const auto& [name, value] : parameters)
    if (!value.empty())
      text += (text.empty() ? "?" : "&") + name + "=" + http::percentEncode(value);
  return text;
}

}  // namespace berth::docker
