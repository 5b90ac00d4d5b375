#include "core/object/condition.hpp"

#include <algorithm>

namespace berth {

bool setCondition(std::vector<Condition>& conditions, Condition condition, Time now) {
  condition.lastTransitionTime = std::chrono::floor<std::chrono::seconds>(now);
  const auto found = std::ranges::find(conditions, condition.type, &Condition::type);
  if (found == conditions.end()) {
    conditions.push_back(std::move(condition));
    return true;
  }
  if (found->status == condition.status) condition.lastTransitionTime = found->lastTransitionTime;
  const bool changed = found->status != condition.status || found->reason != condition.reason ||
                       found->message != condition.message;
  *found = std::move(condition);
  return changed;
}

const Condition* findCondition(const std::vector<Condition>& conditions, std::string_view type) {
  const auto found = std::ranges::find(conditions, type, &Condition::type);
  return found == conditions.end() ? nullptr : &*found;
}

bool isTrue(const std::vector<Condition>& conditions, std::string_view type) {
  const auto* condition = findCondition(conditions, type);
  return condition && condition->status == "True";
}

}  // namespace berth
