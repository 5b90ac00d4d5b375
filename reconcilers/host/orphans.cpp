#include "reconcilers/host/orphans.hpp"

#include <algorithm>

#include "berth/v1alpha1/client_deployment.hpp"
#include "reconcilers/marks.hpp"

namespace berth::host {

namespace {

using docker::ContainerStatus;
using docker::ContainerSummary;
using v1alpha1::ClientDeployment;

constexpr std::size_t kMostAtOnce = 5;

std::string labelOf(const ContainerSummary& container, const char* name) {
  const auto found = container.labels.find(name);
  return found == container.labels.end() ? "" : found->second;
}

bool isOrphan(const Context& context, const ContainerSummary& container, ObjectClient& client) {
  const ObjectKey key{labelOf(container, mark::kNamespace), labelOf(container, mark::kName)};
  const auto stored = client.get(context, ClientDeployment::kType, key);
  if (!stored) return stored.error().reason == Reason::NotFound;
  return stringAt(*stored, "metadata.uid") != labelOf(container, mark::kUid);
}

bool mayGo(const ContainerSummary& container) {
  return container.status == ContainerStatus::Created ||
         container.status == ContainerStatus::Exited || container.status == ContainerStatus::Dead;
}

}  // namespace

Result<Orphans> removeOrphans(
    const Context& context,
    const docker::Docker& docker,
    ObjectClient& client,
    const std::string& clusterId) {
  BERTH_TRY(
      const auto all,
      docker.reader.list(
          context, {{mark::kClusterId, clusterId}, {mark::kKind, ClientDeployment::kType.kind}}));
  std::vector<ContainerSummary> found;
  std::ranges::copy_if(all, std::back_inserter(found), [&](const auto& container) {
    return isOrphan(context, container, client);
  });

  Orphans orphans;
  const bool tooMany = found.size() > std::max(kMostAtOnce, all.size() / 5);
  for (const auto& container : found) {
    if (tooMany || !mayGo(container)) {
      orphans.left.push_back(container.name);
      continue;
    }
    BERTH_CHECK(docker.containers.remove(context, container.id, false));
    orphans.removed.push_back(container.name);
  }
  return orphans;
}

}  // namespace berth::host
