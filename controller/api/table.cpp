#include "controller/api/table.hpp"

#include <algorithm>
#include <cctype>

#include "controller/api/builtin.hpp"
#include "controller/api/rbac_kinds.hpp"
#include "controller/api/respond.hpp"

namespace berth::api {
namespace {

constexpr const char* kNameDescription =
    "Name must be unique within a namespace. Is required when creating resources, although some "
    "resources may allow a client to request the generation of an appropriate name automatically.";

constexpr std::string_view kMetadataHead =
    R"({"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":)";

Json columnDefinition(const PrinterColumn& column) {
  return {
      {"name", column.name},
      {"type", column.type},
      {"format", column.format},
      {"description", column.description},
      {"priority", column.priority}};
}

/// Events are read by what happened, not by their names: those come last, and only
/// when all is asked for.
bool namesComeLast(const ServedKind& kind) { return kind.builtIn && kind.type.kind == "Event"; }

Json columnDefinitions(const ServedKind& kind) {
  const bool last = namesComeLast(kind);
  const auto name =
      columnDefinition({"Name", "string", "name", kNameDescription, last ? 1 : 0, {}});
  Json columns = Json::array();
  if (!last) columns.push_back(name);
  for (const auto& column : kind.columns) columns.push_back(columnDefinition(column.declared));
  if (kind.columns.empty())
    columns.push_back(columnDefinition({"Age", "date", "", "Time since creation.", 0, {}}));
  if (last) columns.push_back(name);
  return columns;
}

std::string ageSince(const std::string& text, Time now) {
  const auto time = parseRfc3339(text);
  return time ? formatAge(std::max(now - *time, Duration::zero())) : "<unknown>";
}

std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  return text;
}

/// The names of a binding's subjects of one kind.
std::string subjectNames(const Json& binding, const std::string& kind) {
  std::string names;
  const auto* subjects = findPath(binding, "subjects");
  if (subjects == nullptr) return names;
  for (const auto& subject : *subjects) {
    if (stringAt(subject, "kind") != kind) continue;
    const auto space = kind == "ServiceAccount" ? stringAt(subject, "namespace") + "/" : "";
    names += (names.empty() ? "" : ", ") + space + stringAt(subject, "name");
  }
  return names;
}

std::optional<Json> bindingCell(const std::string& column, const Json& binding) {
  if (column == "Role")
    return stringAt(binding, "roleRef.kind") + "/" + stringAt(binding, "roleRef.name");
  if (column == "Users") return subjectNames(binding, "User");
  if (column == "Groups") return subjectNames(binding, "Group");
  if (column == "ServiceAccounts") return subjectNames(binding, "ServiceAccount");
  return std::nullopt;
}

/// Columns of Kubernetes' own kinds that no path gives.
std::optional<Json> computedCell(
    const ServedKind& kind, const std::string& column, const Json& object) {
  if (!kind.builtIn) return std::nullopt;
  if (isRbac(kind)) return bindingCell(column, object);
  if (column == "Data" && kind.type.group.empty()) {
    std::size_t count = 0;
    for (const char* member : {"data", "binaryData"})
      if (const auto* data = findPath(object, member)) count += data->size();
    return Json(count);
  }
  if (column == "Object" && kind.type.kind == "Event") {
    const std::string about = kind.view ? "regarding" : "involvedObject";
    const auto name = stringAt(object, about + ".name");
    return Json(lower(stringAt(object, about + ".kind")) + "/" + name);
  }
  return std::nullopt;
}

Json cellOf(const ServedKind& kind, const Column& column, const Json& object, Time now) {
  if (auto computed = computedCell(kind, column.declared.name, object)) return *std::move(computed);
  const auto found = column.path.find(object);
  if (found.empty() || found[0]->is_null()) return nullptr;
  const auto& value = *found[0];
  const auto& type = column.declared.type;
  if (type == "date") return ageSince(scalarText(value), now);
  if (type == "string") {
    std::string text;
    for (const auto* item : found) text += (text.empty() ? "" : ",") + scalarText(*item);
    return text;
  }
  const bool fits = (type == "integer" && value.is_number_integer()) ||
                    (type == "number" && value.is_number()) ||
                    (type == "boolean" && value.is_boolean());
  return fits ? value : Json(nullptr);
}

/// The object without metadata.managedFields, which no column shows and which may be
/// half of it.  Keys are in byte order, so that another one follows.
Json readForCells(std::string_view object, std::string_view metadata) {
  const auto managed = rawMember(metadata, "managedFields");
  if (managed.empty()) return parseOwnJson(object);
  constexpr std::string_view kKey = "\"managedFields\":";
  const auto at = std::size_t(managed.data() - object.data());
  std::string rest(object.substr(0, at - kKey.size()));
  rest += object.substr(at + managed.size() + 1);
  return parseOwnJson(rest);
}

}  // namespace

std::string metadataText(std::string_view object) {
  return std::string(kMetadataHead) + std::string(rawMember(object, "metadata")) + '}';
}

Table::Table(const ServedKind& kind, Time now, std::string includeObject)
    : kind_(kind), now_(now), includeObject_(std::move(includeObject)) {}

void Table::add(std::string_view bytes) {
  const auto metadata = rawMember(bytes, "metadata");
  const Json object = readForCells(bytes, metadata);
  Json cells = Json::array();
  const auto name = stringAt(object, "metadata.name");
  const bool last = namesComeLast(kind_);
  if (!last) cells.push_back(name);
  for (const auto& column : kind_.columns) cells.push_back(cellOf(kind_, column, object, now_));
  if (kind_.columns.empty())
    cells.push_back(ageSince(stringAt(object, "metadata.creationTimestamp"), now_));
  if (last) cells.push_back(name);
  if (!rows_.empty()) rows_ += ',';
  rows_ += R"({"cells":)" + dumpJson(cells);
  if (includeObject_ == "Object") {
    rows_ += R"(,"object":)";
    rows_ += bytes;
  } else if (includeObject_ != "None") {
    rows_ += R"(,"object":)";
    rows_ += kMetadataHead;
    rows_ += metadata;
    rows_ += '}';
  }
  rows_ += '}';
}

std::string Table::text(const Json& listMetadata, bool withColumns) {
  const auto head = R"({"kind":"Table","apiVersion":"meta.k8s.io/v1","metadata":)" +
                    dumpJson(listMetadata) + R"(,"columnDefinitions":)" +
                    (withColumns ? dumpJson(columnDefinitions(kind_)) : std::string("null")) +
                    R"(,"rows":[)";
  rows_.insert(0, head);
  rows_ += "]}";
  return std::exchange(rows_, {});
}

}  // namespace berth::api
