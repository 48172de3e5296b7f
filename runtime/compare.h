// How far a result is from the one it should be: the measure of every test and of `sinter verify`.
#ifndef SINTER_RUNTIME_COMPARE_H_
#define SINTER_RUNTIME_COMPARE_H_

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "runtime/tensor.h"

namespace sinter::runtime {

struct Difference {
  double max_abs_difference = 0;  // over elements that are finite in both
  double max_abs_want = 0;        // over the finite elements of what is wanted
  int64_t count = 0;
  int64_t mismatches = 0;  // elements that are NaN or infinite in one and not the same in the other
  int64_t worst_index = -1;  // of the first mismatch, else of the largest difference; row-major

  // Whether no element mismatches and max|got - want| <= tolerance * max|want|.
  bool Within(double tolerance) const;

  // RETURNS: "max|d| 1.2e-06 at element 17 of 1000, max|want| 3.4".
  std::string Text() const;
};

// Compares element by element, in double; complex numbers by their parts.
// ERRORS: INVALID_ARGUMENT if types or shapes differ; UNIMPLEMENTED for floats of 8 bits or less.
absl::StatusOr<Difference> Compare(const TensorView& got, const TensorView& want);

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_COMPARE_H_
