// What a run of load is told as: one JSON object.
#ifndef SINTER_BENCHMARKS_LOAD_LOAD_REPORT_H_
#define SINTER_BENCHMARKS_LOAD_LOAD_REPORT_H_

#include <cstddef>

#include "benchmarks/load/load_run.h"
#include "nlohmann/json.hpp"

namespace sinter::load {

// {"requests","answered","achieved_rate","bytes","bytes_per_s","errors":{CODE:n},"first_error",
//  "unsent","percentiles":{"p50","p90","p99","p999","max"},"send_delay":{the same}}, latencies in
// nanoseconds, and all of them: "latencies_ns", sorted; or beyond `max_samples`
// "histogram":[[latency,count],...] (latencies.h).
nlohmann::json ReportLoad(const LoadPlan& plan, LoadResult result, size_t max_samples);

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_LOAD_REPORT_H_
