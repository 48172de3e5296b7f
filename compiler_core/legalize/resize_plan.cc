#include "compiler_core/legalize/resize_plan.h"

#include <algorithm>

#include "base/status_macros.h"

namespace sinter::legalize {

namespace {

bool IsGiven(Node& n, int input) { return n.Has(input) && ir::NumElements(n.Shape(input)) != 0; }

// The axes that scales, sizes and roi are about.
std::vector<int64_t> NamedAxes(Node& n) {
  std::vector<int64_t> axes = n.Ints("axes");
  const int64_t rank = n.Rank(0);
  for (int64_t& axis : axes) axis += axis < 0 ? rank : 0;
  for (int64_t i = 0; axes.empty() && i < rank; ++i) axes.push_back(i);
  if (axes.size() == 1 && rank > 1 && n.Ints("axes").empty()) {
    for (int64_t i = 1; i < rank; ++i) axes.push_back(i);
  }
  return axes;
}

// The factor common to all axes that keep_aspect_ratio_policy asks for; nothing for "stretch".
absl::StatusOr<std::optional<double>> CommonScale(Node& n, const std::vector<int64_t>& axes) {
  const std::string policy = n.String("keep_aspect_ratio_policy", "stretch");
  if (policy == "stretch" || !IsGiven(n, 3)) return std::optional<double>();
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> sizes, n.RequiredNumbers(3, "sizes"));
  std::optional<double> common;
  for (size_t i = 0; i < axes.size(); ++i) {
    const auto in = n.Shape(0)[axes[i]].AsConstant();
    if (!in) return Unsupported("keep_aspect_ratio_policy with a free dimension");
    const double ratio = static_cast<double>(sizes[i]) / static_cast<double>(*in);
    if (!common) common = ratio;
    common = policy == "not_larger" ? std::min(*common, ratio) : std::max(*common, ratio);
  }
  return common;
}

// Input number of `scales`, by version.
int ScalesInput(Node& n) { return n.version() >= 11 ? 2 : 1; }

absl::StatusOr<std::vector<AxisPlan>> ReadAxes(Node& n, const std::string& coordinates) {
  const std::vector<int64_t> axes = NamedAxes(n);
  const std::vector<double> scale_attribute = n.Floats("scales");
  const int input = ScalesInput(n);
  const bool by_scale = IsGiven(n, input);
  const ir::HostTensor* scales = by_scale ? n.Const(input) : nullptr;
  if (by_scale && scales == nullptr)
    return Unsupported("`scales` that are not known at compile time");
  const bool crops = coordinates == "tf_crop_and_resize";
  const ir::HostTensor* roi = crops ? n.Const(1) : nullptr;
  if (crops && roi == nullptr) return Unsupported("`roi` that is not known at compile time");
  SINTER_ASSIGN_OR_RETURN(const std::optional<double> common, CommonScale(n, axes));
  std::vector<AxisPlan> plans;
  for (size_t i = 0; i < axes.size(); ++i) {
    AxisPlan plan{axes[i], n.Shape(0)[axes[i]], n.OutShape()[axes[i]], common};
    if (!scale_attribute.empty()) plan.scale = scale_attribute[i];
    if (scales != nullptr) plan.scale = scales->AsDouble(i);
    if (crops) {
      plan.roi_start = roi->AsDouble(i);
      plan.roi_end = roi->AsDouble(i + axes.size());
    } else if (plan.in == plan.out && plan.scale.value_or(1) == 1) {
      continue;
    }
    plans.push_back(plan);
  }
  return plans;
}

absl::Status SetShrink(ResizePlan& plan) {
  // Beyond it, bodies get long.
  constexpr double kLeast = 1.0 / 32;
  for (AxisPlan& axis : plan.axes) {
    const auto in = axis.in.AsConstant(), out = axis.out.AsConstant();
    if (!axis.scale && (!in || !out)) return Unsupported("`antialias` with a free dimension");
    const double scale =
        axis.scale ? *axis.scale : static_cast<double>(*out) / static_cast<double>(*in);
    axis.shrink = std::min(scale, 1.0);
    if (axis.shrink < kLeast) return Unsupported("`antialias` with a scale below 1/32");
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<ResizePlan> ReadResizePlan(Node& n) {
  ResizePlan plan;
  const bool modern = n.version() >= 11 && n.HasAttr("coordinate_transformation_mode");
  plan.mode = n.String("mode", "nearest");
  plan.coordinates =
      modern ? n.String("coordinate_transformation_mode", "half_pixel") : "asymmetric";
  plan.nearest = modern ? n.String("nearest_mode", "round_prefer_floor") : "floor";
  plan.cubic_a = n.Float("cubic_coeff_a", -0.75);
  plan.extrapolation = n.Float("extrapolation_value", 0);
  plan.exclude_outside = n.Int("exclude_outside", 0) != 0;
  SINTER_ASSIGN_OR_RETURN(plan.axes, ReadAxes(n, plan.coordinates));
  if (n.Int("antialias", 0) != 0 && plan.mode != "nearest") {
    SINTER_RETURN_IF_ERROR(SetShrink(plan));
  }
  return plan;
}

}  // namespace sinter::legalize
