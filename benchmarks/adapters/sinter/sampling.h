// Times a call over and over: how long is one, sample by sample?
//
// A sample is the mean over several calls in a row where a single one is too short for the clock.
#ifndef SINTER_BENCHMARKS_ADAPTERS_SINTER_SAMPLING_H_
#define SINTER_BENCHMARKS_ADAPTERS_SINTER_SAMPLING_H_

#include <cstdint>
#include <functional>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "base/clock.h"

namespace sinter::benchmarks {

struct SamplingOptions {
  absl::Duration min_time = absl::Milliseconds(200);  // of all samples together
  int64_t max_samples = 1000;
  int64_t warmup = 2;  // calls before the first that counts
  // Makes every call look this many times as slow, by waiting inside of the timed region: a
  // difference of known size, to see whether a comparison finds it. At least 1.
  double slowdown = 1;
};

struct Samples {
  std::vector<double> nanoseconds;  // of one call each
  int64_t inner = 1;                // calls that each is the mean of
};

// The shortest sample; reading the clock twice takes a five-hundredth of it.
constexpr absl::Duration kShortestSample = absl::Microseconds(20);

// Makes the warm-up calls, finds how many calls make a sample, then takes samples until `min_time`
// is over or there are `max_samples`; `inner` is as large as it takes to reach the former first.
// REQUIRES: max_samples >= 1. ERRORS: those of `call`.
absl::StatusOr<Samples> SampleCalls(const std::function<absl::Status()>& call,
                                    const SamplingOptions& options, const base::Clock& clock);

}  // namespace sinter::benchmarks

#endif  // SINTER_BENCHMARKS_ADAPTERS_SINTER_SAMPLING_H_
