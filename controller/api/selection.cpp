#include "controller/api/selection.hpp"

#include <algorithm>

#include "controller/api/builtin.hpp"
#include "controller/api/status.hpp"
#include "controller/api/view.hpp"

namespace berth::api {
namespace {

bool isOfMetadata(const std::string& path) {
  return path == "metadata.name" || path == "metadata.namespace";
}

const SelectableField* declared(const ServedKind& kind, const std::string& path) {
  const auto found = std::ranges::find(kind.selectable, path, &SelectableField::name);
  return found == kind.selectable.end() ? nullptr : &*found;
}

/// Kinds of Kubernetes itself can be selected by any scalar of theirs, for each has
/// its own list in Kubernetes and Events alone have twelve.
bool isSelectable(const ServedKind& kind, const std::string& path) {
  if (isOfMetadata(path) || declared(kind, path) != nullptr) return true;
  const auto* schema = kind.builtIn ? kind.schema().at(path) : nullptr;
  return schema != nullptr && schema->type != "object" && schema->type != "array";
}

Labels labelsOf(const store::StoredObject& object) {
  Labels labels;
  const auto parsed = parseJson(object.bytes, {.maxBytes = std::string::npos});
  const auto* members = parsed ? findPath(parsed->document, "metadata.labels") : nullptr;
  if (members != nullptr)
    for (const auto& [key, value] : members->items()) labels[key] = scalarText(value);
  return labels;
}

}  // namespace

Result<Selection> Selection::read(
    const ServedKind& kind, const std::string& namespaceName, const http::Target& target) {
  Selection selection;
  selection.kind_ = &kind;
  selection.namespaceName_ = namespaceName;
  BERTH_TRY(selection.labels_, LabelSelector::parse(target.param("labelSelector")));
  BERTH_TRY(selection.fields_, FieldSelector::parse(target.param("fieldSelector")));
  for (const auto& requirement : selection.fields_.requirements())
    if (!isSelectable(kind, requirement.field))
      return badRequest("field label not supported: " + requirement.field);
  return selection;
}

bool Selection::fieldsMatch(const store::StoredObject& object) const {
  Json document;
  return fields_.matches([&](const std::string& path) {
    if (path == "metadata.name") return object.key.name;
    if (path == "metadata.namespace") return object.key.namespaceName;
    if (document.is_null()) document = servedDocument(*kind_, object);
    const auto* field = declared(*kind_, path);
    if (field == nullptr) {
      const auto* value = findPath(document, path);
      return value == nullptr ? std::string() : scalarText(*value);
    }
    const auto found = field->path.find(document);
    return found.empty() ? std::string() : scalarText(*found[0]);
  });
}

bool Selection::matches(const runtime::CachedObject& object) const {
  const auto& space = object.stored->key.namespaceName;
  return (namespaceName_.empty() || space == namespaceName_) && labels_.matches(object.labels) &&
         fieldsMatch(*object.stored);
}

bool Selection::matches(const store::StoredObject& object) const {
  if (!namespaceName_.empty() && object.key.namespaceName != namespaceName_) return false;
  return (labels_.empty() || labels_.matches(labelsOf(object))) && fieldsMatch(object);
}

}  // namespace berth::api
