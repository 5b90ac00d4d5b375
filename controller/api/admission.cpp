#include "controller/api/admission.hpp"

#include <algorithm>

#include "controller/api/builtin.hpp"
#include "controller/api/custom_kind.hpp"
#include "controller/api/metadata.hpp"
#include "controller/api/status.hpp"
#include "core/schema/shape.hpp"
#include "core/schema/validate.hpp"

namespace berth::api {
namespace {

/// Strict: an Error with every unknown and repeated field.  Warn: a warning each.
Result<std::vector<std::string>> judgeFields(
    const std::vector<UnknownField>& unknown, const FieldPolicy& policy) {
  std::vector<std::string> findings;
  if (policy.validation == FieldValidation::Ignore) return findings;
  for (const auto& field : policy.duplicateKeys)
    findings.push_back("duplicate field \"" + field + '"');
  for (const auto& field : unknown) findings.push_back(field.message());
  if (policy.validation == FieldValidation::Warn || findings.empty()) return findings;
  std::string message = "strict decoding error: ";
  for (std::size_t i = 0; i < findings.size(); ++i) message += (i == 0 ? "" : ", ") + findings[i];
  return badRequest(std::move(message));
}

/// Removes what is unknown, fills in what is absent.
Result<std::vector<std::string>> clean(
    const ServedKind& kind, Json& document, const FieldPolicy& policy) {
  BERTH_CHECK(normalize(kind, document));
  foldShorthands(kind, document);
  BERTH_TRY(auto warnings, judgeFields(findUnknownFields(kind.schema(), document), policy));
  pruneUnknown(kind.schema(), document);
  applyDefaults(kind.schema(), document);
  return warnings;
}

Result<> check(const ServedKind& kind, const Json& document, const Json* stored) {
  if (isCustomKind(kind)) BERTH_CHECK(guardCustomKind(kind, document));
  auto causes = checkMetadata(kind, document, stored);
  std::ranges::move(checkBuiltin(kind, document), std::back_inserter(causes));
  std::ranges::move(validate(kind.schema(), document), std::back_inserter(causes));
  if (stored != nullptr) {
    std::ranges::move(validateUpdate(kind.schema(), document, *stored), std::back_inserter(causes));
    std::ranges::move(checkImmutable(kind, document, *stored), std::back_inserter(causes));
  }
  if (causes.empty() && isCustomKind(kind)) causes = checkCustomKind(document, stored);
  if (causes.empty()) return Ok{};
  const auto name = stringAt(document, "metadata.name");
  return invalid(kind.type, name, std::move(causes));
}

void takeMember(Json& document, const Json& from, const char* name) {
  document.erase(name);
  if (const auto found = from.find(name); found != from.end()) document[name] = *found;
}

/// The stored object, but for the part that is being written.
Json composed(const ServedKind& kind, const Json& stored, Json document, Part part) {
  if (part == Part::Main) {
    if (kind.hasStatus()) takeMember(document, stored, "status");
    if (isNamespace(kind)) takeMember(document, stored, "spec");
    return document;
  }
  Json whole = stored;
  takeMember(whole, document, part == Part::Status ? "status" : "spec");
  return whole;
}

Result<> checkPreconditions(const ServedKind& kind, const Json& stored, const Json& document) {
  const auto name = stringAt(stored, "metadata.name");
  const auto uid = stringAt(document, "metadata.uid");
  const auto present = stringAt(stored, "metadata.uid");
  if (!uid.empty() && uid != present)
    return conflict(
        kind.type,
        name,
        "Precondition failed: UID in precondition: " + uid + ", UID in object meta: " + present);
  const auto version = stringAt(document, "metadata.resourceVersion");
  if (!version.empty() && version != stringAt(stored, "metadata.resourceVersion"))
    return modified(kind.type, name);
  return Ok{};
}

}  // namespace

Result<Admitted> admitNew(
    const ServedKind& kind, Json document, const Birth& birth, const FieldPolicy& policy) {
  BERTH_TRY(auto warnings, clean(kind, document, policy));
  BERTH_CHECK(bindToKey(kind, {birth.namespaceName, {}}, document));
  BERTH_CHECK(initialize(kind, document, birth.now, birth.random));
  if (kind.hasStatus()) document.erase("status");
  initializeBuiltin(kind, document);
  BERTH_CHECK(check(kind, document, nullptr));
  return Admitted{std::move(document), std::move(warnings)};
}

Result<Admitted> admitChange(
    const ServedKind& kind,
    const Json& stored,
    Json document,
    Part part,
    const FieldPolicy& policy) {
  BERTH_TRY(auto warnings, clean(kind, document, policy));
  const ObjectKey key{stringAt(stored, "metadata.namespace"), stringAt(stored, "metadata.name")};
  BERTH_CHECK(bindToKey(kind, key, document));
  BERTH_CHECK(checkPreconditions(kind, stored, document));
  auto whole = composed(kind, stored, std::move(document), part);
  completeBuiltin(kind, whole);
  carryOver(kind, stored, whole);
  BERTH_CHECK(check(kind, whole, &stored));
  return Admitted{std::move(whole), std::move(warnings)};
}

Result<Admitted> admitReview(const ServedKind& kind, Json document, const FieldPolicy& policy) {
  BERTH_TRY(auto warnings, clean(kind, document, policy));
  auto causes = validate(kind.schema(), document);
  if (!causes.empty()) return invalid(kind.type, "", std::move(causes));
  return Admitted{std::move(document), std::move(warnings)};
}

std::vector<std::string> claimsOf(const ServedKind& kind, const Json& document) {
  if (isCustomKind(kind)) return claimsOfCustomKind(document);
  std::vector<std::string> claims;
  for (const auto& rule : kind.claims) {
    for (const auto& path : rule.alternatives) {
      const auto found = path.find(document);
      const auto value = found.empty() ? std::string() : scalarText(*found[0]);
      if (value.empty()) continue;
      claims.push_back(rule.name + '/' + value);
      break;
    }
  }
  return claims;
}

}  // namespace berth::api
