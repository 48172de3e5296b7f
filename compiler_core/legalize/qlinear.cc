// Arithmetic on quantized tensors (com.microsoft): on the real numbers that the integers stand for,
// the result rounded to an integer of its own scale.
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/quantize.h"

namespace sinter::legalize {

namespace {

using mlir::Value;
using mlir::ValueRange;

// Input `i` of the node as one of a body's arguments, which are those given; null if absent.
Value Argument(Node& n, ValueRange arguments, int i) {
  if (!n.Has(i)) return {};
  int place = 0;
  for (int j = 0; j < i; ++j) place += n.Has(j) ? 1 : 0;
  return arguments[place];
}

// The operands are A, its scale and zero point; B, ...; then the scale and zero point of the
// result.

absl::Status QLinearAdd(Node& n) {
  return n.Return(n.Map(n.Inputs(), [&](Scalars& s, ValueRange x) {
    const auto in = [&](int i) { return Argument(n, x, i); };
    Scalars exact = s.Exact();
    const Value a = Dequantized(s, in(0), in(1), in(2), n.Type(0));
    const Value b = Dequantized(s, in(3), in(4), in(5), n.Type(3));
    return Quantized(s, exact.Div(exact.Add(a, b), in(6)), in(7), n.OutType());
  }));
}

// The product of the integers is exact: there is only one factor for all scales.
absl::Status QLinearMul(Node& n) {
  return n.Return(n.Map(n.Inputs(), [&](Scalars& s, ValueRange x) {
    const auto in = [&](int i) { return Argument(n, x, i); };
    Scalars exact = s.Exact();
    const Value one = s.Like(in(1), 1);
    const Value a = Dequantized(s, in(0), one, in(2), n.Type(0));
    const Value b = Dequantized(s, in(3), one, in(5), n.Type(3));
    const Value factor = exact.Div(exact.Mul(in(1), in(4)), in(6));
    return Quantized(s, exact.Mul(exact.Mul(a, b), factor), in(7), n.OutType());
  }));
}

}  // namespace

void AddQLinear(LoweringTable& table) {
  table["com.microsoft.QLinearAdd"] = QLinearAdd;
  table["com.microsoft.QLinearMul"] = QLinearMul;
}

}  // namespace sinter::legalize
