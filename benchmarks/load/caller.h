// One request after another over one connection: what a scenario gives to the load loop.
#ifndef SINTER_BENCHMARKS_LOAD_CALLER_H_
#define SINTER_BENCHMARKS_LOAD_CALLER_H_

#include <cstdint>

#include "absl/status/statusor.h"

namespace sinter::load {

// Owns its connection. Used by one thread.
class Caller {
 public:
  virtual ~Caller() = default;

  // Makes one request and waits until it is answered in full. `sequence` is another one in each
  // call of a run, over all connections.
  // RETURNS: the bytes of content received (0 where a scenario fetches nothing).
  // ERRORS: those of the rpcs; INTERNAL if the answer is not what the scenario is about.
  virtual absl::StatusOr<int64_t> Call(uint64_t sequence) = 0;
};

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_CALLER_H_
