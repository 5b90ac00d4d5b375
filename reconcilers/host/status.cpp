#include "reconcilers/host/status.hpp"

#include <algorithm>

#include "core/object/quantity.hpp"
#include "reconcilers/providers/docker/fault.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::host {

namespace {

using v1alpha1::Host;
using v1alpha1::HostStatus;

struct Finding {
  std::string status;
  std::string reason;
  std::string message;
};

Finding reachable(const Host& host, const Sight& sight) {
  if (!sight.supported)
    return {
        "False",
        reason::kConnectionUnsupported,
        "spec.connection.type " + host.spec.connection.type +
            " is not there yet; use Local, for an engine on the controller's own machine"};
  if (sight.error && docker::isFault(*sight.error, docker::fault::kTooOld))
    return {"False", reason::kEngineTooOld, sight.error->message + "; upgrade the engine"};
  if (sight.error)
    return {
        "False",
        reason::kEngineUnreachable,
        sight.error->message + "; check that the engine runs and its socket may be used"};
  if (!sight.facts) return {"Unknown", reason::kWaiting, "not asked yet"};
  return {"True", reason::kEngineReady, "engine " + sight.facts->engineVersion + " answers"};
}

Finding schedulable(const Host& host) {
  if (host.metadata.deletionTimestamp)
    return {"False", reason::kDeleting, "the host is being removed"};
  if (host.spec.paused) return {"False", reason::kPaused, "effects are paused by spec.paused"};
  if (host.spec.unschedulable)
    return {"False", reason::kCordoned, "new tenants are kept away by spec.unschedulable"};
  return {"True", reason::kReady, "takes new tenants while there is room"};
}

Finding ready(const Host& host, const Sight& sight) {
  if (!sight.holds.empty()) return {"False", reason::kInUse, sight.holds};
  return reachable(host, sight);
}

Finding stalled(const Host& host, const Sight& sight) {
  if (!sight.holds.empty()) return {"True", reason::kInUse, sight.holds};
  const auto finding = reachable(host, sight);
  const bool waits =
      finding.reason == reason::kConnectionUnsupported || finding.reason == reason::kEngineTooOld;
  if (waits) return {"True", finding.reason, finding.message};
  return {"False", reason::kSettled, "nothing waits for a person"};
}

/// Whole mebibytes, so that people can read it.
std::string memoryText(std::int64_t bytes) {
  return formatBytes(std::max<std::int64_t>(bytes, 0) >> 20U << 20U);
}

void fillFacts(HostStatus& status, const Host& host, const Sight& sight) {
  const auto& facts = *sight.facts;
  const auto& spec = host.spec;
  const auto memory = facts.memoryBytes - parseBytes(spec.reserved.memory).value_or(0);
  const auto cpus = facts.cpus * 1000 - parseMillis(spec.reserved.cpus).value_or(0);
  const auto promisable = memory * spec.overcommit.memoryPercent / 100;

  status.engine = {
      .id = facts.machineId,
      .version = facts.engineVersion,
      .apiVersion = facts.apiVersion,
      .operatingSystem = facts.operatingSystem,
      .architecture = facts.architecture,
      .kernel = facts.kernel};
  status.capacity = {
      .memory = memoryText(facts.memoryBytes),
      .cpus = std::to_string(facts.cpus),
      .disk = memoryText(facts.diskBytes),
      .deployments = spec.maxDeployments};
  status.allocatable = {
      .memory = memoryText(memory),
      .cpus = formatMillis(std::max<std::int64_t>(cpus, 0)),
      .deployments = spec.maxDeployments};
  status.allocated = {
      .memory = memoryText(sight.allocated.memoryBytes),
      .cpus = formatMillis(sight.allocated.cpuMillis),
      .deployments = sight.allocated.deployments};
  status.free = {
      .memory = memoryText(promisable - sight.allocated.memoryBytes),
      .deployments = std::max<std::int64_t>(spec.maxDeployments - sight.allocated.deployments, 0)};
}

}  // namespace

HostStatus statusOf(const Host& host, const Sight& sight, Time now) {
  auto status = host.status;  // what cannot be seen now stays as it was last seen
  status.observedGeneration = host.metadata.generation;
  if (sight.facts) fillFacts(status, host, sight);
  const auto put = [&](const char* type, const Finding& finding) {
    setCondition(
        status.conditions,
        {.type = type,
         .status = finding.status,
         .observedGeneration = host.metadata.generation,
         .reason = finding.reason,
         .message = finding.message},
        now);
  };
  put("EngineReachable", reachable(host, sight));
  put("Schedulable", schedulable(host));
  put("Stalled", stalled(host, sight));
  put("Ready", ready(host, sight));
  return status;
}

}  // namespace berth::host
