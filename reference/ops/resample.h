// Resampling along one axis: which elements of the input, with which weights, make up each element
// of the output.
#ifndef SINTER_REFERENCE_OPS_RESAMPLE_H_
#define SINTER_REFERENCE_OPS_RESAMPLE_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/status/statusor.h"

namespace sinter::reference {

// The nearest_mode of Resize in version 10, which had no such attribute: the element before the
// place when growing, the one behind it when shrinking.
constexpr char kSimpleNearest[] = "simple";

// One axis of a Resize, with the attributes in ONNX's names.
struct AxisResampling {
  int64_t input;
  int64_t output;
  double scale;      // output / input, or what the node says
  double exact;      // the output's size before it was rounded: scale * input
  double roi_start;  // only for tf_crop_and_resize
  double roi_end;
  std::string coordinate_transformation_mode;
  std::string mode;  // "nearest", "linear" or "cubic"
  std::string nearest_mode;
  double cubic_coeff_a;
  bool exclude_outside;
  bool antialias;
};

struct Source {
  int64_t at;  // within the input
  double weight;
};

struct Sample {
  bool outside;  // tf_crop_and_resize: where the extrapolation value stands
  std::vector<Source> sources;
};

// ERRORS: UNIMPLEMENTED for a mode that is not known.
absl::StatusOr<std::vector<Sample>> SamplesOf(const AxisResampling& axis);

// The weights of the four elements around a place that lies `fraction` behind the second of them.
std::vector<double> CubicWeights(double fraction, double a);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_RESAMPLE_H_
