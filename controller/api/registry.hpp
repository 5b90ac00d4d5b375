/// @file
/// Registry: the kinds that are served, as their CRDs declare them.
///
/// Built once, then only read: thread-safe.
#pragma once

#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "core/base/result.hpp"
#include "core/json/json.hpp"
#include "core/object/meta.hpp"
#include "core/schema/crd.hpp"
#include "core/schema/json_path.hpp"

namespace berth::api {

/// A printer column with its path ready to use.
struct Column {
  PrinterColumn declared;
  JsonPath path;
};

/// `domain=.spec.domain`: the object claims "domain/<value>" in the store.  The path
/// may name alternatives with "|": the first that has a value counts.
struct ClaimRule {
  std::string name;
  std::vector<JsonPath> alternatives;
};

/// A field beside metadata.name and metadata.namespace that field selectors know.
struct SelectableField {
  std::string name;  // spec.domain
  JsonPath path;
};

struct ServedKind {
  ResourceType type;
  std::shared_ptr<const CrdDefinition> definition;
  const CrdVersion* version = nullptr;  // of the definition
  /// A kind that kubectl was built with: strategic merge patches, no generation.
  bool builtIn = false;
  /// Whether objects are kept; else a POST is answered and forgotten (SelfSubjectReview).
  bool stored = true;
  std::vector<Column> columns;
  std::vector<ClaimRule> claims;
  std::vector<SelectableField> selectable;

  [[nodiscard]] const Schema& schema() const { return version->schema; }
  [[nodiscard]] bool hasStatus() const { return version->hasStatus; }
};

class Registry {
 public:
  /// Invalid when a document is no CRD that can be served.
  static Result<Registry> load(const std::vector<Json>& crds);

  /// nullptr when it is not served.
  [[nodiscard]] const ServedKind* find(
      std::string_view group, std::string_view version, std::string_view plural) const;
  [[nodiscard]] const ServedKind* findKind(
      std::string_view apiVersion, std::string_view kind) const;
  /// By group, then plural.
  [[nodiscard]] const std::vector<ServedKind>& kinds() const { return kinds_; }

 private:
  std::vector<ServedKind> kinds_;
};

}  // namespace berth::api
