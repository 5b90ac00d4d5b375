#include "reconcilers/providers/docker/fault.hpp"
#include "reconcilers/providers/docker/http_roles.hpp"
#include "reconcilers/providers/docker/wire_answer.hpp"
#include "reconcilers/providers/docker/wire_error.hpp"
#include "reconcilers/providers/docker/wire_request.hpp"

namespace berth::docker {

Result<ContainerState> HttpContainers::inspect(const Context& context, const std::string& id) {
  const ApiCall call{"inspect " + id, "GET", apiPath({"containers", id, "json"})};
  BERTH_TRY(const auto json, api_.json(context, call));
  return decodeContainer(json);
}

Result<std::vector<ContainerSummary>> HttpContainers::list(
    const Context& context, const Labels& labels) {
  const ApiCall call{
      "list containers",
      "GET",
      "/containers/json",
      {{"all", "1"}, {"filters", labelFilter(labels)}}};
  BERTH_TRY(const auto json, api_.json(context, call));
  return decodeContainers(json);
}

Result<std::string> HttpContainers::create(const Context& context, const ContainerSpec& spec) {
  const ApiCall call{
      "create " + spec.name,
      "POST",
      "/containers/create",
      {{"name", spec.name}},
      dumpJson(encodeContainer(spec))};
  BERTH_TRY(const auto json, api_.json(context, call));
  return requireString(json, "Id");
}

Result<> HttpContainers::start(const Context& context, const std::string& id) {
  BERTH_CHECK(api_.must(context, {"start " + id, "POST", apiPath({"containers", id, "start"})}));
  return Ok{};
}

Result<> HttpContainers::stop(const Context& context, const std::string& id, Duration grace) {
  const auto seconds = std::chrono::ceil<std::chrono::seconds>(grace);
  const ApiCall call{
      "stop " + id,
      "POST",
      apiPath({"containers", id, "stop"}),
      {{"t", std::to_string(seconds.count())}}};
  BERTH_CHECK(api_.must(context, call, grace));
  return Ok{};
}

Result<> HttpContainers::kill(
    const Context& context, const std::string& id, const std::string& signal) {
  const ApiCall call{
      "kill " + id, "POST", apiPath({"containers", id, "kill"}), {{"signal", signal}}};
  auto done = api_.must(context, call);
  if (!done && !isFault(done.error(), fault::kNotRunning)) return std::move(done).error();
  return Ok{};
}

Result<> HttpContainers::remove(const Context& context, const std::string& id, bool force) {
  const ApiCall call{
      "remove " + id,
      "DELETE",
      apiPath({"containers", id}),
      {{"v", "1"}, {"force", force ? "1" : ""}}};
  BERTH_TRY(const auto answer, api_.send(context, call));
  if (answer.status < 400 || answer.status == 404) return Ok{};
  return decodeError(call.what, answer.status, answer.body);
}

Result<> HttpContainers::rename(
    const Context& context, const std::string& id, const std::string& name) {
  const ApiCall call{
      "rename " + id, "POST", apiPath({"containers", id, "rename"}), {{"name", name}}};
  BERTH_TRY(const auto answer, api_.send(context, call));
  if (answer.status < 400) return Ok{};
  auto error = decodeError(call.what, answer.status, answer.body);
  if (error.message.find("same name as its current name") != std::string::npos) return Ok{};
  return error;
}

Result<> HttpContainers::update(
    const Context& context,
    const std::string& id,
    const Resources& resources,
    RestartPolicy restart) {
  const ApiCall call{
      "update " + id,
      "POST",
      apiPath({"containers", id, "update"}),
      {},
      dumpJson(encodeUpdate(resources, restart))};
  BERTH_CHECK(api_.must(context, call));
  return Ok{};
}

}  // namespace berth::docker
