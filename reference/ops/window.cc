#include "reference/ops/window.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"

namespace sinter::reference {
namespace {

int64_t CeilDiv(int64_t a, int64_t b) { return a >= 0 ? (a + b - 1) / b : -(-a / b); }

// Pads so that the output has ceil(input / stride) places; of an odd number the larger half comes
// after for SAME_UPPER, before for SAME_LOWER.
void PadToSame(Window& window, int64_t axis, bool upper) {
  const int64_t stride = window.strides[axis];
  const int64_t places = CeilDiv(window.input[axis], stride);
  const int64_t total =
      std::max<int64_t>(0, (places - 1) * stride + window.Reach(axis) - window.input[axis]);
  window.before[axis] = upper ? total / 2 : total - total / 2;
  window.after[axis] = total - window.before[axis];
}

absl::Status ReadPads(const Call& call, Window& window) {
  const auto rank = static_cast<int64_t>(window.input.size());
  const std::string mode = call.String("auto_pad", "NOTSET");
  window.before.assign(rank, 0);
  window.after.assign(rank, 0);
  if (mode == "SAME_UPPER" || mode == "SAME_LOWER") {
    for (int64_t axis = 0; axis < rank; ++axis) PadToSame(window, axis, mode == "SAME_UPPER");
    return absl::OkStatus();
  }
  if (mode == "VALID") return absl::OkStatus();
  if (mode != "NOTSET" && !mode.empty()) {
    return absl::InvalidArgumentError(absl::StrCat("`auto_pad` is `", mode, "`"));
  }
  const Dims pads = call.Ints("pads");
  if (pads.empty()) return absl::OkStatus();
  if (static_cast<int64_t>(pads.size()) != 2 * rank) {
    return absl::InvalidArgumentError("`pads` must have two numbers for each spatial axis");
  }
  window.before.assign(pads.begin(), pads.begin() + rank);
  window.after.assign(pads.begin() + rank, pads.end());
  return absl::OkStatus();
}

// How many windows fit along `axis`. With `ceil` a last one may reach beyond the end, but must
// begin within the input or the pad before it.
int64_t Places(const Window& window, int64_t axis, bool ceil) {
  const int64_t room =
      window.input[axis] + window.before[axis] + window.after[axis] - window.Reach(axis);
  const int64_t stride = window.strides[axis];
  if (room < 0) return ceil ? std::max<int64_t>(0, CeilDiv(room, stride) + 1) : 0;
  int64_t places = (ceil ? CeilDiv(room, stride) : room / stride) + 1;
  if (ceil && (places - 1) * stride >= window.input[axis] + window.before[axis]) --places;
  return places;
}

}  // namespace

absl::StatusOr<Dims> ReadSteps(const Call& call, const char* name, int64_t rank) {
  Dims steps = call.Ints(name);
  if (steps.empty()) steps.assign(rank, 1);
  const bool positive =
      std::all_of(steps.begin(), steps.end(), [](int64_t step) { return step > 0; });
  if (static_cast<int64_t>(steps.size()) != rank || !positive) {
    return absl::InvalidArgumentError(
        absl::StrCat("`", name, "` must have one positive number for each spatial axis"));
  }
  return steps;
}

absl::StatusOr<Window> ReadWindow(const Call& call, const Dims& input, const Dims& kernel) {
  const auto rank = static_cast<int64_t>(input.size());
  const bool positive =
      std::all_of(kernel.begin(), kernel.end(), [](int64_t size) { return size > 0; });
  if (static_cast<int64_t>(kernel.size()) != rank || !positive) {
    return absl::InvalidArgumentError(absl::StrCat("a kernel of shape ", Text(kernel),
                                                   " does not fit the spatial axes ", Text(input)));
  }
  if (call.HasAttribute("kernel_shape") && call.Ints("kernel_shape") != kernel) {
    return absl::InvalidArgumentError("`kernel_shape` is not that of the weights");
  }
  Window window;
  window.input = input;
  window.kernel = kernel;
  SINTER_ASSIGN_OR_RETURN(window.strides, ReadSteps(call, "strides", rank));
  SINTER_ASSIGN_OR_RETURN(window.dilations, ReadSteps(call, "dilations", rank));
  SINTER_RETURN_IF_ERROR(ReadPads(call, window));
  for (int64_t axis = 0; axis < rank; ++axis) {
    window.output.push_back(Places(window, axis, call.Flag("ceil_mode")));
  }
  SINTER_RETURN_IF_ERROR(CheckElementCount(window.output));
  return window;
}

std::vector<std::vector<int64_t>> WindowOffsets(const Window& window) {
  const Dims strides = StridesOf(window.input);
  std::vector<std::vector<int64_t>> offsets;
  for (IndexWalk k(window.kernel); !k.done(); k.Next()) {
    offsets.emplace_back();
    for (IndexWalk o(window.output); !o.done(); o.Next()) {
      int64_t offset = 0;
      for (size_t axis = 0; axis < window.kernel.size() && offset >= 0; ++axis) {
        const int64_t at = window.At(axis, o.index()[axis], k.index()[axis]);
        offset = at < 0 || at >= window.input[axis] ? -1 : offset + at * strides[axis];
      }
      offsets.back().push_back(offset);
    }
  }
  return offsets;
}

}  // namespace sinter::reference
