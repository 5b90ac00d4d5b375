#include "controller/api/registry.hpp"

#include <algorithm>
#include <tuple>

namespace berth::api {
namespace {

constexpr const char* kClaimsAnnotation = "berth.dev/claims";
constexpr const char* kStoredAnnotation = "berth.dev/stored";

/// Groups without a dot and those of Kubernetes itself are known to kubectl.
bool isBuiltIn(std::string_view group) {
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

bool isStored(const CrdDefinition& definition) {
  const auto* annotations = findPath(definition.document, "metadata.annotations");
  return annotations == nullptr || annotations->value(kStoredAnnotation, Json()) != "false";
}

Result<ServedKind> serve(
    const std::shared_ptr<const CrdDefinition>& definition, const CrdVersion& version) {
  ServedKind kind{.type = definition->type(), .definition = definition, .version = &version};
  kind.type.version = version.name;
  kind.builtIn = isBuiltIn(kind.type.group);
  kind.stored = isStored(*definition);
  for (const auto& declared : version.columns) {
    BERTH_TRY(auto path, JsonPath::parse(declared.jsonPath));
    kind.columns.push_back({declared, std::move(path)});
  }
  BERTH_TRY(kind.claims, claimsIn(*definition));
  for (const auto& field : version.selectableFields) {
    BERTH_TRY(auto path, JsonPath::parse(field));
    kind.selectable.push_back({field.substr(field.starts_with('.') ? 1 : 0), std::move(path)});
  }
  return kind;
}

}  // namespace

Result<Registry> Registry::load(const std::vector<Json>& crds) {
  Registry registry;
  for (const auto& document : crds) {
    BERTH_TRY(const auto definition, loadCrd(document));
    for (const auto& version : definition->versions) {
      if (!version.served) continue;
      auto kind = serve(definition, version);
      if (!kind) return during("serve " + definition->type().resource(), std::move(kind).error());
      registry.kinds_.push_back(*std::move(kind));
    }
  }
  std::ranges::sort(registry.kinds_, [](const ServedKind& a, const ServedKind& b) {
    return std::tie(a.type.group, a.type.version, a.type.plural) <
           std::tie(b.type.group, b.type.version, b.type.plural);
  });
  return registry;
}

const ServedKind* Registry::find(
    std::string_view group, std::string_view version, std::string_view plural) const {
  const auto found = std::ranges::find_if(kinds_, [&](const ServedKind& kind) {
    return kind.type.group == group && kind.type.version == version && kind.type.plural == plural;
  });
  return found == kinds_.end() ? nullptr : &*found;
}

const ServedKind* Registry::findKind(std::string_view apiVersion, std::string_view kind) const {
  const auto found = std::ranges::find_if(kinds_, [&](const ServedKind& served) {
    return served.type.kind == kind && served.type.apiVersion() == apiVersion;
  });
  return found == kinds_.end() ? nullptr : &*found;
}

}  // namespace berth::api
