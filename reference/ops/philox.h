// The random numbers of docs/reference/random.md: Philox4x32-10 and what is made of its bits.
#ifndef SINTER_REFERENCE_OPS_PHILOX_H_
#define SINTER_REFERENCE_OPS_PHILOX_H_

#include <array>
#include <cstdint>

#include "absl/strings/string_view.h"

namespace sinter::reference {

using PhiloxWords = std::array<uint32_t, 4>;

// The ten rounds. Known answers are in philox_test.cc.
PhiloxWords Philox4x32(PhiloxWords counter, std::array<uint32_t, 2> key);

// FNV-1a over the bytes, 64 bits.
uint64_t Fnv1a64(absl::string_view text);

// The random tensor of one node, element by element.
class RandomElements {
 public:
  explicit RandomElements(uint64_t seed) : seed_(seed) {}

  // In [0, 1), a multiple of 2^-24.
  double Uniform(int64_t element) const;
  // Of the standard normal distribution, in double.
  double Normal(int64_t element) const;

 private:
  PhiloxWords Lanes(int64_t element) const;

  const uint64_t seed_;
};

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_PHILOX_H_
