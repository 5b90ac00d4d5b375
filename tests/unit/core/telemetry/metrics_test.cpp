#include "core/telemetry/metrics.hpp"

#include <gmock/gmock.h>

namespace berth {
namespace {

using testing::HasSubstr;

TEST(MetricsTest, WritesTheTextExpositionFormat) {
  Metrics metrics;

  metrics.counter("workqueue_adds_total", "Adds.", {{"name", "host"}}).increment(2);
  metrics.gauge("workqueue_depth", "Keys that wait.").set(5);
  metrics.histogram("rest_seconds", "Took.", {}, {0.1, 1}).observe(0.5);

  const auto text = metrics.text();
  EXPECT_THAT(text, HasSubstr("# TYPE workqueue_adds_total counter\n"));
  EXPECT_THAT(text, HasSubstr("workqueue_adds_total{name=\"host\"} 2\n"));
  EXPECT_THAT(text, HasSubstr("workqueue_depth 5\n"));
  EXPECT_THAT(text, HasSubstr("rest_seconds_bucket{le=\"0.1\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("rest_seconds_bucket{le=\"1\"} 1\n"));
}

TEST(MetricsTest, GivesTheSameChildForTheSameNameAndLabels) {
  Metrics metrics;
  const auto first = metrics.counter("a_total", "A.", {{"x", "1"}});
  const auto second = metrics.counter("a_total", "A.", {{"x", "1"}});
  const auto other = metrics.counter("a_total", "A.", {{"x", "2"}});

  first.increment();
  second.increment();

  EXPECT_EQ(first.value(), 2);
  EXPECT_EQ(other.value(), 0);
}

TEST(MetricsTest, AsksForGaugesThatAreReadWhenScraped) {
  Metrics metrics;
  const auto memory = metrics.gauge("memory_bytes", "Memory.");
  metrics.onScrape([&] { memory.set(memory.value() + 7); });

  EXPECT_THAT(metrics.text(), HasSubstr("memory_bytes 7\n"));
  EXPECT_THAT(metrics.text(), HasSubstr("memory_bytes 14\n"));
}

TEST(MetricsTest, DoesNothingThroughAHandleMadeByDefault) {
  const Counter counter;
  counter.increment();
  Gauge().set(1);
  Histogram().observe(1);

  EXPECT_EQ(counter.value(), 0);
}

}  // namespace
}  // namespace berth
