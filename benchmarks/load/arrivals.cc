#include "benchmarks/load/arrivals.h"

#include <cmath>
#include <random>

namespace sinter::load {

std::vector<int64_t> PoissonArrivals(double rate, int64_t duration_ns, uint64_t seed) {
  std::mt19937_64 bits(seed);
  std::vector<int64_t> arrivals;
  double at_ns = 0;
  while (true) {
    // In (0, 1], by hand: the standard leaves open what its distributions do with the bits.
    const double uniform = (static_cast<double>(bits() >> 11) + 1) * 0x1p-53;
    at_ns += -std::log(uniform) / rate * 1e9;
    if (at_ns >= static_cast<double>(duration_ns)) return arrivals;
    arrivals.push_back(static_cast<int64_t>(at_ns));
  }
}

}  // namespace sinter::load
