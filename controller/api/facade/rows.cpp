#include "controller/api/facade/rows.hpp"

#include <algorithm>
#include <map>
#include <vector>

namespace berth::api::facade {
namespace {

/// The value at a path, or null.
Json at(const Json& document, std::string_view path) {
  const auto* found = findPath(document, path);
  return found == nullptr ? Json() : *found;
}

bool isTrueAt(const Json& document, std::string_view path) { return at(document, path) == true; }

/// The Ready condition, or null.
Json readyOf(const Json& object) {
  for (const auto& condition : at(object, "status.conditions"))
    if (stringAt(condition, "type") == "Ready") return condition;
  return {};
}

Json common(const Json& object, const char* uidName) {
  const auto ready = readyOf(object);
  return {
      {"id", idOf(object)},
      {uidName, at(object, "metadata.uid")},
      {"ready", stringAt(ready, "status") == "True"},
      {"message", stringAt(ready, "message")},
      {"created_at", at(object, "metadata.creationTimestamp")}};
}

Error notUnderstood(const std::string& what) { return {Reason::Invalid, what}; }

/// Each key of a body, and what becomes of its value.
using Setter = void (*)(Json& spec, const Json& value);
using Setters = std::map<std::string, Setter>;

Result<Json> build(const Json& body, const Setters& setters) {
  Json spec = Json::object();
  for (const auto& [name, value] : body.items()) {
    const auto setter = setters.find(name);
    if (setter == setters.end()) return notUnderstood("unknown field: " + name);
    if (!value.is_null()) setter->second(spec, value);
  }
  return spec;
}

Json envList(const Json& value) {
  Json list = Json::array();
  if (!value.is_object()) return value;  // the schema says what is wrong with it
  for (const auto& [name, text] : value.items()) list.push_back({{"name", name}, {"value", text}});
  return list;
}

void setState(Json& spec, const Json& value) {
  spec["paused"] = value == "paused";
  spec["state"] = value == "stopped" ? "Stopped" : "Running";
}

Result<> checkWord(const Json& body, const char* name, const std::vector<std::string>& words) {
  const auto value = body.value(name, Json());
  const auto isIt = [&](const std::string& word) { return value == word; };
  if (value.is_null() || std::ranges::any_of(words, isIt)) return Ok{};
  std::string all;
  for (const auto& word : words) all += (all.empty() ? "" : ", ") + word;
  return notUnderstood(std::string(name) + ": must be one of " + all);
}

}  // namespace

std::string idOf(const Json& object) {
  const auto space = stringAt(object, "metadata.namespace");
  const auto name = stringAt(object, "metadata.name");
  return space.empty() || space == "default" ? name : space + ":" + name;
}

Json hostRow(const Json& host) {
  auto row = common(host, "host_id");
  const bool kept = isTrueAt(host, "spec.unschedulable") || isTrueAt(host, "spec.paused");
  row["hostname"] = at(host, "metadata.name");
  row["ip_address"] = at(host, "spec.address");
  row["region"] = at(host, "spec.region");
  row["status"] = row["ready"] != true ? "offline" : kept ? "maintenance" : "active";
  row["metadata"] = at(host, "metadata.labels");
  return row;
}

Json deploymentRow(const Json& deployment) {
  auto row = common(deployment, "deployment_id");
  auto client = at(deployment, "status.clientName");
  if (client.is_null()) client = at(deployment, "spec.clientName");
  if (client.is_null()) client = at(deployment, "metadata.name");
  const bool stopped = stringAt(deployment, "spec.state") == "Stopped";
  row["client_name"] = client;
  row["host_id"] = at(deployment, "status.hostName");
  row["container_name"] = at(deployment, "status.container.name");
  row["fqdn"] = at(deployment, "spec.domain");
  row["port"] = at(deployment, "status.hostPort");
  row["url"] = at(deployment, "status.url");
  row["image"] = at(deployment, "spec.image");
  row["database_type"] = "sqlite";
  row["status"] = stopped ? "stopped" : isTrueAt(deployment, "spec.paused") ? "paused" : "active";
  row["config"] = {{"memory", at(deployment, "spec.resources.memory")}};
  return row;
}

Json jobRow(const Json& job) {
  auto row = common(job, "job_id");
  static const std::map<std::string, const char*> kStates{
      {"Running", "running"},
      {"Succeeded", "success"},
      {"Failed", "failed"},
      {"Cancelled", "cancelled"},
      {"ManualIntervention", "manual_intervention_required"}};
  const auto state = kStates.find(stringAt(job, "status.state"));
  row["client_name"] = at(job, "spec.deploymentRef.name");
  row["status"] = state == kStates.end() ? "pending" : state->second;
  row["sync_type"] = stringAt(job, "spec.mode") == "Full" ? "full" : "incremental";
  row["started_at"] = at(job, "status.startTime");
  row["completed_at"] = at(job, "status.completionTime");
  row["rows_synced"] = at(job, "status.rowsUpserted");
  row["conflicts_detected"] = at(job, "status.conflictsOpen");
  return row;
}

Json conflictRow(const Json& conflict) {
  auto row = common(conflict, "log_id");
  row["client_name"] = at(conflict, "spec.deploymentRef.name");
  row["table_name"] = at(conflict, "spec.table");
  row["record_id"] = at(conflict, "spec.rowKey");
  row["conflict_type"] = at(conflict, "spec.type");
  row["source_data"] = at(conflict, "spec.source");
  row["target_data"] = at(conflict, "spec.target");
  row["detected_at"] = at(conflict, "status.detectedTime");
  row["resolved_at"] = at(conflict, "status.resolvedTime");
  row["resolution_strategy"] = at(conflict, "spec.resolution.action");
  return row;
}

Result<Json> hostSpec(const Json& body) {
  static const Setters kSetters{
      {"hostname", [](Json&, const Json&) {}},
      {"ip_address", [](Json& spec, const Json& value) { spec["address"] = value; }},
      {"region", [](Json& spec, const Json& value) { spec["region"] = value; }},
      {"agent_url",
       [](Json& spec, const Json& value) {
         spec["connection"] = {{"type", "Agent"}, {"agent", {{"url", value}}}};
       }},
      {"connection", [](Json& spec, const Json& value) { spec["connection"] = value; }},
      {"status",
       [](Json& spec, const Json& value) { spec["unschedulable"] = value == "maintenance"; }}};
  BERTH_CHECK(checkWord(body, "status", {"active", "maintenance"}));
  return build(body, kSetters);
}

Result<Json> deploymentSpec(const Json& body) {
  static constexpr Setter kDomain = [](Json& spec, const Json& value) { spec["domain"] = value; };
  static constexpr Setter kHost = [](Json& spec, const Json& value) {
    spec["placement"]["hostName"] = value;
  };
  static const Setters kSetters{
      {"client_name", [](Json& spec, const Json& value) { spec["clientName"] = value; }},
      {"domain", kDomain},
      {"fqdn", kDomain},
      {"image", [](Json& spec, const Json& value) { spec["image"] = value; }},
      {"host", kHost},
      {"host_id", kHost},
      {"port", [](Json& spec, const Json& value) { spec["hostPort"] = value; }},
      {"memory", [](Json& spec, const Json& value) { spec["resources"]["memory"] = value; }},
      {"env", [](Json& spec, const Json& value) { spec["env"] = envList(value); }},
      {"status", setState}};
  BERTH_CHECK(checkWord(body, "status", {"active", "paused", "stopped"}));
  return build(body, kSetters);
}

Result<Json> resolution(const Json& body) {
  static const Setters kSetters{
      {"strategy",
       [](Json& made, const Json& value) {
         made["action"] = value == "source_wins"   ? "AcceptSource"
                          : value == "target_wins" ? "AcceptTarget"
                                                   : "Merge";
       }},
      {"resolved_data", [](Json& made, const Json& value) { made["merged"] = value; }},
      {"notes", [](Json& made, const Json& value) { made["comment"] = value; }}};
  BERTH_CHECK(checkWord(body, "strategy", {"source_wins", "target_wins", "merge"}));
  if (!body.contains("strategy")) return notUnderstood("strategy: is needed");
  return build(body, kSetters);
}

}  // namespace berth::api::facade
