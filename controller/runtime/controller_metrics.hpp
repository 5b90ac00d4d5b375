/// @file
/// ControllerMetrics: a controller's figures under the names, labels and buckets
/// that controller-runtime and client-go give them, so that existing dashboards work.
///
/// Thread-safe.
#pragma once

#include <string>

#include "core/telemetry/metrics.hpp"

namespace berth::runtime {

struct ControllerMetrics {
  /// All handles do nothing when `metrics` is nullptr.
  ControllerMetrics(Metrics* metrics, const std::string& controller);

  Counter success;
  Counter error;
  Counter requeue;
  Counter requeueAfter;
  Counter errors;
  Counter terminalErrors;
  Counter panics;
  Histogram reconcileSeconds;
  Gauge maxConcurrent;
  Gauge activeWorkers;

  Gauge depth;
  Counter adds;
  Counter retries;
  Histogram queueSeconds;
  Histogram workSeconds;
  Gauge unfinishedSeconds;
  Gauge longestRunningSeconds;
};

}  // namespace berth::runtime
