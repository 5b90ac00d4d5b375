/// @file
/// RequestMetrics: what was asked of the API, under kube-apiserver's names.
///
/// apiserver_request_total by verb, resource and code;
/// apiserver_request_duration_seconds by verb and resource, of all but watches.
/// Thread-safe.
#pragma once

#include <map>
#include <string>
#include <tuple>

#include "controller/api/request_info.hpp"
#include "core/base/guarded.hpp"
#include "core/telemetry/metrics.hpp"

namespace berth::api {

class RequestMetrics {
 public:
  /// Without `metrics` it does nothing.
  explicit RequestMetrics(Metrics* metrics) : metrics_(metrics) {}

  struct Observation {
    int code = 0;
    Duration took{};
  };
  /// `served`: whether the request names a kind that is served.
  void observe(const RequestInfo& request, bool served, const Observation& observation);

 private:
  struct Children {
    std::map<std::tuple<std::string, std::string, int>, Counter> totals;
    std::map<std::pair<std::string, std::string>, Histogram> durations;
  };

  Metrics* metrics_;
  Guarded<Children> children_;
};

}  // namespace berth::api
