// How far a value is from the one that a model means, and whether that is near enough.
//
// Used by whoever holds an artifact against the reference evaluator: `sinter verify`, certified
// compiles, the differential tests. Pure functions.
#ifndef SINTER_NUMERICS_MEASURE_H_
#define SINTER_NUMERICS_MEASURE_H_

#include <cstdint>
#include <string>

#include "reference/dtype.h"
#include "reference/value.h"

namespace sinter::numerics {

// What elements may be apart.
//
// Floating-point elements: |found - wanted| <= T * max|wanted|, the largest over the tensor; NaN
// and infinities must be the same. T is by type, unless `of_largest` is set:
//
//   double 1e-9, float 1e-4, float16 1e-2, bfloat16 5e-2, float8 and narrower 1/4
//
// but no less than `at_least`: a double that was a float on the way has that one's roundings.
//
// Integers, bools and strings must be equal. A model that rounds to quantized integers has places
// where the least difference before decides between two neighbours: with `quantizes`, integers of 8
// bits or less may be one apart and T is at least 2e-2.
struct Tolerance {
  double of_largest = 0;  // 0: by type
  bool quantizes = false;
  double at_least = 0;

  // T of a floating-point or complex type; how many units an integer may be off; 0 for others.
  double For(reference::Dtype dtype) const;
  // T by type alone.
  static double PartOf(reference::Dtype dtype);
};

// Over all elements of a value; those of a sequence's items and a map's values count together.
struct Measure {
  std::string type;  // of what is wanted, as ONNX writes it
  int64_t elements = 0;
  // Over the elements that are finite in both.
  double max_abs = 0;
  double max_rel = 0;  // |found - wanted| / |wanted|, where that is not zero
  double max_ulp = 0;  // numbers of the type between the two; of integers the difference
  double cosine = 1;   // of the angle between both as vectors; 1 if they are equal
  double tolerance = 0;
  int64_t wrong = 0;  // elements beyond the tolerance
  // Empty if they agree; else what is wrong and where, "element [1,2] is 0.5, expected 0.25; 3 of
  // 12 are wrong" or "shape is [2], expected [3]".
  std::string problem;

  bool agrees() const { return problem.empty(); }
};

Measure MeasureValue(const reference::Value& found, const reference::Value& wanted,
                     const Tolerance& tolerance);

}  // namespace sinter::numerics

#endif  // SINTER_NUMERICS_MEASURE_H_
