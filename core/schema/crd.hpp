/// @file
/// CrdDefinition: a kind, as its CustomResourceDefinition declares it.
///
///     BERTH_TRY(auto definition, loadCrd(document));
///     const auto& schema = definition->storage().schema;
///     pruneUnknown(schema, object);
///     applyDefaults(schema, object);
///     const auto causes = validate(schema, object);
///
/// Shared and never changed after loading.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/object/meta.hpp"
#include "core/schema/schema.hpp"

namespace berth {

struct CrdNames {
  std::string plural;
  std::string singular;
  std::string kind;
  std::string listKind;
  std::vector<std::string> shortNames;
  std::vector<std::string> categories;
};

struct PrinterColumn {
  std::string name;
  std::string type;  // string, integer, number, boolean, date
  std::string format;
  std::string description;
  int priority = 0;  // above 0: only with -o wide
  std::string jsonPath;
};

struct ScalePaths {
  std::string specReplicas;  // ".spec.replicas"
  std::string statusReplicas;
  std::string labelSelector;
};

struct CrdVersion {
  std::string name;
  bool served = true;
  bool storage = true;
  std::string deprecationWarning;  // empty: not deprecated
  Schema schema;                   // with metadata's own schema put in
  Json schemaDocument;             // as the file has it
  std::vector<PrinterColumn> columns;
  std::vector<std::string> selectableFields;  // ".spec.hostRef.name"
  bool hasStatus = false;
  std::optional<ScalePaths> scale;
};

struct CrdDefinition {
  std::string group;
  bool namespaced = true;
  CrdNames names;
  std::vector<CrdVersion> versions;
  Json document;  // the whole CustomResourceDefinition

  /// nullptr when there is no such version.
  [[nodiscard]] const CrdVersion* version(std::string_view name) const;
  [[nodiscard]] const CrdVersion& storage() const;
  [[nodiscard]] ResourceType type() const;
};

/// Invalid, with the path of what is wrong, for a document that is no CRD.
Result<std::shared_ptr<const CrdDefinition>> loadCrd(Json document);

/// "dev.berth.v1alpha1.DNSRecord": how OpenAPI names the kind.
std::string openApiName(const CrdDefinition& definition, const CrdVersion& version);
/// The kind as an OpenAPI v3 component: the schema with its descriptions and defaults,
/// metadata by `$ref`, and x-kubernetes-group-version-kind.
Json openApiV3(const CrdDefinition& definition, const CrdVersion& version);
/// The `$ref` name of objectMetaOpenApi().
inline constexpr const char* kObjectMetaOpenApiName =
    "io.k8s.apimachinery.pkg.apis.meta.v1.ObjectMeta";

}  // namespace berth
