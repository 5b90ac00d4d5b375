#include "controller/api/apply.hpp"

#include <algorithm>
#include <map>

#include "controller/api/builtin.hpp"
#include "controller/api/metadata.hpp"
#include "controller/api/status.hpp"
#include "core/schema/applied.hpp"
#include "core/schema/shape.hpp"

namespace berth::api {
namespace {

constexpr const char* kLastApplied = "kubectl.kubernetes.io/last-applied-configuration";
constexpr const char* kKubectl = "kubectl";
constexpr const char* kBeforeFirstApply = "before-first-apply";

Error cannotBeTyped(
    const ServedKind& kind, const ObjectKey& key, const std::vector<std::string>& problems) {
  std::string list = problems.size() == 1 ? problems.front() : "errors:";
  if (problems.size() > 1)
    for (const auto& problem : problems) list += "\n  " + problem;
  return badRequest(
      "failed to create typed patch object (" + key.namespaceName + "/" + key.name + "; " +
      kind.type.apiVersion() + ", Kind=" + kind.type.kind + "): " + list);
}

/// Members that the part does not write are not applied either.
void keepPart(const ServedKind& kind, Part part, Json& document) {
  if (part == Part::Main) {
    if (kind.hasStatus()) document.erase("status");
    if (isNamespace(kind)) document.erase("spec");
    return;
  }
  const std::string wanted = part == Part::Status ? "status" : "spec";
  for (auto member = document.begin(); member != document.end();) {
    const bool kept = member.key() == wanted || member.key() == "apiVersion" ||
                      member.key() == "kind" || member.key() == "metadata";
    member = kept ? std::next(member) : document.erase(member);
  }
  for (const auto* name : {"labels", "annotations", "finalizers", "ownerReferences"})
    document["metadata"].erase(name);
}

std::string* lastApplied(Json& document) {
  const auto annotations = document["metadata"].find("annotations");
  if (annotations == document["metadata"].end()) return nullptr;
  const auto found = annotations->find(kLastApplied);
  return found == annotations->end() ? nullptr : &found->get_ref<std::string&>();
}

/// What client-side apply has said and still holds: kubectl may take it over.
FieldSet heldByClientSideApply(const ServedKind& kind, Json& stored) {
  const auto* text = lastApplied(stored);
  if (text == nullptr) return {};
  const auto parsed = parseJson(*text);
  if (!parsed || stringAt(parsed->document, "apiVersion") != kind.type.apiVersion()) return {};
  auto fields = trackedFields(kind, parsed->document, Cover::Values);
  const auto changes = trackedChanges(kind, parsed->document, stored);
  fields.subtract(changes.written);
  fields.subtract(changes.removed);
  return fields;
}

/// Keeps the annotation of client-side apply in step, for who goes back to it.
void renewLastApplied(const Json& configuration, Json& object) {
  auto* text = lastApplied(object);
  if (text == nullptr) return;
  auto applied = configuration;
  if (lastApplied(applied) != nullptr) {
    applied["metadata"]["annotations"].erase(kLastApplied);
    if (applied["metadata"]["annotations"].empty()) applied["metadata"].erase("annotations");
  }
  *text = dumpJson(applied) + "\n";
}

std::string described(const Manager& manager) {
  auto text = dumpJson(manager.name);
  if (!manager.subresource.empty()) text += " with subresource " + dumpJson(manager.subresource);
  return manager.applies ? text : text + " using " + manager.apiVersion;
}

/// The fields that an applier would change, by their owners.
using Conflicts = std::map<std::string, FieldSet>;

Error conflictError(const Conflicts& conflicts) {
  std::vector<Cause> causes;
  std::string list;
  for (const auto& [owner, fields] : conflicts) {
    list += (list.empty() ? "conflicts with " : "\nconflicts with ") + owner + ":";
    for (const auto& path : fields.paths()) {
      causes.push_back({"FieldManagerConflict", "conflict with " + owner, path});
      list += "\n- " + path;
    }
  }
  const auto message = causes.size() == 1
                           ? "1 conflict: " + causes[0].message + ": " + causes[0].field
                           : std::to_string(causes.size()) + " conflicts: " + list;
  return {Reason::Conflict, "Apply failed with " + message, std::move(causes)};
}

Conflicts findConflicts(
    const ManagedFields& managers, const Manager& self, const FieldSet& written) {
  Conflicts conflicts;
  for (const auto& manager : managers) {
    auto fields = manager.isSameAs(self) ? FieldSet() : manager.fields.intersection(written);
    if (!fields.empty()) conflicts[described(manager)].unite(fields);
  }
  return conflicts;
}

/// One apply, while it is worked out.
class Application {
 public:
  Application(Json stored, const Writer& writer)
      : writer_(writer),
        managers_(readManagedFields(takeManagedFields(stored))),
        stored_(std::move(stored)),
        self_(managerOf(writer, true)) {
    if (managers_.empty()) managers_.push_back(ownerBeforeFirstApply());
  }

