// What a Resize or Upsample node asks for, whichever version of the op says it how.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_RESIZE_PLAN_H_
#define SINTER_COMPILER_CORE_LEGALIZE_RESIZE_PLAN_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/legalize/node.h"

namespace sinter::legalize {

// How one dimension is resized.
struct AxisPlan {
  int64_t axis = 0;
  ir::SymExpr in, out;
  std::optional<double> scale;  // out / in if not known
  double roi_start = 0, roi_end = 1;
  // With antialias: the factor by which neighbours are farther away than they seem, at most 1.
  double shrink = 1;
};

struct ResizePlan {
  std::vector<AxisPlan> axes;  // those that change
  std::string mode, coordinates, nearest;
  double cubic_a = -0.75, extrapolation = 0;
  bool exclude_outside = false;
};

// ERRORS: UNIMPLEMENTED for scales or regions not known at compile time.
absl::StatusOr<ResizePlan> ReadResizePlan(Node& node);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_RESIZE_PLAN_H_
