// Puts load on a server and measures it, in one of two ways:
//
//   closed loop  each connection sends its next request when the last was answered. Says how much
//                the server can do; its latencies flatter a server that stalls, since a stall keeps
//                requests from being sent.
//   open loop    requests are due at moments of a Poisson process, whatever the server does. Any
//                connection that is free takes the next one; its latency counts from when it was
//                DUE, so that waiting for a connection, behind a stall, counts (no coordinated
//                omission).
#ifndef SINTER_BENCHMARKS_LOAD_LOAD_RUN_H_
#define SINTER_BENCHMARKS_LOAD_LOAD_RUN_H_

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "benchmarks/load/caller.h"
#include "benchmarks/load/timeline.h"

namespace sinter::load {

struct LoadPlan {
  double rate = 0;          // requests a second offered; 0 = closed loop
  int64_t warmup_ns = 0;    // before anything counts
  int64_t duration_ns = 0;  // what counts
  int64_t patience_ns = 0;  // open loop: how long after the end late requests may still be sent
  uint64_t seed = 0;        // of the arrivals
};

// What counts: requests that were due (closed loop: sent) after the warm-up and before the end.
struct LoadResult {
  // Of each request that succeeded. Those never sent are in it with the time they had waited when
  // the patience was over: the percentiles are then lower bounds.
  std::vector<int64_t> latencies_ns;
  // How much later than due each was sent; open loop only. If these are not small beside the
  // latencies, there were too few connections, or the machine is too small for both ends.
  std::vector<int64_t> send_delays_ns;
  std::map<std::string, int64_t> errors;  // by status code
  std::string first_error;
  int64_t unsent = 0;
  // What was answered well in the `answered_ns` that follow the warm-up. Open loop: until the end,
  // whenever it was due. Closed loop: all that counts, until the last answer of it, so that
  // requests which take longer than the run still give a rate.
  int64_t answered = 0;
  int64_t bytes = 0;
  int64_t answered_ns = 0;
};

// Runs `plan` with one thread for each of `callers`.
LoadResult RunLoad(const LoadPlan& plan, std::vector<std::unique_ptr<Caller>> callers,
                   Timeline& timeline);

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_LOAD_RUN_H_
