// Products of 8-bit integers: zero points are subtracted first, sums are 32 bits.
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/legalize/conv.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/matmul.h"

namespace sinter::legalize {

namespace {

using mlir::Value;
using mlir::ValueRange;

bool IsZero(const ir::HostTensor* tensor) {
  return tensor != nullptr && tensor->IsSplat() && tensor->AsInt(0) == 0;
}

// Input `i`, or where there is a zero point other than 0, 32-bit integers less input `zero_point`:
// one number, one for each position of dimension `axis`, or a tensor of the input's rank that
// broadcasts.
absl::StatusOr<Value> Centered(Node& n, int i, int zero_point, int64_t axis) {
  // The product extends plain integers by itself.
  if (!n.Has(zero_point) || IsZero(n.Const(zero_point))) return n.In(i);
  Emitter& e = n.emit();
  const ir::SymShape shape = n.Shape(i);
  const mlir::Type type = e.builder().getI32Type();
  ir::SymShape spread(shape.size(), 1);
  if (n.Rank(zero_point) > 1) {
    spread = n.Shape(zero_point);
  } else if (ir::NumElements(n.Shape(zero_point)) != 1) {
    spread[axis] = shape[axis];
  }
  const Value zeros = e.Reshape(n.In(zero_point), spread);
  const bool is_unsigned = n.IsUnsigned(i);
  return e.Map({n.In(i), zeros}, shape, type, [&](Scalars& outer, ValueRange x) {
    Scalars s(outer.builder(), outer.location(), is_unsigned);
    return s.Sub(s.Convert(x[0], type), s.Convert(x[1], type));
  });
}

absl::Status LowerMatMulInteger(Node& n) {
  const int64_t rows = n.Rank(0) - 2, columns = n.Rank(1) - 1;
  SINTER_ASSIGN_OR_RETURN(const Value a, Centered(n, 0, 2, std::max<int64_t>(rows, 0)));
  SINTER_ASSIGN_OR_RETURN(const Value b, Centered(n, 1, 3, columns));
  return n.Return(MatrixProduct(n, a, b, n.OutElement(), n.IsUnsigned(0), n.IsUnsigned(1)));
}

absl::Status LowerConvInteger(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Value input, Centered(n, 0, 2, 1));
  SINTER_ASSIGN_OR_RETURN(const Value weights, Centered(n, 1, 3, 0));
  return n.Return(Convolve(n, input, weights, n.OutElement(), n.IsUnsigned(0), n.IsUnsigned(1)));
}

}  // namespace

void AddInteger(LoweringTable& table) {
  table["MatMulInteger"] = LowerMatMulInteger;
  table["ConvInteger"] = LowerConvInteger;
}

}  // namespace sinter::legalize
