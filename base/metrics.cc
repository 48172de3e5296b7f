#include "base/metrics.h"

#include <algorithm>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_replace.h"
#include "base/check.h"

namespace sinter::base {
namespace {

bool IsMetricName(absl::string_view name) {
  const auto is_start = [](char c) {
    return ('a' <= c && c <= 'z') || ('A' <= c && c <= 'Z') || c == '_' || c == ':';
  };
  return !name.empty() && is_start(name[0]) && std::all_of(name.begin(), name.end(), [&](char c) {
    return is_start(c) || ('0' <= c && c <= '9');
  });
}

// "{a="1",b="2"}", or nothing without labels.
std::string FormatLabels(const MetricLabels& labels) {
  if (labels.empty()) return "";
  std::string text = "{";
  for (const auto& [name, value] : labels) {
    const std::string escaped =
        absl::StrReplaceAll(value, {{"\\", "\\\\"}, {"\"", "\\\""}, {"\n", "\\n"}});
    absl::StrAppend(&text, text.size() > 1 ? "," : "", name, "=\"", escaped, "\"");
  }
  return text + "}";
}

// Short, and exact for every integer below 2^53.
std::string FormatNumber(double value) { return absl::StrFormat("%.17g", value); }

std::string FormatBound(double value) { return absl::StrCat(value); }

}  // namespace

void Gauge::Add(double amount) {
  double seen = value_.load(std::memory_order_relaxed);
  while (!value_.compare_exchange_weak(seen, seen + amount, std::memory_order_relaxed)) {
  }
}

Histogram::Histogram(std::vector<double> upper_bounds)
    : upper_bounds_(std::move(upper_bounds)), counts_(upper_bounds_.size() + 1) {
  SINTER_CHECK(std::is_sorted(upper_bounds_.begin(), upper_bounds_.end()));
}

void Histogram::Observe(double value) {
  const auto bucket = std::lower_bound(upper_bounds_.begin(), upper_bounds_.end(), value);
  counts_[bucket - upper_bounds_.begin()].fetch_add(1, std::memory_order_relaxed);
  sum_.Add(value);
}

int64_t Histogram::CumulativeCount(size_t index) const {
  int64_t count = 0;
  for (size_t i = 0; i <= index; ++i) count += counts_[i].load(std::memory_order_relaxed);
  return count;
}

MetricRegistry::Series& MetricRegistry::FindOrAdd(absl::string_view name, absl::string_view help,
                                                  Kind kind, MetricLabels labels) {
  SINTER_CHECK(IsMetricName(name)) << "`" << name << "`";
  const auto [family, is_new] =
      families_.try_emplace(std::string(name), Family{kind, std::string(help), {}});
  SINTER_CHECK(family->second.kind == kind) << "`" << name << "` has two kinds";
  return family->second.series[std::move(labels)];
}

Counter& MetricRegistry::AddCounter(absl::string_view name, absl::string_view help,
                                    MetricLabels labels) {
  const absl::MutexLock lock(&mutex_);
  Series& series = FindOrAdd(name, help, Kind::kCounter, std::move(labels));
  if (!series.counter) series.counter = std::make_unique<Counter>();
  return *series.counter;
}

Gauge& MetricRegistry::AddGauge(absl::string_view name, absl::string_view help,
                                MetricLabels labels) {
  const absl::MutexLock lock(&mutex_);
  Series& series = FindOrAdd(name, help, Kind::kGauge, std::move(labels));
  if (!series.gauge) series.gauge = std::make_unique<Gauge>();
  return *series.gauge;
}

Histogram& MetricRegistry::AddHistogram(absl::string_view name, absl::string_view help,
                                        std::vector<double> upper_bounds, MetricLabels labels) {
  const absl::MutexLock lock(&mutex_);
  Series& series = FindOrAdd(name, help, Kind::kHistogram, std::move(labels));
  if (!series.histogram) series.histogram = std::make_unique<Histogram>(std::move(upper_bounds));
  return *series.histogram;
}

void MetricRegistry::AddCounterReader(absl::string_view name, absl::string_view help,
                                      std::function<double()> read, MetricLabels labels) {
  const absl::MutexLock lock(&mutex_);
  FindOrAdd(name, help, Kind::kCounter, std::move(labels)).read = std::move(read);
}

void MetricRegistry::AddGaugeReader(absl::string_view name, absl::string_view help,
                                    std::function<double()> read, MetricLabels labels) {
  const absl::MutexLock lock(&mutex_);
  FindOrAdd(name, help, Kind::kGauge, std::move(labels)).read = std::move(read);
}

std::string MetricRegistry::ToPrometheusText() const {
  constexpr const char* kKinds[] = {"counter", "gauge", "histogram"};
  const absl::MutexLock lock(&mutex_);
  std::string text;
  for (const auto& [name, family] : families_) {
    const std::string help = absl::StrReplaceAll(family.help, {{"\\", "\\\\"}, {"\n", "\\n"}});
    absl::StrAppend(&text, "# HELP ", name, " ", help, "\n# TYPE ", name, " ",
                    kKinds[static_cast<int>(family.kind)], "\n");
    for (const auto& [labels, series] : family.series) Append(name, labels, series, text);
  }
  return text;
}

void MetricRegistry::Append(const std::string& name, const MetricLabels& labels,
                            const Series& series, std::string& text) {
  const std::string suffix = FormatLabels(labels);
  if (series.histogram) {
    const Histogram& histogram = *series.histogram;
    const size_t last = histogram.upper_bounds().size();
    for (size_t i = 0; i <= last; ++i) {
      MetricLabels bucket = labels;
      bucket.emplace_back("le", i == last ? "+Inf" : FormatBound(histogram.upper_bounds()[i]));
      absl::StrAppend(&text, name, "_bucket", FormatLabels(bucket), " ",
                      histogram.CumulativeCount(i), "\n");
    }
    absl::StrAppend(&text, name, "_sum", suffix, " ", FormatNumber(histogram.sum()), "\n");
    absl::StrAppend(&text, name, "_count", suffix, " ", histogram.CumulativeCount(last), "\n");
    return;
  }
  if (series.counter) absl::StrAppend(&text, name, suffix, " ", series.counter->value(), "\n");
  if (series.gauge) {
    absl::StrAppend(&text, name, suffix, " ", FormatNumber(series.gauge->value()), "\n");
  }
  if (series.read) absl::StrAppend(&text, name, suffix, " ", FormatNumber(series.read()), "\n");
}

}  // namespace sinter::base
