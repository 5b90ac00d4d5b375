#include "controller/runtime/controller_metrics.hpp"

namespace berth::runtime {

namespace {

std::vector<double> reconcileBuckets() {
  return {0.005, 0.01, 0.025, 0.05, 0.1,  0.15, 0.2,  0.25, 0.3, 0.35, 0.4, 0.45, 0.5, 0.6,
          0.7,   0.8,  0.9,   1,    1.25, 1.5,  1.75, 2,    2.5, 3,    3.5, 4,    4.5, 5,
          6,     7,    8,     9,    10,   15,   20,   25,   30,  40,   50,  60};
}

std::vector<double> queueBuckets() {
  std::vector<double> buckets;
  double bound = 1e-8;
  for (int i = 0; i < 12; ++i, bound *= 10) buckets.push_back(bound);
  return buckets;
}

void addPasses(ControllerMetrics& into, Metrics& metrics, const std::string& controller) {
  const MetricLabels labels{{"controller", controller}};
  const auto result = [&](const char* value) {
    return metrics.counter(
        "controller_runtime_reconcile_total",
        "Total number of reconciliations per controller",
        {{"controller", controller}, {"result", value}});
  };
  into.success = result("success");
  into.error = result("error");
  into.requeue = result("requeue");
  into.requeueAfter = result("requeue_after");
  into.errors = metrics.counter(
      "controller_runtime_reconcile_errors_total",
      "Total number of reconciliation errors per controller",
      labels);
  into.terminalErrors = metrics.counter(
      "controller_runtime_terminal_reconcile_errors_total",
      "Total number of terminal reconciliation errors per controller",
      labels);
  into.panics = metrics.counter(
      "controller_runtime_reconcile_panics_total",
      "Total number of reconciliation panics per controller",
      labels);
  into.reconcileSeconds = metrics.histogram(
      "controller_runtime_reconcile_time_seconds",
      "Length of time per reconciliation per controller",
      labels,
      reconcileBuckets());
  into.maxConcurrent = metrics.gauge(
      "controller_runtime_max_concurrent_reconciles",
      "Maximum number of concurrent reconciles per controller",
      labels);
  into.activeWorkers = metrics.gauge(
      "controller_runtime_active_workers",
      "Number of currently used workers per controller",
      labels);
}

void addQueue(ControllerMetrics& into, Metrics& metrics, const std::string& controller) {
  const MetricLabels labels{{"controller", controller}, {"name", controller}};
  into.depth = metrics.gauge("workqueue_depth", "Current depth of workqueue", labels);
  into.adds =
      metrics.counter("workqueue_adds_total", "Total number of adds handled by workqueue", labels);
  into.retries = metrics.counter(
      "workqueue_retries_total", "Total number of retries handled by workqueue", labels);
  into.queueSeconds = metrics.histogram(
      "workqueue_queue_duration_seconds",
      "How long in seconds an item stays in workqueue before being requested",
      labels,
      queueBuckets());
  into.workSeconds = metrics.histogram(
      "workqueue_work_duration_seconds",
      "How long in seconds processing an item from workqueue takes.",
      labels,
      queueBuckets());
  into.unfinishedSeconds = metrics.gauge(
      "workqueue_unfinished_work_seconds",
      "How many seconds of work has been done that is in progress and hasn't been observed by "
      "work_duration.",
      labels);
  into.longestRunningSeconds = metrics.gauge(
      "workqueue_longest_running_processor_seconds",
      "How many seconds has the longest running processor for workqueue been running.",
      labels);
}

}  // namespace

ControllerMetrics::ControllerMetrics(Metrics* metrics, const std::string& controller) {
  if (metrics == nullptr) return;
  addPasses(*this, *metrics, controller);
  addQueue(*this, *metrics, controller);
}

}  // namespace berth::runtime
