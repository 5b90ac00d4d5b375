#include "core/schema/crd.hpp"

#include <algorithm>

namespace berth {
namespace {

Error wrong(const std::string& path, const std::string& problem) {
  return {Reason::Invalid, path + ": " + problem};
}

std::vector<std::string> texts(const Json& node, const char* name) {
  std::vector<std::string> values;
  if (const auto found = node.find(name); found != node.end())
    for (const auto& item : *found)
      if (item.is_string()) values.push_back(item.get<std::string>());
  return values;
}

Result<CrdNames> loadNames(const Json& spec) {
  const auto* names = findPath(spec, "names");
  if (names == nullptr || !names->is_object()) return wrong("spec.names", "required");
  CrdNames loaded{
      .plural = stringAt(*names, "plural"),
      .singular = stringAt(*names, "singular"),
      .kind = stringAt(*names, "kind"),
      .listKind = stringAt(*names, "listKind"),
      .shortNames = texts(*names, "shortNames"),
      .categories = texts(*names, "categories"),
  };
  if (loaded.plural.empty()) return wrong("spec.names.plural", "required");
  if (loaded.kind.empty()) return wrong("spec.names.kind", "required");
  if (loaded.listKind.empty()) loaded.listKind = loaded.kind + "List";
  if (loaded.singular.empty()) {
    loaded.singular = loaded.kind;
    std::ranges::transform(loaded.singular, loaded.singular.begin(), [](char letter) {
      return letter >= 'A' && letter <= 'Z' ? char(letter - 'A' + 'a') : letter;
    });
  }
  return loaded;
}

std::vector<PrinterColumn> loadColumns(const Json& version) {
  std::vector<PrinterColumn> columns;
  const auto found = version.find("additionalPrinterColumns");
  if (found != version.end()) {
    for (const auto& column : *found) {
      columns.push_back({
          .name = stringAt(column, "name"),
          .type = stringAt(column, "type"),
          .format = stringAt(column, "format"),
          .description = stringAt(column, "description"),
          .priority = int(integerAt(column, "priority")),
          .jsonPath = stringAt(column, "jsonPath"),
      });
    }
    return columns;
  }
  return {
      {.name = "Age",
       .type = "date",
       .description = "Time since the object was made.",
       .jsonPath = ".metadata.creationTimestamp"}};
}

void loadSubresources(const Json& version, CrdVersion& into) {
  const auto* subresources = findPath(version, "subresources");
  if (subresources == nullptr) return;
  into.hasStatus = subresources->contains("status");
  if (const auto* scale = findPath(*subresources, "scale"); scale != nullptr) {
    into.scale = ScalePaths{
        .specReplicas = stringAt(*scale, "specReplicasPath"),
        .statusReplicas = stringAt(*scale, "statusReplicasPath"),
        .labelSelector = stringAt(*scale, "labelSelectorPath"),
    };
  }
}

/// The members that every object has are not the CRD's to describe.
void completeRoot(Schema& schema) {
  for (const auto* name : {"apiVersion", "kind"}) {
    auto& member = schema.properties[name];
    member.type = "string";
  }
  auto description = schema.properties["metadata"].description;
  schema.properties["metadata"] = objectMetaSchema();
  if (!description.empty()) schema.properties["metadata"].description = std::move(description);
}

Result<CrdVersion> loadVersion(const Json& document, const std::string& path) {
  CrdVersion version;
  version.name = stringAt(document, "name");
  if (version.name.empty()) return wrong(path + ".name", "required");
  version.served = document.value("served", false);
  version.storage = document.value("storage", false);
  const auto* schema = findPath(document, "schema.openAPIV3Schema");
  if (schema == nullptr) return wrong(path + ".schema.openAPIV3Schema", "required");
  auto loaded = loadSchema(*schema);
  if (!loaded) return during(path + ".schema", std::move(loaded).error());
  version.schema = *std::move(loaded);
  version.schemaDocument = *schema;
  completeRoot(version.schema);
  version.columns = loadColumns(document);
  loadSubresources(document, version);
  if (const auto found = document.find("selectableFields"); found != document.end())
    for (const auto& field : *found)
      version.selectableFields.push_back(stringAt(field, "jsonPath"));
  return version;
}

}  // namespace

const CrdVersion* CrdDefinition::version(std::string_view name) const {
  const auto found = std::ranges::find(versions, name, &CrdVersion::name);
  return found == versions.end() ? nullptr : &*found;
}

const CrdVersion& CrdDefinition::storage() const {
  return *std::ranges::find(versions, true, &CrdVersion::storage);
}

ResourceType CrdDefinition::type() const {
  return {group, storage().name, names.kind, names.plural, namespaced};
}

Result<std::shared_ptr<const CrdDefinition>> loadCrd(Json document) {
  if (stringAt(document, "kind") != "CustomResourceDefinition")
    return wrong("kind", "expected CustomResourceDefinition");
  const auto* spec = findPath(document, "spec");
  if (spec == nullptr || !spec->is_object()) return wrong("spec", "required");
  auto definition = std::make_shared<CrdDefinition>();
  definition->group = stringAt(*spec, "group");
  definition->namespaced = stringAt(*spec, "scope") != "Cluster";
  BERTH_TRY(definition->names, loadNames(*spec));
  const auto* versions = findPath(*spec, "versions");
  if (versions == nullptr || !versions->is_array()) return wrong("spec.versions", "required");
  for (const auto& item : *versions) {
    const auto path = "spec.versions[" + std::to_string(definition->versions.size()) + "]";
    BERTH_TRY(auto version, loadVersion(item, path));
    if (item.value("deprecated", false))
      version.deprecationWarning = item.value(
          "deprecationWarning",
          definition->group + "/" + version.name + " " + definition->names.kind + " is deprecated");
    definition->versions.push_back(std::move(version));
  }
  if (std::ranges::count(definition->versions, true, &CrdVersion::storage) != 1)
    return wrong("spec.versions", "exactly one version is the storage version");
  definition->document = std::move(document);
  return std::shared_ptr<const CrdDefinition>(std::move(definition));
}

std::string openApiName(const CrdDefinition& definition, const CrdVersion& version) {
  if (definition.group.empty())
    return "io.k8s.api.core." + version.name + "." + definition.names.kind;
  std::string reversed;
  std::string rest = definition.group;
  while (!rest.empty()) {
    const auto dot = rest.rfind('.');
    const auto start = dot == std::string::npos ? 0 : dot + 1;
    reversed += rest.substr(start) + ".";
    rest.resize(dot == std::string::npos ? 0 : dot);
  }
  return reversed + version.name + "." + definition.names.kind;
}

Json openApiV3(const CrdDefinition& definition, const CrdVersion& version) {
  Json component = version.schemaDocument;
  auto& properties = component["properties"];
  const auto describe = [&](const char* name, const char* text) {
    auto& member = properties[name];
    member["type"] = "string";
    if (!member.contains("description")) member["description"] = text;
  };
  describe("apiVersion", "The group and version of this document.");
  describe("kind", "The kind of this document.");
  properties["metadata"] = {
      {"allOf",
       Json::array({{{"$ref", std::string("#/components/schemas/") + kObjectMetaOpenApiName}}})},
      {"description", objectMetaSchema().description}};
  component["x-kubernetes-group-version-kind"] = Json::array(
      {{{"group", definition.group}, {"version", version.name}, {"kind", definition.names.kind}}});
  return component;
}

}  // namespace berth
