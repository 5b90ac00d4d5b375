/// @file
/// Metrics: counters, gauges and histograms, and their text for Prometheus.
///
///     Counter reconciles = metrics.counter(
///         "controller_runtime_reconcile_total", "Reconciles by result.",
///         {{"controller", "host"}, {"result", "success"}});
///     reconciles.increment();
///
/// Resolve a child once, at construction: that takes a lock and a map.  What it
/// gives is a handle, cheap to copy; using it is one atomic operation (a
/// histogram: one short lock).  A default-made handle does nothing, so that a
/// part can be used without metrics.  Handles must not outlive their Metrics.
/// Thread-safe.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Counter;
class Gauge;
class Histogram;
}  // namespace prometheus

namespace berth {

using MetricLabels = std::map<std::string, std::string>;

class Counter {
 public:
  Counter() = default;
  explicit Counter(prometheus::Counter& child) : child_(&child) {}
  void increment(double by = 1) const;  // `by` must not be negative
  [[nodiscard]] double value() const;

 private:
  prometheus::Counter* child_ = nullptr;
};

class Gauge {
 public:
  Gauge() = default;
  explicit Gauge(prometheus::Gauge& child) : child_(&child) {}
  void set(double value) const;
  void add(double by) const;
  [[nodiscard]] double value() const;

 private:
  prometheus::Gauge* child_ = nullptr;
};

class Histogram {
 public:
  Histogram() = default;
  explicit Histogram(prometheus::Histogram& child) : child_(&child) {}
  void observe(double value) const;

 private:
  prometheus::Histogram* child_ = nullptr;
};

/// Upper bounds in seconds, for what takes from milliseconds to a minute.
std::vector<double> latencyBuckets();

class Metrics {
 public:
  Metrics();
  ~Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The same child for the same name and labels.  A name has one type, one help
  /// text and one set of buckets; anything else is a bug and ends the process.
  Counter counter(
      const std::string& name, const std::string& help, const MetricLabels& labels = {});
  Gauge gauge(const std::string& name, const std::string& help, const MetricLabels& labels = {});
  Histogram histogram(
      const std::string& name,
      const std::string& help,
      const MetricLabels& labels = {},
      const std::vector<double>& buckets = latencyBuckets());

  /// Called before each text(), to set gauges that are read rather than counted
  /// (memory, queue lengths).  What it uses must outlive the last text().
  void onScrape(std::function<void()> callback);

  /// The text exposition format, version 0.0.4.
  [[nodiscard]] std::string text() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace berth
