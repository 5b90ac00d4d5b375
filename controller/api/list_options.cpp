#include "controller/api/list_options.hpp"

#include "controller/api/request_info.hpp"
#include "controller/api/status.hpp"

namespace berth::api {
namespace {

constexpr const char* kMatch = "resourceVersionMatch";

Result<> unless(std::vector<Cause> causes) {
  if (causes.empty()) return Ok{};
  return invalid("ListOptions.meta.k8s.io", "", std::move(causes));
}

void checkContinue(const http::Target& target, std::vector<Cause>& causes) {
  if (!target.param("continue").empty())
    causes.push_back(
        forbiddenValue(kMatch, "resourceVersionMatch is forbidden when continue is provided"));
}

}  // namespace

Result<> checkListOptions(const http::Target& target) {
  const auto match = target.param(kMatch);
  const auto version = target.param("resourceVersion");
  std::vector<Cause> causes;
  if (!match.empty()) {
    if (version.empty())
      causes.push_back(forbiddenValue(
          kMatch, "resourceVersionMatch is forbidden unless resourceVersion is provided"));
    checkContinue(target, causes);
    if (match != "Exact" && match != "NotOlderThan")
      causes.push_back(unsupportedValue(kMatch, match, {"Exact", "NotOlderThan"}));
    if (match == "Exact" && version == "0")
      causes.push_back(forbiddenValue(
          kMatch, "resourceVersionMatch \"Exact\" is forbidden for resourceVersion \"0\""));
  }
  if (target.has("sendInitialEvents"))
    causes.push_back(
        forbiddenValue("sendInitialEvents", "sendInitialEvents is forbidden for list"));
  BERTH_CHECK(unless(std::move(causes)));
  if (!target.param("continue").empty() && !version.empty() && version != "0")
    return badRequest("specifying resource version is not allowed when using continue");
  return Ok{};
}

Result<> checkWatchOptions(const http::Target& target) {
  const auto match = target.param(kMatch);
  const bool hasInitial = target.has("sendInitialEvents");
  std::vector<Cause> causes;
  if (hasInitial && match != "NotOlderThan")
    causes.push_back(forbiddenValue(
        kMatch, "sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"));
  if (!match.empty()) {
    if (!hasInitial)
      causes.push_back(forbiddenValue(
          kMatch,
          "resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"));
    if (match != "NotOlderThan")
      causes.push_back(unsupportedValue(kMatch, match, {"NotOlderThan"}));
    checkContinue(target, causes);
  }
  return unless(std::move(causes));
}

bool wantsNoState(const http::Target& target) {
  return target.has("sendInitialEvents") && !isTrue(target, "sendInitialEvents");
}

}  // namespace berth::api
