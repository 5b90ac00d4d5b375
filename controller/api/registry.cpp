#include "controller/api/registry.hpp"

#include <algorithm>
#include <tuple>

namespace berth::api {
namespace {

constexpr const char* kClaimsAnnotation = "berth.dev/claims";
constexpr const char* kViewAnnotation = "berth.dev/view";
constexpr const char* kStoredAnnotation = "berth.dev/stored";
constexpr const char* kReadOnlyAnnotation = "berth.dev/read-only";

/// Groups without a dot and those of Kubernetes itself are known to kubectl, but for
/// that of the kinds of kinds.
bool isBuiltIn(std::string_view group) {
  if (group == "apiextensions.k8s.io") return false;
  return group.find('.') == std::string_view::npos || group.ends_with(".k8s.io");
}

Result<ClaimRule> parseClaim(std::string_view text) {
  const auto sign = text.find('=');
  if (sign == std::string_view::npos || sign == 0)
    return Error{Reason::Invalid, "a claim is name=.path, not " + std::string(text)};
  ClaimRule rule{.name = std::string(text.substr(0, sign))};
  for (auto rest = text.substr(sign + 1); !rest.empty();) {
    const auto end = std::min(rest.find('|'), rest.size());
    BERTH_TRY(auto path, JsonPath::parse(rest.substr(0, end)));
    rule.alternatives.push_back(std::move(path));
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return rule;
}

Result<std::vector<ClaimRule>> claimsIn(const CrdDefinition& definition) {
  std::vector<ClaimRule> rules;
  const auto* annotations = findPath(definition.document, "metadata.annotations");
  if (annotations == nullptr || !annotations->contains(kClaimsAnnotation)) return rules;
  const auto& text = annotations->at(kClaimsAnnotation);
  if (!text.is_string()) return Error{Reason::Invalid, "berth.dev/claims: not a string"};
  BERTH_TRY(const auto list, parseJson(text.get<std::string>()));
  if (!list.document.is_array()) return Error{Reason::Invalid, "berth.dev/claims: not a list"};
  for (const auto& item : list.document) {
    if (!item.is_string()) return Error{Reason::Invalid, "berth.dev/claims: not a list of strings"};
    BERTH_TRY(auto rule, parseClaim(item.get<std::string>()));
    rules.push_back(std::move(rule));
  }
  return rules;
}

bool isMarked(const CrdDefinition& definition, const char* annotation, const char* value) {
  const auto* annotations = findPath(definition.document, "metadata.annotations");
  return annotations != nullptr && annotations->value(annotation, Json()) == value;
}

/// `berth.dev/view: {"resource": "events", "apiVersion": "v1", "renamed": {...}}`: the
/// objects are those of another kind.
Result<> readView(const CrdDefinition& definition, ServedKind& kind) {
  const auto* annotations = findPath(definition.document, "metadata.annotations");
  if (annotations == nullptr || !annotations->contains(kViewAnnotation)) return Ok{};
  BERTH_TRY(const auto parsed, parseJson(annotations->value(kViewAnnotation, std::string())));
  kind.resource = stringAt(parsed.document, "resource");
  kind.view = View{.apiVersion = stringAt(parsed.document, "apiVersion")};
  for (const auto& [served, stored] : parsed.document.at("renamed").items())
    kind.view->renamed.emplace_back(served, stored.get<std::string>());
  return Ok{};
}

Result<ServedKindPtr> serve(
    const std::shared_ptr<const CrdDefinition>& definition, const CrdVersion& version) {
  auto made = std::make_shared<ServedKind>();
  auto& kind = *made;
  kind.type = definition->type();
  kind.resource = kind.type.resource();
  kind.definition = definition;
  kind.version = &version;
  // What was stored while another version was the storage version says so.
  if (definition->versions.size() > 1) kind.view = View{.apiVersion = kind.type.apiVersion()};
  kind.type.version = version.name;
  kind.terminating = findPath(definition->document, "metadata.deletionTimestamp") != nullptr;
  for (const auto& declared : version.columns) {
    BERTH_TRY(auto path, JsonPath::parse(declared.jsonPath));
    kind.columns.push_back({declared, std::move(path)});
  }
  for (const auto& field : version.selectableFields) {
    BERTH_TRY(auto path, JsonPath::parse(field));
    kind.selectable.push_back({field.substr(field.starts_with('.') ? 1 : 0), std::move(path)});
  }
  return ServedKindPtr(std::move(made));
}

/// What only the program's own kinds may say.
Result<ServedKindPtr> serveOwn(
    const std::shared_ptr<const CrdDefinition>& definition, const CrdVersion& version) {
  BERTH_TRY(const auto served, serve(definition, version));
  auto kind = std::make_shared<ServedKind>(*served);
  kind->builtIn = isBuiltIn(kind->type.group);
  kind->stored = !isMarked(*definition, kStoredAnnotation, "false");
  kind->readOnly = isMarked(*definition, kReadOnlyAnnotation, "true");
  BERTH_TRY(kind->claims, claimsIn(*definition));
  BERTH_CHECK(readView(*definition, *kind));
  return ServedKindPtr(std::move(kind));
}

auto keyOf(const ServedKind& kind) {
  return std::tuple<std::string_view, std::string_view, std::string_view>(
      kind.type.group, kind.type.version, kind.type.plural);
}

}  // namespace

Registry::Registry(std::vector<ServedKindPtr> versions) {
  std::ranges::sort(versions, {}, [](const ServedKindPtr& kind) { return keyOf(*kind); });
  for (auto& kind : versions) {
    const bool isOwn = kind->stored && kind->resource == kind->type.resource();
    if (isOwn && kind->version->storage) storedKinds_.push_back(kind);
    if (kind->version->served) kinds_.push_back(std::move(kind));
  }
}

Result<std::vector<ServedKindPtr>> Registry::kindsOf(const Json& crd) {
  std::vector<ServedKindPtr> kinds;
  BERTH_TRY(const auto definition, loadCrd(crd));
  for (const auto& version : definition->versions) {
    BERTH_TRY(auto kind, serve(definition, version));
    kinds.push_back(std::move(kind));
  }
  return kinds;
}

Result<RegistryPtr> Registry::load(const std::vector<Json>& crds) {
  std::vector<ServedKindPtr> kinds;
  for (const auto& document : crds) {
    BERTH_TRY(const auto definition, loadCrd(document));
    for (const auto& version : definition->versions) {
      auto kind = serveOwn(definition, version);
      if (!kind) return during("serve " + definition->type().resource(), std::move(kind).error());
      kinds.push_back(*std::move(kind));
    }
  }
  return std::make_shared<const Registry>(std::move(kinds));
}

const ServedKind* Registry::find(
    std::string_view group, std::string_view version, std::string_view plural) const {
  const std::tuple key{group, version, plural};
  const auto found = std::ranges::lower_bound(
      kinds_, key, {}, [](const ServedKindPtr& kind) { return keyOf(*kind); });
  return found == kinds_.end() || keyOf(**found) != key ? nullptr : found->get();
}

const ServedKind* Registry::findKind(std::string_view apiVersion, std::string_view kind) const {
  const auto found = std::ranges::find_if(kinds_, [&](const ServedKindPtr& served) {
    return served->type.kind == kind && served->type.apiVersion() == apiVersion;
  });
  return found == kinds_.end() ? nullptr : found->get();
}

}  // namespace berth::api
