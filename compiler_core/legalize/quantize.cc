// Between real numbers and integers: real = (integer - zero point) * scale.
#include "compiler_core/legalize/quantize.h"

#include "base/status_macros.h"
#include "compiler_core/legalize/lowerings.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

using mlir::Value;
using mlir::ValueRange;

// Input 0, then the scale and, if given, the zero point, spread along the attribute `axis`.
absl::StatusOr<std::vector<Value>> SpreadInputs(Node& n) {
  if (n.Int("block_size", 0) != 0) return Unsupported("`block_size`");
  const ir::SymShape shape = n.Shape(0);
  std::vector<Value> inputs = {n.In(0)};
  for (int i = 1; i < 3; ++i) {
    if (!n.Has(i)) continue;
    ir::SymShape spread(shape.size(), 1);
    if (ir::NumElements(n.Shape(i)) != 1) {
      const int64_t axis = n.Axis("axis", 1, n.Rank(0));
      if (n.Rank(i) != 1 || n.Shape(i)[0] != shape[axis]) {
        return Unsupported("a scale of shape " + ir::ToString(n.Shape(i)));
      }
      spread[axis] = shape[axis];
    }
    inputs.push_back(n.emit().Reshape(n.In(i), spread));
  }
  return inputs;
}

absl::Status DequantizeLinear(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const std::vector<Value> inputs, SpreadInputs(n));
  return n.Return(n.Map(inputs, [&](Scalars& s, ValueRange x) {
    return Dequantized(s, x[0], x[1], x.size() > 2 ? x[2] : Value(), n.IsUnsigned(0));
  }));
}

// Rounds to the nearest even, then saturates.
absl::Status QuantizeLinear(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const std::vector<Value> inputs, SpreadInputs(n));
  const mlir::Type integer = n.OutElement();
  const bool is_unsigned = n.OutIsUnsigned();
  const unsigned width = integer.getIntOrFloatBitWidth();
  if (width > 16) return Unsupported("quantization to more than 16 bits");
  return n.Return(n.Map(inputs, [&](Scalars& s, ValueRange x) {
    const Value real = s.Convert(x[0], x[1].getType());
    const Value zero_point = x.size() > 2 ? x[2] : Value();
    return Quantized(s, real, x[1], zero_point, integer, is_unsigned);
  }));
}

}  // namespace

Value Dequantized(Scalars& outer, Value integer, Value scale, Value zero_point, bool is_unsigned) {
  Scalars s = Scalars(outer.builder(), outer.location(), is_unsigned).Exact();
  const mlir::Type type = scale.getType();
  Value value = s.Convert(integer, type);
  if (zero_point) value = s.Sub(value, s.Convert(zero_point, type));
  return s.Mul(value, scale);
}

Value Quantized(Scalars& outer, Value real, Value scale, Value zero_point, mlir::Type type,
                bool is_unsigned) {
  Scalars s = Scalars(outer.builder(), outer.location(), is_unsigned).Exact();
  const unsigned width = type.getIntOrFloatBitWidth();
  const double lowest = is_unsigned ? 0 : -static_cast<double>(1 << (width - 1));
  const double highest = lowest + static_cast<double>((1 << width) - 1);
  Value value = s.Emit<mlir::math::RoundEvenOp>(s.Div(real, scale));
  if (zero_point) value = s.Add(value, s.Convert(zero_point, scale.getType()));
  value = s.Min(s.Max(value, s.Like(value, lowest)), s.Like(value, highest));
  return s.Convert(value, type, is_unsigned);
}

void AddQuantize(LoweringTable& table) {
  table["DequantizeLinear"] = DequantizeLinear;
  table["QuantizeLinear"] = QuantizeLinear;
}

}  // namespace sinter::legalize
