// Softmax and its kin, in four generics: max, exp(x - max), sum, quotient.
#include "base/status_macros.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/reduction.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

namespace math = mlir::math;
using mlir::Value;
using mlir::ValueRange;

// The input as the op sees it: since opset 13 itself; before that flattened to two dimensions at
// `axis`, the second being the one that is normalised.
struct Problem {
  Value input;
  ir::SymShape shape;
  int64_t axis;
};

Problem ReadProblem(Node& n) {
  const ir::SymShape shape = n.Shape(0);
  const int64_t rank = n.Rank(0);
  if (n.version() >= 13) return {n.In(0), shape, n.Axis("axis", -1, rank)};
  const int64_t axis = n.Axis("axis", 1, rank);
  if (axis == rank - 1) return {n.In(0), shape, axis};
  ir::SymExpr outer = 1, inner = 1;
  for (int64_t i = 0; i < rank; ++i)
    (i < axis ? outer : inner) = (i < axis ? outer : inner) * shape[i];
  const ir::SymShape flat = {outer, inner};
  return {n.emit().Reshape(n.In(0), flat), flat, 1};
}

absl::Status LowerSoftmax(Node& n, bool logarithm) {
  Emitter& e = n.emit();
  const Problem p = ReadProblem(n);
  const mlir::Type type = ComputeType(n.Element(0));
  const Value greatest = MaxOver(e, p.input, {p.axis});
  if (!logarithm) {
    SINTER_ASSIGN_OR_RETURN(const Value powers,
                            e.Map({p.input, greatest}, p.shape, type, [](Scalars& s, ValueRange x) {
                              return s.Emit<math::ExpOp>(s.Sub(x[0], x[1]));
                            }));
    const Value sums = SumOver(e, powers, {p.axis});
    SINTER_ASSIGN_OR_RETURN(const Value result,
                            e.Map({powers, sums}, p.shape, n.OutElement(),
                                  [](Scalars& s, ValueRange x) { return s.Div(x[0], x[1]); }));
    return n.Return(e.Reshape(result, n.OutShape()));
  }
  SINTER_ASSIGN_OR_RETURN(const Value shifted,
                          e.Map({p.input, greatest}, p.shape, type,
                                [](Scalars& s, ValueRange x) { return s.Sub(x[0], x[1]); }));
  SINTER_ASSIGN_OR_RETURN(const Value powers,
                          e.Map(shifted, p.shape, type, [](Scalars& s, ValueRange x) {
                            return s.Emit<math::ExpOp>(x[0]);
                          }));
  const Value sums = SumOver(e, powers, {p.axis});
  SINTER_ASSIGN_OR_RETURN(const Value result, e.Map({shifted, sums}, p.shape, n.OutElement(),
                                                    [](Scalars& s, ValueRange x) {
                                                      return s.Sub(x[0], s.Emit<math::LogOp>(x[1]));
                                                    }));
  return n.Return(e.Reshape(result, n.OutShape()));
}

}  // namespace

void AddSoftmax(LoweringTable& table) {
  table["Softmax"] = [](Node& n) { return LowerSoftmax(n, /*logarithm=*/false); };
  table["LogSoftmax"] = [](Node& n) { return LowerSoftmax(n, /*logarithm=*/true); };
}

}  // namespace sinter::legalize
