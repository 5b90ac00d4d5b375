#include "controller/api/request_metrics.hpp"

#include <array>

namespace berth::api {
namespace {

/// What clients make up must not become a label each.
std::string verbLabel(const RequestInfo& request) {
  static constexpr std::array<const char*, 8> kVerbs{
      "get", "list", "watch", "create", "update", "patch", "delete", "deletecollection"};
  for (const auto* verb : kVerbs)
    if (request.verb == verb) return verb;
  return "other";
}

}  // namespace

void RequestMetrics::observe(
    const RequestInfo& request, bool served, const Observation& observation) {
  if (metrics_ == nullptr) return;
  const int code = observation.code;
  const auto resource = served ? request.plural : std::string();
  const auto verb = verbLabel(request);
  const MetricLabels labels{{"verb", verb}, {"resource", resource}};
  children_.with([&](Children& children) {
    const auto [total, isNew] = children.totals.try_emplace({verb, resource, code});
    if (isNew) {
      auto withCode = labels;
      withCode["code"] = std::to_string(code);
      total->second = metrics_->counter(
          "apiserver_request_total", "Requests by verb, resource and code.", withCode);
    }
    total->second.increment();
    if (request.isWatch()) return;
    const auto [duration, isFirst] = children.durations.try_emplace({verb, resource});
    if (isFirst)
      duration->second = metrics_->histogram(
          "apiserver_request_duration_seconds", "Time to the answer, without watches.", labels);
    duration->second.observe(std::chrono::duration<double>(observation.took).count());
  });
}

}  // namespace berth::api
