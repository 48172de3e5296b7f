// When the requests of an open loop are due.
#ifndef SINTER_BENCHMARKS_LOAD_ARRIVALS_H_
#define SINTER_BENCHMARKS_LOAD_ARRIVALS_H_

#include <cstdint>
#include <vector>

namespace sinter::load {

// RETURNS: the moments, in nanoseconds from the start and rising, of a Poisson process of `rate`
// events a second that are before `duration_ns`. The same seed gives the same moments.
// REQUIRES: rate > 0.
std::vector<int64_t> PoissonArrivals(double rate, int64_t duration_ns, uint64_t seed);

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_ARRIVALS_H_
