#include "benchmarks/adapters/sinter/sampling.h"

#include <algorithm>

#include "base/status_macros.h"

namespace sinter::benchmarks {
namespace {

// A call that takes no time at all must not keep the search for `inner` going for ever.
constexpr int64_t kMostCalls = int64_t{1} << 20;

class Sampler {
 public:
  Sampler(const std::function<absl::Status()>& call, const SamplingOptions& options,
          const base::Clock& clock)
      : call_(call), options_(options), clock_(clock) {}

  // RETURNS: how long `count` calls in a row take. The slowdown is one wait after all of them:
  // reading the clock after each short call would lengthen it by more than was asked for.
  absl::StatusOr<absl::Duration> Time(int64_t count) const {
    const absl::Duration begin = clock_.Elapsed();
    for (int64_t i = 0; i < count; ++i) SINTER_RETURN_IF_ERROR(call_());
    absl::Duration spent = clock_.Elapsed() - begin;
    if (options_.slowdown <= 1) return spent;
    const absl::Duration wanted = spent * options_.slowdown;
    while (spent < wanted) spent = clock_.Elapsed() - begin;
    return spent;
  }

  // RETURNS: how many calls make a sample.
  absl::StatusOr<int64_t> FindInner() const {
    int64_t count = 1;
    SINTER_ASSIGN_OR_RETURN(absl::Duration spent, BestTime(count));
    while (spent < kShortestSample && count < kMostCalls) {
      count *= 2;
      SINTER_ASSIGN_OR_RETURN(spent, BestTime(count));
    }
    const double call_seconds =
        std::max(absl::ToDoubleSeconds(spent) / static_cast<double>(count), 1e-10);
    const absl::Duration sample =
        std::max(kShortestSample, options_.min_time / static_cast<double>(options_.max_samples));
    const double calls = absl::ToDoubleSeconds(sample) / call_seconds;
    return static_cast<int64_t>(std::clamp(calls + 0.999, 1.0, static_cast<double>(kMostCalls)));
  }

 private:
  // The least of three, so that one interruption does not look like a long call.
  absl::StatusOr<absl::Duration> BestTime(int64_t count) const {
    absl::Duration best = absl::InfiniteDuration();
    for (int i = 0; i < 3; ++i) {
      SINTER_ASSIGN_OR_RETURN(const absl::Duration spent, Time(count));
      best = std::min(best, spent);
      if (best > 4 * kShortestSample) break;
    }
    return best;
  }

  const std::function<absl::Status()>& call_;
  const SamplingOptions& options_;
  const base::Clock& clock_;
};

}  // namespace

absl::StatusOr<Samples> SampleCalls(const std::function<absl::Status()>& call,
                                    const SamplingOptions& options, const base::Clock& clock) {
  const Sampler sampler(call, options, clock);
  for (int64_t i = 0; i < options.warmup; ++i) SINTER_RETURN_IF_ERROR(call());
  Samples samples;
  SINTER_ASSIGN_OR_RETURN(samples.inner, sampler.FindInner());
  const absl::Duration end = clock.Elapsed() + options.min_time;
  do {
    SINTER_ASSIGN_OR_RETURN(const absl::Duration spent, sampler.Time(samples.inner));
    samples.nanoseconds.push_back(absl::ToDoubleNanoseconds(spent) /
                                  static_cast<double>(samples.inner));
  } while (clock.Elapsed() < end &&
           samples.nanoseconds.size() < static_cast<size_t>(options.max_samples));
  return samples;
}

}  // namespace sinter::benchmarks
