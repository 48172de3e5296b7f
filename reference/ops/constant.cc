// Values that come from attributes or from a shape: Constant, ConstantOfShape, EyeLike, Range,
// Identity, Shape, Size.
#include <cmath>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/tensor_proto.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;

Values Constant(const Call& call) {
  const onnx::AttributeProto& attribute = call.node().attribute(0);
  const std::string& name = attribute.name();
  const auto as_values = [](absl::StatusOr<Tensor> tensor) -> Values {
    SINTER_RETURN_IF_ERROR(tensor.status());
    return Single(*std::move(tensor));
  };
  if (name == "value") return as_values(FromProto(attribute.t()));
  if (name == "sparse_value") return as_values(FromProto(attribute.sparse_tensor()));
  if (name == "value_int") return Single(Tensor::Int64(attribute.i()));
  if (name == "value_ints") return Single(Tensor::FromInts(call.Ints(name)));
  if (name == "value_float") {
    return Single(Tensor(Dtype::kFloat32, {}, std::vector<double>{attribute.f()}));
  }
  if (name == "value_floats") {
    return Single(Tensor(Dtype::kFloat32, {attribute.floats_size()}, call.Floats(name)));
  }
  if (name == "value_string") {
    return Single(Tensor(Dtype::kString, {}, std::vector<std::string>{attribute.s()}));
  }
  return Single(Tensor(Dtype::kString, {attribute.strings_size()}, call.Strings(name)));
}

Values CheckedConstant(const Call& call) {
  if (call.node().attribute_size() != 1) {
    return absl::InvalidArgumentError("a constant has exactly one of the `value` attributes");
  }
  return Constant(call);
}

// All elements of a shape are the one of `value`.
Tensor Filled(const Tensor& value, const Dims& dims) {
  Tensor result(value.dtype(), dims);
  std::visit(
      [&](auto& to) {
        const auto& from = std::get<std::decay_t<decltype(to)>>(value.elements());
        to.assign(to.size(), from[0]);
      },
      result.elements());
  return result;
}

Values ConstantOfShape(const Call& call) {
  Tensor value(Dtype::kFloat32, {1});
  if (const onnx::AttributeProto* given = call.Attribute("value")) {
    SINTER_ASSIGN_OR_RETURN(value, FromProto(given->t()));
  }
  if (value.count() != 1) return absl::InvalidArgumentError("`value` must have one element");
  const Dims dims = call.tensor(0).ToInts();
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  return Single(Filled(value, dims));
}

Values EyeLike(const Call& call) {
  const Tensor& x = call.tensor(0);
  if (x.rank() != 2) return absl::InvalidArgumentError("the input must have rank 2");
  SINTER_ASSIGN_OR_RETURN(const Dtype dtype,
                          DtypeFromNumber(call.Int("dtype", static_cast<int>(x.dtype()))));
  const int64_t diagonal = call.Int("k", 0);
  Tensor result(dtype, x.dims());
  for (int64_t row = 0; row < x.dims()[0]; ++row) {
    const int64_t column = row + diagonal;
    if (column < 0 || column >= x.dims()[1]) continue;
    const int64_t offset = row * x.dims()[1] + column;
    if (result.HoldsReals()) {
      result.reals()[offset] = 1;
    } else {
      result.integers()[offset] = 1;
    }
  }
  return Single(std::move(result));
}

Values Range(const Call& call) {
  const Tensor& start = call.tensor(0);
  const Tensor& limit = call.tensor(1);
  const Tensor& delta = call.tensor(2);
  if (start.count() != 1 || limit.count() != 1 || delta.count() != 1) {
    return absl::InvalidArgumentError("start, limit and delta must be scalars");
  }
  if (delta.RealAt(0) == 0) return absl::InvalidArgumentError("delta must not be zero");
  double steps = std::ceil((limit.RealAt(0) - start.RealAt(0)) / delta.RealAt(0));
  if (!(steps > 0)) steps = 0;
  if (steps > 0x1p40) return absl::ResourceExhaustedError("the range has too many elements");
  const Dims dims = {static_cast<int64_t>(steps)};
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor result(start.dtype(), dims);
  for (int64_t i = 0; i < dims[0]; ++i) {
    if (result.HoldsReals()) {
      result.reals()[i] = start.reals()[0] + static_cast<double>(i) * delta.reals()[0];
    } else {
      result.integers()[i] = start.integers()[0] + i * delta.integers()[0];
    }
  }
  return Single(std::move(result));
}

Values Identity(const Call& call) { return std::vector<Value>{call.value(0)}; }

Values Shape(const Call& call) {
  const Dims& dims = call.tensor(0).dims();
  const auto rank = static_cast<int64_t>(dims.size());
  const auto clamp = [&](int64_t axis) {
    return std::min(std::max<int64_t>(axis < 0 ? axis + rank : axis, 0), rank);
  };
  const int64_t start = clamp(call.Int("start", 0));
  const int64_t end = std::max(clamp(call.Int("end", rank)), start);
  return Single(Tensor::FromInts(Dims(dims.begin() + start, dims.begin() + end)));
}

Values Size(const Call& call) { return Single(Tensor::Int64(call.tensor(0).count())); }

}  // namespace

absl::Span<const Operator> ConstantOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Constant", 1, CheckedConstant},
      {"", "ConstantOfShape", 9, ConstantOfShape},
      {"", "EyeLike", 9, EyeLike},
      {"", "Identity", 1, Identity},
      {"", "Range", 11, Range},
      {"", "Shape", 1, Shape},
      {"", "Size", 1, Size},
  };
  return kOperators;
}

}  // namespace sinter::reference
