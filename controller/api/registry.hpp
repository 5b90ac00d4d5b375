/// @file
/// Registry: the kinds that are served, as their CRDs declare them.
///
/// A snapshot: built once, then only read.  Kinds that did not change are shared with
/// the next snapshot; a reference to one holds as long as its snapshot does, and
/// shared_from_this() makes it last longer.  Thread-safe.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
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

/// How objects are stored when that is not how they are served: with another
/// apiVersion, and members under other names.
struct View {
  std::string apiVersion;                                      // as stored
  std::vector<std::pair<std::string, std::string>> renamed{};  // served, stored
};

struct ServedKind : std::enable_shared_from_this<ServedKind> {
  ResourceType type;
  std::string resource;  // the name under which objects are in the store
  std::shared_ptr<const CrdDefinition> definition;
  const CrdVersion* version = nullptr;  // of the definition
  /// A kind that kubectl was built with: strategic merge patches, no generation.
  bool builtIn = false;
  /// Whether objects are kept; else a POST is answered and forgotten (SelfSubjectReview).
  bool stored = true;
  /// Whether the server alone makes and changes objects; others read and delete them.
  bool readOnly = false;
  /// Absent: what is stored is what is served.
  std::optional<View> view;
  /// Its definition is being deleted: nothing new is made.
  bool terminating = false;
  std::vector<Column> columns;
  std::vector<ClaimRule> claims;
  std::vector<SelectableField> selectable;

  [[nodiscard]] const Schema& schema() const { return version->schema; }
  [[nodiscard]] bool hasStatus() const { return version->hasStatus; }
  [[nodiscard]] bool hasScale() const { return version->scale.has_value(); }
};
using ServedKindPtr = std::shared_ptr<const ServedKind>;

class Registry {
 public:
  /// Invalid when a document is no CRD that can be served.
  static Result<std::shared_ptr<const Registry>> load(const std::vector<Json>& crds);
  /// Of all versions of one CRD.
  static Result<std::vector<ServedKindPtr>> kindsOf(const Json& crd);
  /// The versions that are served.
  explicit Registry(std::vector<ServedKindPtr> versions);

  /// nullptr when it is not served.
  [[nodiscard]] const ServedKind* find(
      std::string_view group, std::string_view version, std::string_view plural) const;
  [[nodiscard]] const ServedKind* findKind(
      std::string_view apiVersion, std::string_view kind) const;
  /// By group, version, plural.
  [[nodiscard]] const std::vector<ServedKindPtr>& kinds() const { return kinds_; }
  /// One for each resource of the store, served or not.
  [[nodiscard]] const std::vector<ServedKindPtr>& storedKinds() const { return storedKinds_; }

 private:
  std::vector<ServedKindPtr> kinds_;
  std::vector<ServedKindPtr> storedKinds_;
};
using RegistryPtr = std::shared_ptr<const Registry>;

}  // namespace berth::api
