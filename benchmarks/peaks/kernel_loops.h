// What the kernels of all architectures have in common, in terms of vectors that the compiler maps
// to whatever instructions the calling function may use. So each kernel is one of these loops,
// inlined into a function with the right target attribute.
#ifndef SINTER_BENCHMARKS_PEAKS_KERNEL_LOOPS_H_
#define SINTER_BENCHMARKS_PEAKS_KERNEL_LOOPS_H_

#include <cstddef>
#include <cstdint>

namespace sinter::benchmarks {

template <typename Element, size_t kLanes>
using Vector __attribute__((ext_vector_type(kLanes))) = Element;

// How many sums are on their way at a time: an addition takes about four cycles, and up to four can
// begin in each. With the two factors all have to fit into the registers.
constexpr size_t kSumsOf16Registers = 12;
constexpr size_t kSumsOf32Registers = 16;

// `steps` times a fused multiplication and addition of `kSums` vectors.
template <size_t kLanes, size_t kSums>
[[gnu::always_inline]] inline float MultiplyAndAdd(int64_t steps) {
  using Floats = Vector<float, kLanes>;
  // Different, or the compiler would compute one of them only.
  Floats sums[kSums];
  for (size_t i = 0; i < kSums; ++i) sums[i] = Floats(static_cast<float>(i));
  const Floats factor(0.5f), term(0.25f);
  for (int64_t step = 0; step < steps; ++step) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < kSums; ++i) sums[i] = sums[i] * factor + term;
  }
  float sum = 0;
  for (const Floats& part : sums) sum += part[0];
  return sum;
}

template <size_t kLanes>
[[gnu::always_inline]] inline uint64_t ReadAll(const void* data, size_t bytes) {
  using Words = Vector<uint64_t, kLanes>;
  constexpr size_t kParts = 8;
  const Words* const words = static_cast<const Words*>(data);
  Words parts[kParts] = {};
  for (size_t at = 0; at < bytes / sizeof(Words); at += kParts) {
#pragma clang loop unroll(full)
    for (size_t i = 0; i < kParts; ++i) parts[i] ^= words[at + i];
  }
  Words all = parts[0];
  for (size_t i = 1; i < kParts; ++i) all ^= parts[i];
  uint64_t word = 0;
  for (size_t i = 0; i < kLanes; ++i) word ^= all[i];
  return word;
}

// Defines `float name(int64_t steps)`: `steps` times `sums[i] = instruction(sums[i], a, b)` for
// `count` sums, in a function that may use `features`. A macro, because intrinsics can be called
// only where the attribute stands.
#define SINTER_DOT_KERNEL(name, features, count, SumVector, FactorVector, instruction) \
  __attribute__((target(features))) float name(int64_t steps) {                        \
    SumVector sums[count] = {};                                                        \
    const FactorVector a = {}, b = {};                                                 \
    for (int64_t step = 0; step < steps; ++step) {                                     \
      _Pragma("clang loop unroll(full)") for (SumVector & sum : sums) {                \
        sum = instruction(sum, a, b);                                                  \
        /* Stays in a register, and is not known to be zero. */                        \
        asm volatile("" : "+" SINTER_VECTOR_REGISTER(sum));                            \
      }                                                                                \
    }                                                                                  \
    float total = 0;                                                                   \
    for (const SumVector& sum : sums) total += static_cast<float>(sum[0]);             \
    return total;                                                                      \
  }

}  // namespace sinter::benchmarks

#endif  // SINTER_BENCHMARKS_PEAKS_KERNEL_LOOPS_H_
