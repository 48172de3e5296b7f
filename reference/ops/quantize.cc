// QuantizeLinear and DequantizeLinear of all types and granularities.
#include <cmath>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/convert.h"
#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

// For each element of a tensor of shape `dims`, the offset of its scale: one for all, one for each
// index along the axis, or one for each block along it.
absl::StatusOr<std::vector<int64_t>> ScaleOffsets(const Call& call, const Dims& dims,
                                                  const Dims& scale) {
  const auto rank = static_cast<int64_t>(dims.size());
  const int64_t count = CountOf(dims);
  if (CountOf(scale) == 1 && scale.size() <= 1) return std::vector<int64_t>(count, 0);
  SINTER_ASSIGN_OR_RETURN(const int64_t axis, NormalAxis(call.Int("axis", 1), rank));
  const int64_t block = call.Int("block_size", 0);
  Dims expected = dims;
  if (block > 0) expected[axis] = (dims[axis] + block - 1) / block;
  const bool by_axis = block == 0 && scale == Dims{dims[axis]};
  if (!by_axis && (block <= 0 || scale != expected)) {
    return absl::InvalidArgumentError(absl::StrCat("a scale of shape ", Text(scale),
                                                   " does not fit an input of shape ", Text(dims)));
  }
  Dims strides = by_axis ? Dims(rank, 0) : StridesOf(expected);
  const int64_t along = by_axis ? 1 : strides[axis];
  strides[axis] = 0;
  std::vector<int64_t> offsets;
  for (IndexWalk walk(dims, {strides}); !walk.done(); walk.Next()) {
    const int64_t at = walk.index()[axis] / (by_axis ? 1 : block);
    offsets.push_back(walk.offset(0) + at * along);
  }
  return offsets;
}

absl::Status CheckZeroPoint(const Tensor* zero, const Tensor& scale) {
  if (zero == nullptr || zero->dims() == scale.dims()) return absl::OkStatus();
  if (zero->count() == 1 && scale.count() == 1) return absl::OkStatus();
  return absl::InvalidArgumentError("scale and zero point must have the same shape");
}

// Of the zero point, else of the attribute, else uint8.
absl::StatusOr<Dtype> QuantizedType(const Call& call, const Tensor* zero) {
  const int64_t stated = call.Int("output_dtype", 0);
  if (zero == nullptr) return stated == 0 ? Dtype::kUint8 : DtypeFromNumber(stated);
  if (stated != 0 && stated != static_cast<int64_t>(zero->dtype())) {
    return absl::InvalidArgumentError("`output_dtype` is not the type of the zero point");
  }
  return zero->dtype();
}

Values QuantizeLinear(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& scale = call.tensor(1);
  const Tensor* zero = call.optional_tensor(2);
  SINTER_RETURN_IF_ERROR(CheckZeroPoint(zero, scale));
  SINTER_ASSIGN_OR_RETURN(const auto scales, ScaleOffsets(call, x.dims(), scale.dims()));
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype, QuantizedType(call, zero));
  // The division is rounded to the type of the scale or the one that the node asks for.
  Dtype precision =
      scale.HoldsReals() && scale.dtype() != Dtype::kFloat8E8m0 ? scale.dtype() : Dtype::kFloat32;
  if (call.Int("precision", 0) != 0) {
    SINTER_ASSIGN_OR_RETURN(precision, DtypeFromNumber(call.Int("precision", 0)));
  }
  Conversion how;
  how.overflow = call.Flag("saturate", true) ? Overflow::kSaturate : Overflow::kSpecial;
  Tensor y(dtype, x.dims());
  for (int64_t i = 0; i < x.count(); ++i) {
    const double by = scale.RealAt(scales[i]);
    const double scaled = RoundTo(precision, RoundTo(precision, x.RealAt(i)) / by);
    const double shift = zero == nullptr ? 0 : zero->RealAt(scales[i]);
    if (y.HoldsReals()) {
      y.reals()[i] = DecodeFloat(dtype, EncodeFloat(dtype, scaled + shift, how.overflow));
      continue;
    }
    // NaN has no place among integers; it becomes the zero point's neighbour below all numbers.
    const double low = static_cast<double>(LowestInteger(dtype));
    const double high = static_cast<double>(LargestInteger(dtype));
    const double shifted = std::nearbyint(scaled) + shift;
    const double saturated = shifted > high ? high : shifted >= low ? shifted : low;
    y.integers()[i] = static_cast<Integer>(saturated);
  }
  return Single(std::move(y));
}

Values DequantizeLinear(const Call& call) {
  const Tensor& x = call.tensor(0);
  const Tensor& scale = call.tensor(1);
  const Tensor* zero = call.optional_tensor(2);
  SINTER_RETURN_IF_ERROR(CheckZeroPoint(zero, scale));
  SINTER_ASSIGN_OR_RETURN(const auto scales, ScaleOffsets(call, x.dims(), scale.dims()));
  Dtype dtype = scale.dtype();
  if (call.Int("output_dtype", 0) != 0) {
    SINTER_ASSIGN_OR_RETURN(dtype, DtypeFromNumber(call.Int("output_dtype", 0)));
  }
  Tensor y(dtype, x.dims());
  for (int64_t i = 0; i < x.count(); ++i) {
    const double shift = zero == nullptr ? 0 : zero->RealAt(scales[i]);
    // Difference and scale are first rounded to the type in which they are multiplied.
    const double difference = RoundTo(dtype, x.RealAt(i) - shift);
    y.reals()[i] = difference * RoundTo(dtype, scale.RealAt(scales[i]));
  }
  return Single(std::move(y));
}

}  // namespace

absl::Span<const Operator> QuantizeOperators() {
  static constexpr Operator kOperators[] = {
      {"", "DequantizeLinear", 10, DequantizeLinear},
      {"", "QuantizeLinear", 10, QuantizeLinear},
  };
  return kOperators;
}

}  // namespace sinter::reference
