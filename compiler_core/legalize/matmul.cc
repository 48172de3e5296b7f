#include "compiler_core/legalize/matmul.h"

#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/legalize/lowerings.h"
#include "llvm/ADT/SmallVector.h"

namespace sinter::legalize {

namespace {

using mlir::Value;
using mlir::ValueRange;

// The type in which products of `element` are summed up.
mlir::Type AccumulatorOf(mlir::Type element) { return ComputeType(element); }

// One operand of a matrix product: its batch dimensions, broadcast to those of `shape`, then the
// loops in `matrix` (two, or one for a vector).
absl::StatusOr<Operand> MatrixOperand(Node& n, Value value, const ir::SymShape& batch,
                                      int64_t loops, llvm::ArrayRef<int64_t> matrix) {
  const ir::SymShape from = core::ShapeOf(value);
  const size_t lead = from.size() < 2 ? 0 : from.size() - 2;
  ir::SymShape kept;
  llvm::SmallVector<int64_t> dims;
  for (size_t i = 0; i < lead; ++i) {
    const size_t dim = batch.size() - lead + i;
    if (from[i] == batch[dim]) {
      kept.push_back(from[i]);
      dims.push_back(static_cast<int64_t>(dim));
    } else if (from[i] != 1) {
      return Undecided("can't tell whether a batch dimension of " + ir::ToString(from) +
                       " broadcasts to " + ir::ToString(batch));
    }
  }
  kept.insert(kept.end(), from.begin() + lead, from.end());
  dims.append(matrix.begin(), matrix.end());
  return Operand{n.emit().Reshape(value, kept), n.emit().Dims(loops, dims)};
}

// `value` in the output's element type.
absl::StatusOr<Value> ToOutput(Node& n, Value value) {
  if (ElementOf(value) == n.OutElement()) return value;
  return n.Map(value, [](Scalars&, ValueRange x) { return x[0]; });
}

absl::Status LowerMatMul(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Value product,
                          MatrixProduct(n, n.In(0), n.In(1), AccumulatorOf(n.OutElement())));
  return n.Return(ToOutput(n, product));
}

absl::Status LowerGemm(Node& n) {
  const ir::SymShape shape = n.OutShape();
  Emitter& e = n.emit();
  const bool trans_a = n.Int("transA", 0) != 0, trans_b = n.Int("transB", 0) != 0;
  const Operand a{n.In(0), trans_a ? e.Dims(3, {2, 0}) : e.Dims(3, {0, 2})};
  const Operand b{n.In(1), trans_b ? e.Dims(3, {1, 2}) : e.Dims(3, {2, 1})};
  Value result = e.Contract(a, b, shape, 1, AccumulatorOf(n.OutElement()));
  const double alpha = n.Float("alpha", 1), beta = n.Float("beta", 1);
  if (alpha != 1) {
    SINTER_ASSIGN_OR_RETURN(
        result, e.Map(result, shape, ElementOf(result),
                      [&](Scalars& s, ValueRange x) { return s.Mul(x[0], s.Like(x[0], alpha)); }));
  }
  if (!n.Has(2) || beta == 0) return n.Return(ToOutput(n, result));
  return n.Return(n.Map({result, n.In(2)}, [&](Scalars& s, ValueRange x) {
    const Value bias = beta == 1 ? x[1] : s.Mul(x[1], s.Like(x[1], beta));
    return s.Add(x[0], bias);
  }));
}

}  // namespace

absl::StatusOr<Value> MatrixProduct(Node& n, Value left, Value right, mlir::Type accumulator,
                                    bool left_unsigned, bool right_unsigned) {
  const bool a_is_vector = n.Rank(0) == 1, b_is_vector = n.Rank(1) == 1;
  const ir::SymShape shape = n.OutShape();
  const int64_t rank = static_cast<int64_t>(shape.size());
  const int64_t batch_rank = rank - (a_is_vector ? 0 : 1) - (b_is_vector ? 0 : 1);
  const ir::SymShape batch(shape.begin(), shape.begin() + batch_rank);
  const int64_t m = batch_rank, n_loop = rank - 1, k = rank;
  llvm::SmallVector<int64_t> a_dims, b_dims = {k};
  if (!a_is_vector) a_dims.push_back(m);
  a_dims.push_back(k);
  if (!b_is_vector) b_dims.push_back(n_loop);
  SINTER_ASSIGN_OR_RETURN(const Operand a, MatrixOperand(n, left, batch, rank + 1, a_dims));
  SINTER_ASSIGN_OR_RETURN(const Operand b, MatrixOperand(n, right, batch, rank + 1, b_dims));
  return n.emit().Contract(a, b, shape, 1, accumulator, left_unsigned, right_unsigned);
}

void AddMatmul(LoweringTable& table) {
  table["MatMul"] = LowerMatMul;
  table["Gemm"] = LowerGemm;
}

}  // namespace sinter::legalize
