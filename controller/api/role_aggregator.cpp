#include "controller/api/role_aggregator.hpp"

#include <algorithm>

#include "core/object/selector.hpp"

namespace berth::api {
namespace {

constexpr const char* kResource = "clusterroles.rbac.authorization.k8s.io";
constexpr const char* kActor = "system:clusterrole-aggregator";
constexpr Duration kRetry = std::chrono::seconds(1);

struct Role {
  std::string name;
  Labels labels;
  Json document;
};

Result<std::vector<Role>> readRoles(const runtime::HubList& list) {
  std::vector<Role> roles;
  for (const auto& object : list.objects) {
    BERTH_TRY(auto parsed, parseJson(object->stored->bytes, {.maxBytes = std::string::npos}));
    roles.push_back({object->stored->key.name, object->labels, std::move(parsed.document)});
  }
  return roles;
}

/// The rules of all others that match, without repetitions.
Result<Json> gathered(const Role& role, const Json& selectors, const std::vector<Role>& roles) {
  Json rules = Json::array();
  for (const auto& other : roles) {
    if (other.name == role.name) continue;
    bool matches = false;
    for (const auto& text : selectors) {
      BERTH_TRY(const auto selector, LabelSelector::fromJson(text));
      matches = matches || selector.matches(other.labels);
    }
    if (!matches) continue;
    for (const auto& rule : other.document.value("rules", Json::array()))
      if (std::ranges::find(rules, rule) == rules.end()) rules.push_back(rule);
  }
  return rules;
}

}  // namespace

Result<> RoleAggregator::aggregateAll(const Context& context) {
  const auto registry = registry_.current();
  const auto* kind = registry->find("rbac.authorization.k8s.io", "v1", "clusterroles");
  BERTH_TRY(auto roles, readRoles(hub_.list(kResource, "")));
  for (auto& role : roles) {
    const auto* selectors = findPath(role.document, "aggregationRule.clusterRoleSelectors");
    if (selectors == nullptr) continue;
    BERTH_TRY(const auto rules, gathered(role, *selectors, roles));
    if (rules == role.document.value("rules", Json::array())) continue;
    // For the roles behind it: two that gather each other come to an end.
    role.document["rules"] = rules;
    const auto done = objects_.modify(
        context,
        {*kind, {"", role.name}},
        [&](const Json& stored) -> Result<Json> {
          auto wanted = stored;
          wanted["rules"] = rules;
          return wanted;
        },
        {.actor = kActor});
    if (!done && done.error().reason != Reason::NotFound) return done.error();
  }
  return Ok{};
}

Time RoleAggregator::turn(const Context& context, Time now) {
  if (!hub_.synced()) return now + kRetry;
  if (roles_ == nullptr) {
    roles_ = hub_.listAndSubscribe(
                     kResource,
                     [waker = waker_] {
                       const auto wake = waker->with([](const Waker& held) { return held; });
                       if (wake) wake();
                     })
                 .second;
  } else if (!roles_->poll()) {
    roles_ = nullptr;
    return now;
  }
  const auto done = aggregateAll(context);
  if (!done) log_.warn("gathering the rules of roles failed", {{"error", done.error()}});
  return done ? Time::max() : now + kRetry;
}

}  // namespace berth::api
