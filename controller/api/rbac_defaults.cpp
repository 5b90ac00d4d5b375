#include "controller/api/rbac_defaults.hpp"

#include <algorithm>

#include "controller/api/at_once.hpp"
#include "controller/api/rbac_files.hpp"
#include "controller/api/rbac_rules.hpp"
#include "core/yaml/yaml.hpp"

namespace berth::api {
namespace {

constexpr const char* kAutoUpdate = "rbac.authorization.kubernetes.io/autoupdate";

const ResourceType kRoleType{
    "rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", false};
const ResourceType kBindingType{
    "rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", false};

/// The file is part of the program: one that cannot be read is a bug.
std::vector<Json> readDefaults() {
  const auto documents = parseYaml(rbac_files::files()[0].text);
  BERTH_ASSERT(documents.has_value());
  std::vector<Json> defaults;
  for (const auto& [document, line, duplicates] : *documents) {
    defaults.push_back(document);
    auto& metadata = defaults.back()["metadata"];
    metadata["labels"]["berth.dev/bootstrapping"] = "rbac-defaults";
    metadata["annotations"][kAutoUpdate] = "true";
  }
  return defaults;
}

/// What the wanted rules have beyond the present ones.
Result<> addRules(Json& present, const Json& wanted) {
  BERTH_TRY(const auto missing, missingFrom(readRules(present), readRules(wanted)));
  for (const auto& rule : missing) present["rules"].push_back(ruleDocument(rule));
  return Ok{};
}

void addSubjects(Json& present, const Json& wanted) {
  for (auto subject : wanted.at("subjects")) {
    subject["apiGroup"] = "rbac.authorization.k8s.io";
    auto& subjects = present["subjects"];
    if (std::ranges::find(subjects, subject) == subjects.end()) subjects.push_back(subject);
  }
}

bool wantsUpdates(const Json& present) {
  const auto* annotations = findPath(present, "metadata.annotations");
  return annotations == nullptr || annotations->value(kAutoUpdate, Json()) != "false";
}

Result<> ensure(const Context& context, ObjectClient& objects, const Json& wanted) {
  const bool isRole = wanted.at("kind") == kRoleType.kind;
  const auto& type = isRole ? kRoleType : kBindingType;
  auto present = objects.get(context, type, {"", stringAt(wanted, "metadata.name")});
  if (!present && present.error().reason == Reason::NotFound) {
    const auto made = objects.create(context, type, wanted);
    const bool isThere = made || made.error().reason == Reason::AlreadyExists;
    return isThere ? Result<>(Ok{}) : made.error();
  }
  BERTH_TRY(auto document, std::move(present));
  if (!wantsUpdates(document)) return Ok{};
  auto completed = document;
  if (isRole) BERTH_CHECK(addRules(completed, wanted));
  if (!isRole) addSubjects(completed, wanted);
  if (completed == document) return Ok{};
  const auto written = objects.replace(context, type, std::move(completed));
  // Somebody changes it at this moment; the next start looks again.
  const bool raced = !written && written.error().reason == Reason::Conflict;
  return written || raced ? Result<>(Ok{}) : written.error();
}

}  // namespace

Result<> ensureRbacDefaults(const Context& context, ObjectClient& objects) {
  static const std::vector<Json> kDefaults = readDefaults();
  return atOnce(
      kDefaults.size(), [&](std::size_t i) { return ensure(context, objects, kDefaults[i]); });
}

}  // namespace berth::api
