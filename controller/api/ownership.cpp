#include "controller/api/ownership.hpp"

#include <algorithm>

namespace berth::api {
namespace {

const FieldSet& untracked() {
  static const FieldSet kFields = *FieldSet::parse(
      {{"f:apiVersion", Json::object()},
       {"f:kind", Json::object()},
       {"f:metadata",
        {{".", Json::object()},
         {"f:name", Json::object()},
         {"f:namespace", Json::object()},
         {"f:uid", Json::object()},
         {"f:creationTimestamp", Json::object()},
         {"f:deletionTimestamp", Json::object()},
         {"f:deletionGracePeriodSeconds", Json::object()},
         {"f:generation", Json::object()},
         {"f:resourceVersion", Json::object()}}}});
  return kFields;
}

/// One empty entry, in Kubernetes' words for "no longer".
bool givesUpTracking(const Json& sent) {
  return sent.is_array() && sent.size() == 1 && sent[0].is_object() && sent[0].empty();
}

/// Those before the write.  What a client sends without understanding it is as good
/// as nothing, so that nobody loses ownership by accident.
ManagedFields managersBefore(OwnedChange& change, const Writer& writer) {
  const bool sentMatters =
      writer.part == Part::Main && !change.sent.empty() && change.sent != change.held;
  if (sentMatters && givesUpTracking(change.sent)) return {};
  if (sentMatters) {
    auto sent = parseManagedFields(change.sent);
    if (sent && !sent->empty()) return *std::move(sent);
  }
  return readManagedFields(std::move(change.held));
}

}  // namespace

const char* subresourceOf(Part part) {
  switch (part) {
    case Part::Main:
      return "";
    case Part::Status:
      return "status";
    case Part::Finalize:
      return "finalize";
  }
  return "";
}

Manager managerOf(const Writer& writer, bool applies) {
  return {
      .name = writer.manager,
      .applies = applies,
      .apiVersion = writer.kind.type.apiVersion(),
      .subresource = subresourceOf(writer.part),
      .time = formatRfc3339(writer.now)};
}

FieldSet trackedFields(const ServedKind& kind, const Json& document, Cover cover) {
  auto fields = fieldSetOf(kind.schema(), document, cover);
  fields.subtract(untracked());
  return fields;
}

FieldChanges trackedChanges(const ServedKind& kind, const Json& before, const Json& after) {
  auto changes = compareFields(kind.schema(), before, after);
  changes.written.subtract(untracked());
  changes.removed.subtract(untracked());
  return changes;
}

Json ownersOfNew(const Json& document, const Writer& writer) {
  auto manager = managerOf(writer, false);
  manager.fields = trackedFields(writer.kind, document, Cover::Nodes);
  ManagedFields managers;
  managers.push_back(std::move(manager));
  return writeManagedFields(std::move(managers));
}

Json ownersOfChanged(OwnedChange change, const Writer& writer) {
  auto managers = managersBefore(change, writer);
  // An object of which nothing is known stays so until somebody applies it.
  if (managers.empty()) return nullptr;
  const auto changes = trackedChanges(writer.kind, change.before, change.after);
  auto self = managerOf(writer, false);
  bool known = false;
  for (auto& manager : managers) {
    manager.fields.subtract(changes.removed);
    if (manager.isSameAs(self)) {
      known = true;
      if (changes.written.empty()) continue;
      manager.fields.unite(changes.written);
      manager.time = self.time;
    } else {
      manager.fields.subtract(changes.written);
    }
  }
  if (!known) {
    self.fields = changes.written;
    managers.push_back(std::move(self));
  }
  capManagers(managers);
  return writeManagedFields(std::move(managers));
}

}  // namespace berth::api
