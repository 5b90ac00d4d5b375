#include "reconcilers/clientdeployment/tenant_network.hpp"

#include <algorithm>
#include <memory>
#include <vector>

#include "reconcilers/clientdeployment/problem.hpp"
#include "reconcilers/marks.hpp"
#include "reconcilers/reasons.hpp"

namespace berth::clientdeployment {

namespace {

docker::NetworkSpec specOf(const std::string& clusterId, const std::string& hostName) {
  docker::NetworkSpec spec{.name = mark::networkName(clusterId)};
  spec.options["com.docker.network.bridge.enable_icc"] = "false";
  spec.labels = {
      {mark::kManagedBy, "berth"},
      {mark::kClusterId, clusterId},
      {mark::kKind, "Host"},
      {mark::kName, hostName},
      {mark::kRole, mark::kTenantsRole},
      {mark::kSchema, "1"}};
  return spec;
}

/// Those in use stay; a container names its network, so that any of them will do.
Result<> removeDuplicates(
    const Context& context, docker::Networks& networks, std::vector<docker::NetworkState> ours) {
  while (ours.size() > 1) {
    const auto gone = std::ranges::find_if(ours, [&](const docker::NetworkState& network) {
      return networks.remove(context, network.id).has_value();
    });
    if (gone == ours.end())
      return Error{
          Reason::Conflict,
          "there is more than one network " + ours.front().name + ", and tenants run in each"};
    ours.erase(gone);
  }
  return Ok{};
}

}  // namespace

Result<> TenantNetwork::ensure(
    const Context& context,
    docker::Networks& networks,
    const std::string& clusterId,
    const std::string& hostName) {
  const docker::Labels labels{{mark::kClusterId, clusterId}, {mark::kRole, mark::kTenantsRole}};
  BERTH_TRY(const auto seen, networks.list(context, labels));
  if (seen.size() == 1) return Ok{};

  // Nobody waits: a worker that comes second tries again in a moment.
  if (busy_.test_and_set()) return Error{Reason::Conflict, "the tenants' network is being made"};
  const std::unique_ptr<std::atomic_flag, void (*)(std::atomic_flag*)> turn(
      &busy_, [](std::atomic_flag* flag) { flag->clear(); });
  BERTH_TRY(const auto ours, networks.list(context, labels));
  if (!ours.empty()) return removeDuplicates(context, networks, ours);
  const auto spec = specOf(clusterId, hostName);
  const auto other = networks.inspect(context, spec.name);
  if (other)
    return asError(
        {.reason = reason::kNameTaken,
         .message =
             "a network that is not ours has the name " + spec.name + "; rename or remove it",
         .terminal = true});
  if (other.error().reason != Reason::NotFound) return other.error();
  const auto made = networks.create(context, spec);
  if (!made && made.error().reason != Reason::AlreadyExists) return made.error();
  return Ok{};
}

}  // namespace berth::clientdeployment
