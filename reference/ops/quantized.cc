// Operators of ai.onnx on quantized numbers, QuantizeLinear, DequantizeLinear and ConvInteger
// apart.
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/convolve.h"
#include "reference/ops/matmul.h"
#include "reference/ops/quantized_math.h"

namespace sinter::reference {
namespace {

absl::StatusOr<std::vector<Value>> DynamicQuantizeLinear(const Call& call) {
  DynamicallyQuantized result = QuantizeDynamically(call.tensor(0));
  Tensor scale(Dtype::kFloat32, {});
  scale.reals()[0] = result.scale;
  Tensor zero(Dtype::kUint8, {});
  zero.integers()[0] = result.zero;
  return std::vector<Value>{std::move(result.q), std::move(scale), std::move(zero)};
}

// The sums of products of `x` and the weights in `w_input`, both less their zero points.
absl::StatusOr<Tensor> IntegerConvolution(const Call& call, int w_input, int x_zero, int w_zero) {
  const Tensor* zero = call.optional_tensor(x_zero);
  if (zero != nullptr && zero->count() != 1) {
    return absl::InvalidArgumentError("the input's zero point has to be one number");
  }
  SINTER_ASSIGN_OR_RETURN(const Tensor x, Centered(call.tensor(0), zero, -1));
  SINTER_ASSIGN_OR_RETURN(const Tensor w,
                          Centered(call.tensor(w_input), call.optional_tensor(w_zero), 0));
  return Convolve(call, x, w, Dtype::kFloat64);
}

absl::StatusOr<std::vector<Value>> ConvInteger(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const Tensor sums, IntegerConvolution(call, 1, 2, 3));
  return Single(FromReals(Dtype::kInt32, sums.dims(), sums.reals()));
}

absl::StatusOr<std::vector<Value>> QLinearConv(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor sums, IntegerConvolution(call, 3, 2, 5));
  SINTER_RETURN_IF_ERROR(AddChannelBias(call.optional_tensor(8), sums));
  SINTER_ASSIGN_OR_RETURN(const double x_scale, ScalarAt(call, 1));
  SINTER_ASSIGN_OR_RETURN(const double y_scale, ScalarAt(call, 6));
  SINTER_ASSIGN_OR_RETURN(const double y_zero, ScalarAt(call, 7));
  SINTER_ASSIGN_OR_RETURN(const Tensor w_scale, SpreadParameter(call.tensor(4), sums.dims(), 1));
  const Dtype dtype = call.tensor(7).dtype();
  std::vector<double> y;
  for (IndexWalk walk(sums.dims(), {BroadcastStrides(w_scale.dims(), sums.dims())}); !walk.done();
       walk.Next()) {
    const float scale = static_cast<float>(x_scale) *
                        static_cast<float>(w_scale.reals()[walk.offset(0)]) /
                        static_cast<float>(y_scale);
    y.push_back(QuantizedTo(dtype, static_cast<float>(sums.reals()[walk.count()]) * scale, y_zero));
  }
  return Single(FromReals(dtype, sums.dims(), y));
}

// A scale or zero point of the left operand has one entry a row, of the right one a column. A
// vector on the left is one row.
int64_t RowAxis(const Tensor& a) { return a.rank() - 2; }
int64_t ColumnAxis(const Tensor& b) { return b.rank() - 1; }

absl::StatusOr<std::vector<Value>> MatMulInteger(const Call& call) {
  const Tensor& a = call.tensor(0);
  const Tensor& b = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const Tensor left, Centered(a, call.optional_tensor(2), RowAxis(a)));
  SINTER_ASSIGN_OR_RETURN(const Tensor right, Centered(b, call.optional_tensor(3), ColumnAxis(b)));
  SINTER_ASSIGN_OR_RETURN(const Tensor sums, MatMul(left, right));
  return Single(FromReals(Dtype::kInt32, sums.dims(), sums.reals()));
}

// The scale of one operand, for each element of the product. What has one entry for rows and
// columns of the operand broadcasts to the product as well.
absl::StatusOr<Tensor> ProductScale(const Tensor& scale, const Dims& product, int64_t axis) {
  if (scale.rank() < 2 || scale.rank() == static_cast<int64_t>(product.size()))
    return SpreadParameter(scale, product, axis);
  Dims dims = scale.dims();
  while (dims.size() < product.size()) dims.insert(dims.begin(), 1);
  return SpreadParameter(scale.Reshaped(std::move(dims)), product, axis);
}

absl::StatusOr<std::vector<Value>> QLinearMatMul(const Call& call) {
  const Tensor& a = call.tensor(0);
  const Tensor& b = call.tensor(3);
  SINTER_ASSIGN_OR_RETURN(const Tensor left, Centered(a, &call.tensor(2), RowAxis(a)));
  SINTER_ASSIGN_OR_RETURN(const Tensor right, Centered(b, &call.tensor(5), ColumnAxis(b)));
  SINTER_ASSIGN_OR_RETURN(const Tensor sums, MatMul(left, right));
  const Dims& dims = sums.dims();
  const int64_t rank = sums.rank();
  SINTER_ASSIGN_OR_RETURN(const Tensor a_scale, ProductScale(call.tensor(1), dims, rank - 2));
  SINTER_ASSIGN_OR_RETURN(const Tensor b_scale, ProductScale(call.tensor(4), dims, rank - 1));
  SINTER_ASSIGN_OR_RETURN(const Tensor y_scale, ProductScale(call.tensor(6), dims, rank - 2));
  SINTER_ASSIGN_OR_RETURN(const Tensor y_zero, ProductScale(call.tensor(7), dims, rank - 2));
  const Dtype dtype = call.tensor(7).dtype();
  std::vector<double> y;
  IndexWalk walk(dims,
                 {BroadcastStrides(a_scale.dims(), dims), BroadcastStrides(b_scale.dims(), dims),
                  BroadcastStrides(y_scale.dims(), dims), BroadcastStrides(y_zero.dims(), dims)});
  for (; !walk.done(); walk.Next()) {
    const float scale = static_cast<float>(a_scale.reals()[walk.offset(0)]) *
                        static_cast<float>(b_scale.reals()[walk.offset(1)]) /
                        static_cast<float>(y_scale.reals()[walk.offset(2)]);
    y.push_back(QuantizedTo(dtype, static_cast<float>(sums.reals()[walk.count()]) * scale,
                            y_zero.reals()[walk.offset(3)]));
  }
  return Single(FromReals(dtype, dims, y));
}

}  // namespace

absl::Span<const Operator> QuantizedOperators() {
  static constexpr Operator kOperators[] = {
      {"", "ConvInteger", 10, ConvInteger},
      {"", "DynamicQuantizeLinear", 11, DynamicQuantizeLinear},
      {"", "MatMulInteger", 10, MatMulInteger},
      {"", "QLinearConv", 10, QLinearConv},
      {"", "QLinearMatMul", 10, QLinearMatMul},
  };
  return kOperators;
}

}  // namespace sinter::reference
