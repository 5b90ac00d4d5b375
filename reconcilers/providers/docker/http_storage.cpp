#include "reconcilers/providers/docker/http_roles.hpp"
#include "reconcilers/providers/docker/wire_answer.hpp"
#include "reconcilers/providers/docker/wire_error.hpp"
#include "reconcilers/providers/docker/wire_request.hpp"

namespace berth::docker {
namespace {

Result<> removeThing(EngineApi& api, const Context& context, ApiCall call) {
  call.method = "DELETE";
  BERTH_TRY(const auto answer, api.send(context, call));
  if (answer.status < 400 || answer.status == 404) return Ok{};
  return decodeError(call.what, answer.status, answer.body);
}

}  // namespace

Result<VolumeState> HttpVolumes::create(const Context& context, const VolumeSpec& spec) {
  const ApiCall call{
      "create volume " + spec.name, "POST", "/volumes/create", {}, dumpJson(encodeVolume(spec))};
  BERTH_TRY(const auto json, api_.json(context, call));
  return decodeVolume(json);
}

Result<VolumeState> HttpVolumes::inspect(const Context& context, const std::string& name) {
  const ApiCall call{"inspect volume " + name, "GET", apiPath({"volumes", name})};
  BERTH_TRY(const auto json, api_.json(context, call));
  return decodeVolume(json);
}

Result<std::vector<VolumeState>> HttpVolumes::list(const Context& context, const Labels& labels) {
  const ApiCall call{"list volumes", "GET", "/volumes", {{"filters", labelFilter(labels)}}};
  BERTH_TRY(const auto json, api_.json(context, call));
  return decodeVolumes(json);
}

Result<> HttpVolumes::remove(const Context& context, const std::string& name) {
  return removeThing(
      api_, context, {.what = "remove volume " + name, .path = apiPath({"volumes", name})});
}

Result<NetworkState> HttpNetworks::create(const Context& context, const NetworkSpec& spec) {
  BERTH_TRY(const auto version, api_.version(context));
  const ApiCall call{
      .what = "create network " + spec.name,
      .method = "POST",
      .path = "/networks/create",
      .body = dumpJson(encodeNetwork(spec, version))};
  BERTH_TRY(const auto json, api_.json(context, call));
  BERTH_TRY(const auto id, requireString(json, "Id"));
  return inspect(context, id);
}

Result<NetworkState> HttpNetworks::inspect(const Context& context, const std::string& id) {
  const ApiCall call{"inspect network " + id, "GET", apiPath({"networks", id})};
  BERTH_TRY(const auto json, api_.json(context, call));
  return decodeNetwork(json);
}

Result<std::vector<NetworkState>> HttpNetworks::list(const Context& context, const Labels& labels) {
  const ApiCall call{"list networks", "GET", "/networks", {{"filters", labelFilter(labels)}}};
  BERTH_TRY(const auto json, api_.json(context, call));
  return decodeNetworks(json);
}

Result<> HttpNetworks::remove(const Context& context, const std::string& id) {
  return removeThing(
      api_, context, {.what = "remove network " + id, .path = apiPath({"networks", id})});
}

}  // namespace berth::docker
