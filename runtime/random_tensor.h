// The inputs that `random:SEED` stands for: the same on every machine, easy to make elsewhere.
//
// The draws are SplitMix64 with state SEED, one for each element in row-major order (two for a
// complex one), whatever the input's name:
//
//   draw(i):  z = SEED + (i + 1) * 0x9E3779B97F4A7C15           (all modulo 2^64)
//             z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9
//             z = (z ^ (z >> 27)) * 0x94D049BB133111EB
//             z ^ (z >> 31)
//
// A draw u becomes an element through its topmost bits, without rounding:
//
//   float types  with p significant bits (24 for float32, 11 for float16, 8 for bfloat16, ...):
//                (u >> (64 - p)) / 2^(p-1) - 1, evenly spread over [-1, 1)
//   float8e8m0   2^-(u >> 62): 1, 1/2, 1/4 or 1/8
//   complex      real part from draw(2i), imaginary part from draw(2i + 1), each as its float type
//   integers     u >> 61, from 0 to 7; of 2 bits: u >> 63, 0 or 1. Small, since they are often
//                indices or lengths
//   bool         u >> 63
#ifndef SINTER_RUNTIME_RANDOM_TENSOR_H_
#define SINTER_RUNTIME_RANDOM_TENSOR_H_

#include <cstdint>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "runtime/tensor.h"

namespace sinter::runtime {

// ERRORS: as Tensor::Make(). REQUIRES: FindDtype(dtype) is not null.
absl::StatusOr<Tensor> RandomTensor(Dtype dtype, absl::Span<const int64_t> dims, uint64_t seed);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_RANDOM_TENSOR_H_
