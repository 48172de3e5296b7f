// Products of quantized matrices of com.microsoft.
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/broadcast.h"
#include "reference/ops/categories.h"
#include "reference/ops/contrib_checks.h"
#include "reference/ops/matmul.h"
#include "reference/ops/pick.h"
#include "reference/ops/quantized_math.h"

namespace sinter::reference {
namespace {

absl::Status CheckBytes(const Tensor& tensor) {
  if (tensor.dtype() == Dtype::kUint8 || tensor.dtype() == Dtype::kInt8) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("an operand of ", Name(tensor.dtype()), "; it is uint8 or int8"));
}

// Adds a bias of one entry a column.
absl::Status AddColumns(const Tensor* bias, Tensor& y) {
  if (bias == nullptr) return absl::OkStatus();
  if (y.rank() == 0 || bias->dims() != Dims{y.dims().back()})
    return absl::InvalidArgumentError(absl::StrCat("a bias of ", Text(bias->dims())));
  for (int64_t i = 0; i < y.count(); ++i) y.reals()[i] += bias->RealAt(i % bias->count());
  return absl::OkStatus();
}

absl::StatusOr<std::vector<Value>> MatMulIntegerToFloat(const Call& call) {
  const Tensor& a = call.tensor(0);
  const Tensor& b = call.tensor(1);
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {2, 3, 6}));
  SINTER_RETURN_IF_ERROR(CheckBytes(a));
  SINTER_RETURN_IF_ERROR(CheckBytes(b));
  SINTER_ASSIGN_OR_RETURN(const Tensor left,
                          Dequantized(a, call.tensor(2), call.optional_tensor(4), -1));
  SINTER_ASSIGN_OR_RETURN(const Tensor right,
                          Dequantized(b, call.tensor(3), call.optional_tensor(5), b.rank() - 1));
  SINTER_ASSIGN_OR_RETURN(Tensor y, MatMul(left, right));
  SINTER_RETURN_IF_ERROR(AddColumns(call.optional_tensor(6), y));
  return Single(Tensor(call.tensor(2).dtype(), y.dims(), y.reals()));
}

absl::StatusOr<std::vector<Value>> DynamicQuantizeMatMul(const Call& call) {
  const Tensor& b = call.tensor(1);
  SINTER_RETURN_IF_ERROR(CheckBytes(b));
  if (call.tensor(0).dtype() != Dtype::kFloat32)
    return absl::InvalidArgumentError("the left operand has to be of float");
  const DynamicallyQuantized a = QuantizeDynamically(call.tensor(0));
  Tensor left = AsReals(a.q);
  for (double& v : left.reals()) v = (v - a.zero) * a.scale;
  SINTER_ASSIGN_OR_RETURN(const Tensor right,
                          Dequantized(b, call.tensor(2), call.optional_tensor(3), b.rank() - 1));
  SINTER_ASSIGN_OR_RETURN(Tensor y, MatMul(left, right));
  SINTER_RETURN_IF_ERROR(AddColumns(call.optional_tensor(4), y));
  return Single(Tensor(Dtype::kFloat32, y.dims(), y.reals()));
}

absl::StatusOr<std::vector<Value>> QGemm(const Call& call) {
  const auto operand = [&](int input, absl::string_view flag) {
    return call.Flag(flag) ? Transposed(call.tensor(input), {1, 0}) : call.tensor(input);
  };
  for (const int i : {0, 3}) {
    SINTER_RETURN_IF_ERROR(CheckBytes(call.tensor(i)));
    if (call.tensor(i).rank() != 2)
      return absl::InvalidArgumentError("the operands have to be matrices");
  }
  SINTER_ASSIGN_OR_RETURN(const Tensor a, Centered(operand(0, "transA"), &call.tensor(2), -1));
  SINTER_ASSIGN_OR_RETURN(const Tensor b, Centered(operand(3, "transB"), &call.tensor(5), 1));
  SINTER_ASSIGN_OR_RETURN(Tensor sums, MatMul(a, b));
  const Dims dims = sums.dims();
  if (const Tensor* c = call.optional_tensor(6)) {
    SINTER_ASSIGN_OR_RETURN(const Dims common, BroadcastDims({dims, c->dims()}));
    if (common != dims)
      return absl::InvalidArgumentError(
          absl::StrCat("a summand of ", Text(c->dims()), " for ", Text(dims)));
    sums.reals() = Zip<double>(sums.reals(), dims, AsReals(*c).reals(), c->dims(), dims,
                               [](double p, double s) { return p + s; });
  }
  SINTER_ASSIGN_OR_RETURN(const double a_scale, ScalarAt(call, 1));
  SINTER_ASSIGN_OR_RETURN(const Tensor b_scale, SpreadParameter(call.tensor(4), dims, 1));
  const bool quantizes = call.Has(7);
  if (quantizes != call.Has(8))
    return absl::InvalidArgumentError("scale and zero point of the output come together");
  float y_scale = 1;
  if (quantizes) {
    SINTER_ASSIGN_OR_RETURN(const double given, ScalarAt(call, 7));
    y_scale = static_cast<float>(given);
  }
  if (quantizes) SINTER_RETURN_IF_ERROR(CheckBytes(call.tensor(8)));
  const Dtype dtype = quantizes ? call.tensor(8).dtype() : Dtype::kFloat32;
  SINTER_ASSIGN_OR_RETURN(const double y_zero, ScalarOrZero(call, 8));
  const auto alpha = static_cast<float>(call.Float("alpha", 1));
  std::vector<double> y;
  for (IndexWalk walk(dims, {BroadcastStrides(b_scale.dims(), dims)}); !walk.done(); walk.Next()) {
    const float scale = alpha * static_cast<float>(a_scale) *
                        static_cast<float>(b_scale.reals()[walk.offset(0)]) / y_scale;
    const float scaled = static_cast<float>(sums.reals()[walk.count()]) * scale;
    y.push_back(quantizes ? QuantizedTo(dtype, scaled, y_zero) : scaled);
  }
  return Single(FromReals(dtype, dims, y));
}

}  // namespace

absl::Span<const Operator> ContribQuantizedProductOperators() {
  static constexpr Operator kOperators[] = {
      {"com.microsoft", "DynamicQuantizeMatMul", 1, OfNumbers<DynamicQuantizeMatMul>, 3},
      {"com.microsoft", "MatMulIntegerToFloat", 1, OfNumbers<MatMulIntegerToFloat>, 4},
      {"com.microsoft", "QGemm", 1, OfNumbers<QGemm>, 6},
  };
  return kOperators;
}

}  // namespace sinter::reference
