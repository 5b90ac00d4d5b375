#include "core/telemetry/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include "core/base/guarded.hpp"
#include "core/base/result.hpp"

namespace berth {

struct Metrics::Impl {
  template <class Type>
  struct Families {
    std::map<std::string, prometheus::Family<Type>*> byName;
  };
  struct State {
    Families<prometheus::Counter> counters;
    Families<prometheus::Gauge> gauges;
    Families<prometheus::Histogram> histograms;
    std::vector<std::function<void()>> callbacks;
  };

  template <class Type, class Builder>
  prometheus::Family<Type>& family(
      Families<Type>& families, Builder builder, const std::string& name, const std::string& help) {
    auto& found = families.byName[name];
    if (found == nullptr) found = &builder.Name(name).Help(help).Register(registry);
    return *found;
  }

  prometheus::Registry registry{prometheus::Registry::InsertBehavior::Throw};
  Guarded<State> state;
};

void Counter::increment(double by) const {
  if (child_ != nullptr) child_->Increment(by);
}
double Counter::value() const { return child_ == nullptr ? 0 : child_->Value(); }

void Gauge::set(double value) const {
  if (child_ != nullptr) child_->Set(value);
}
void Gauge::add(double by) const {
  if (child_ != nullptr) child_->Increment(by);
}
double Gauge::value() const { return child_ == nullptr ? 0 : child_->Value(); }

void Histogram::observe(double value) const {
  if (child_ != nullptr) child_->Observe(value);
}

std::vector<double> latencyBuckets() {
  return {.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10, 30, 60};
}

Metrics::Metrics() : impl_(std::make_unique<Impl>()) {}
Metrics::~Metrics() = default;

Counter Metrics::counter(
    const std::string& name, const std::string& help, const MetricLabels& labels) {
  return impl_->state.with([&](auto& state) {
    auto& family = impl_->family(state.counters, prometheus::BuildCounter(), name, help);
    return Counter(family.Add(labels));
  });
}

Gauge Metrics::gauge(const std::string& name, const std::string& help, const MetricLabels& labels) {
  return impl_->state.with([&](auto& state) {
    auto& family = impl_->family(state.gauges, prometheus::BuildGauge(), name, help);
    return Gauge(family.Add(labels));
  });
}

Histogram Metrics::histogram(
    const std::string& name,
    const std::string& help,
    const MetricLabels& labels,
    const std::vector<double>& buckets) {
  return impl_->state.with([&](auto& state) {
    auto& family = impl_->family(state.histograms, prometheus::BuildHistogram(), name, help);
    return Histogram(family.Add(labels, buckets));
  });
}

void Metrics::onScrape(std::function<void()> callback) {
  impl_->state.with([&](auto& state) { state.callbacks.push_back(std::move(callback)); });
}

std::string Metrics::text() const {
  const auto callbacks = impl_->state.with([](auto& state) { return state.callbacks; });
  for (const auto& callback : callbacks) callback();
  return prometheus::TextSerializer().Serialize(impl_->registry.Collect());
}

}  // namespace berth
