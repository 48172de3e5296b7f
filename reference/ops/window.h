// Windows that slide over the spatial axes (those after batch and channel): what convolutions and
// pools have in common.
#ifndef SINTER_REFERENCE_OPS_WINDOW_H_
#define SINTER_REFERENCE_OPS_WINDOW_H_

#include <cstdint>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/operator.h"

namespace sinter::reference {

// One entry for each spatial axis.
struct Window {
  Dims input;
  Dims kernel;
  Dims strides;
  Dims dilations;
  Dims before;  // pads
  Dims after;
  Dims output;

  // Where the element `k` of the window at `o` lies along `axis`; outside 0..input-1 is padding.
  int64_t At(int64_t axis, int64_t o, int64_t k) const {
    return o * strides[axis] + k * dilations[axis] - before[axis];
  }
  // How far the window reaches along `axis`.
  int64_t Reach(int64_t axis) const { return (kernel[axis] - 1) * dilations[axis] + 1; }
};

// Reads strides, dilations, pads, auto_pad and ceil_mode. `input` and `kernel` are spatial.
// ERRORS: INVALID_ARGUMENT for attributes that don't fit the shapes or each other.
absl::StatusOr<Window> ReadWindow(const Call& call, const Dims& input, const Dims& kernel);

// The attribute `name`, of one positive number for each of `rank` axes; all 1 if absent.
absl::StatusOr<Dims> ReadSteps(const Call& call, const char* name, int64_t rank);

// For each element of the kernel (outer) and each place of the output (inner), both row-major, the
// offset within the spatial input, or -1 for padding.
std::vector<std::vector<int64_t>> WindowOffsets(const Window& window);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_WINDOW_H_
