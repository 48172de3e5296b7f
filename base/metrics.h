// Numbers about this process for a monitoring system, in Prometheus's text format.
//
//   base::MetricRegistry metrics;
//   base::Counter& hits = metrics.AddCounter("sinter_cache_hits_total", "results from the cache");
//   hits.Add(1);
//   http.Serve("/metrics", metrics.ToPrometheusText());
//
// Made in main and passed on; there is no global registry. Thread-safe; counting takes no lock.
#ifndef SINTER_BASE_METRICS_H_
#define SINTER_BASE_METRICS_H_

#include <atomic>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/base/thread_annotations.h"
#include "absl/strings/string_view.h"
#include "absl/synchronization/mutex.h"

namespace sinter::base {

// Only grows.
class Counter {
 public:
  void Add(int64_t amount = 1) { value_.fetch_add(amount, std::memory_order_relaxed); }
  int64_t value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<int64_t> value_{0};
};

// Goes up and down.
class Gauge {
 public:
  void Set(double value) { value_.store(value, std::memory_order_relaxed); }
  void Add(double amount);
  double value() const { return value_.load(std::memory_order_relaxed); }

 private:
  std::atomic<double> value_{0};
};

// How often a value fell into each range.
class Histogram {
 public:
  // `upper_bounds` ascend; a last range without bound is added.
  explicit Histogram(std::vector<double> upper_bounds);

  void Observe(double value);

  const std::vector<double>& upper_bounds() const { return upper_bounds_; }
  // Values at most upper_bounds()[index]; index == upper_bounds().size() counts all.
  int64_t CumulativeCount(size_t index) const;
  double sum() const { return sum_.value(); }

 private:
  const std::vector<double> upper_bounds_;
  std::vector<std::atomic<int64_t>> counts_;  // not cumulative
  Gauge sum_;
};

using MetricLabels = std::vector<std::pair<std::string, std::string>>;

class MetricRegistry {
 public:
  // What is added lives as long as the registry. Adding the same name and labels again returns the
  // same object; a name has one kind and one help text.
  // REQUIRES: `name` matches [a-zA-Z_:][a-zA-Z0-9_:]* and was not added as another kind.
  Counter& AddCounter(absl::string_view name, absl::string_view help, MetricLabels labels = {});
  Gauge& AddGauge(absl::string_view name, absl::string_view help, MetricLabels labels = {});
  Histogram& AddHistogram(absl::string_view name, absl::string_view help,
                          std::vector<double> upper_bounds, MetricLabels labels = {});

  // For numbers that someone else keeps: `read` is called for every report, under the registry's
  // lock, so it must be quick, must not use the registry, and must outlive it.
  void AddCounterReader(absl::string_view name, absl::string_view help,
                        std::function<double()> read, MetricLabels labels = {});
  void AddGaugeReader(absl::string_view name, absl::string_view help, std::function<double()> read,
                      MetricLabels labels = {});

  // All metrics, sorted by name and labels, in the text exposition format 0.0.4.
  std::string ToPrometheusText() const;

 private:
  enum class Kind { kCounter, kGauge, kHistogram };
  struct Series {
    std::unique_ptr<Counter> counter;
    std::unique_ptr<Gauge> gauge;
    std::unique_ptr<Histogram> histogram;
    std::function<double()> read;
  };
  struct Family {
    Kind kind;
    std::string help;
    std::map<MetricLabels, Series> series;
  };

  Series& FindOrAdd(absl::string_view name, absl::string_view help, Kind kind, MetricLabels labels)
      ABSL_EXCLUSIVE_LOCKS_REQUIRED(mutex_);
  static void Append(const std::string& name, const MetricLabels& labels, const Series& series,
                     std::string& text);

  mutable absl::Mutex mutex_;
  std::map<std::string, Family> families_ ABSL_GUARDED_BY(mutex_);
};

}  // namespace sinter::base

#endif  // SINTER_BASE_METRICS_H_
