#include "controller/api/deletion.hpp"

#include <algorithm>

#include "controller/api/builtin.hpp"
#include "controller/api/custom_kind.hpp"
#include "controller/api/metadata.hpp"
#include "controller/api/status.hpp"

namespace berth::api {
namespace {

constexpr const char* kOrphan = "orphan";
constexpr const char* kForeground = "foregroundDeletion";

void setFinalizer(Json& document, const char* name, bool wanted) {
  auto& metadata = document["metadata"];
  Json kept = Json::array();
  for (const auto& item : metadata.value("finalizers", Json::array()))
    if (item != name) kept.push_back(item);
  const bool present =
      metadata.contains("finalizers") && metadata["finalizers"].size() > kept.size();
  if (present == wanted) return;
  if (wanted) kept.push_back(name);
  metadata["finalizers"] = std::move(kept);
  if (metadata["finalizers"].empty()) metadata.erase("finalizers");
}

}  // namespace

Result<> checkDeletion(const ServedKind& kind, const Json& stored, const DeleteOptions& options) {
  const auto name = stringAt(stored, "metadata.name");
  const auto uid = stringAt(stored, "metadata.uid");
  const auto version = stringAt(stored, "metadata.resourceVersion");
  if (!options.uid.empty() && options.uid != uid)
    return conflict(
        kind.type,
        name,
        "Precondition failed: UID in precondition: " + options.uid +
            ", UID in object meta: " + uid);
  if (!options.resourceVersion.empty() && options.resourceVersion != version)
    return conflict(
        kind.type,
        name,
        "Precondition failed: ResourceVersion in precondition: " + options.resourceVersion +
            ", ResourceVersion in object meta: " + version);
  if (isNamespace(kind) && name == "default")
    return Error{
        Reason::Forbidden,
        "namespaces \"default\" is forbidden: this namespace may not be deleted"};
  if (isCustomKind(kind)) return guardCustomKindDeletion(name);
  return Ok{};
}

Json markDeleted(
    const ServedKind& kind, const Json& stored, std::optional<Propagation> propagation, Time now) {
  Json marked = stored;
  if (propagation) {
    setFinalizer(marked, kOrphan, *propagation == Propagation::Orphan);
    setFinalizer(marked, kForeground, *propagation == Propagation::Foreground);
  }
  if (isCustomKind(kind) && !isDeleting(stored)) setFinalizer(marked, kCustomKindFinalizer, true);
  if (!hasFinalizers(marked)) return marked;
  if (isDeleting(stored)) return marked;
  auto& metadata = marked["metadata"];
  metadata["deletionTimestamp"] = formatRfc3339(now);
  metadata["deletionGracePeriodSeconds"] = 0;
  if (!kind.builtIn) metadata["generation"] = integerAt(metadata, "generation") + 1;
  if (isNamespace(kind)) marked["status"]["phase"] = "Terminating";
  return marked;
}

}  // namespace berth::api