  Result<Json> run(const Json& configuration, bool force) {
    const auto wanted = trackedFields(writer_.kind, configuration, Cover::Values);
    auto object = merged(configuration);
    const auto changes = trackedChanges(writer_.kind, stored_, object);
    if (!force) BERTH_CHECK(refuseConflicts(changes.written));
    const bool changed = !changes.written.empty() || !changes.removed.empty();
    settle(wanted, changes, changed);
    if (writer_.manager == kKubectl) renewLastApplied(configuration, object);
    putManagedFields(object, writeManagedFields(std::move(managers_)));
    return object;
  }

 private:
  /// An object that was never tracked belongs to whoever was there before.
  Manager ownerBeforeFirstApply() const {
    auto owner = managerOf(writer_, false);
    owner.name = kBeforeFirstApply;
    auto part = stored_;
    keepPart(writer_.kind, writer_.part, part);
    owner.fields = trackedFields(writer_.kind, part, Cover::Nodes);
    return owner;
  }

  Json merged(const Json& configuration) const {
    const auto& schema = writer_.kind.schema();
    auto object = mergeApplied(schema, stored_, configuration);
    const auto known = std::ranges::find_if(
        managers_, [&](const Manager& manager) { return manager.isSameAs(self_); });
    if (known == managers_.end()) return object;
    // With the name, which nobody owns: metadata itself always stays.
    auto kept = fieldSetOf(schema, configuration, Cover::Values);
    for (const auto& manager : managers_)
      if (&manager != &*known) kept.unite(manager.fields);
    removeAbandoned(schema, object, known->fields, kept);
    return object;
  }

  Result<> refuseConflicts(const FieldSet& written) {
    auto conflicts = findConflicts(managers_, self_, written);
    if (!conflicts.empty() && writer_.manager == kKubectl) {
      const auto allowed = heldByClientSideApply(writer_.kind, stored_);
      for (auto& [owner, fields] : conflicts) fields.subtract(allowed);
      std::erase_if(conflicts, [](const auto& conflict) { return conflict.second.empty(); });
    }
    if (!conflicts.empty()) return conflictError(conflicts);
    return Ok{};
  }

  void settle(const FieldSet& wanted, const FieldChanges& changes, bool changed) {
    bool known = false;
    for (auto& manager : managers_) {
      if (!manager.isSameAs(self_)) {
        manager.fields.subtract(changes.written);
        manager.fields.subtract(changes.removed);
        continue;
      }
      known = true;
      if (changed || manager.fields != wanted) manager.time = self_.time;
      manager.fields = wanted;
      manager.apiVersion = self_.apiVersion;
    }
    if (known) return;
    self_.fields = wanted;
    managers_.push_back(self_);
  }

  const Writer& writer_;
  ManagedFields managers_;
  Json stored_;
  Manager self_;
};

}  // namespace

Result<Json> readConfiguration(
    const ServedKind& kind, const ObjectKey& key, Part part, Json document) {
  if (!document.is_object()) return badRequest("the configuration to apply is not an object");
  for (const auto* name : {"apiVersion", "kind"})
    if (!document.contains(name))
      return badRequest(std::string("the configuration to apply has no ") + name);
  const auto managed = takeManagedFields(document);
  if (!managed.is_null()) return badRequest("metadata.managedFields must be nil");
  dropNulls(kind.schema(), document);
  BERTH_CHECK(normalize(kind, document));
  foldShorthands(kind, document);
  BERTH_CHECK(bindToKey(kind, key, document));
  std::vector<std::string> problems;
  for (const auto& field : findUnknownFields(kind.schema(), document))
    problems.push_back("." + field.path + ": field not declared in schema");
  std::ranges::move(findListProblems(kind.schema(), document), std::back_inserter(problems));
  if (!problems.empty()) return cannotBeTyped(kind, key, problems);
  document["metadata"].erase("generateName");  // the URL has the name
  keepPart(kind, part, document);
  return document;
}

Result<Json> applyTo(Json stored, const Json& configuration, const Writer& writer, bool force) {
  return Application(std::move(stored), writer).run(configuration, force);
}

Json applyToNothing(Json configuration, const Writer& writer) {
  ManagedFields managers;
  managers.push_back(managerOf(writer, true));
  managers[0].fields = trackedFields(writer.kind, configuration, Cover::Values);
  putManagedFields(configuration, writeManagedFields(std::move(managers)));
  return configuration;
}

}  // namespace berth::api
