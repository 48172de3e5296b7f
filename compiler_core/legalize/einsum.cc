// Einsum as one contraction: loops are the output's labels, then those that are summed over.
#include <map>
#include <string>

#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/dialect/onnx/einsum.h"
#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

namespace {

using ir::SymExpr;
using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;

// The loops of an equation.
struct EinsumLoops {
  std::string labels;  // in order; the output's first
  std::map<char, SymExpr> sizes;
};

EinsumLoops LoopsOf(Node& n, const onnx::EinsumLabels& labels) {
  EinsumLoops loops{labels.output, {}};
  for (int i = 0; i < n.num_inputs(); ++i) {
    const SymShape shape = n.Shape(i);
    for (size_t dim = 0; dim < shape.size(); ++dim) {
      const char label = labels.inputs[i][dim];
      const auto [size, is_new] = loops.sizes.emplace(label, shape[dim]);
      if (!is_new && size->second == 1) size->second = shape[dim];
      if (loops.labels.find(label) == std::string::npos) loops.labels.push_back(label);
    }
  }
  return loops;
}

// An input at its labels' loops; dimensions of size 1 that repeat are left out.
absl::StatusOr<Operand> OperandOf(Node& n, int i, const std::string& labels,
                                  const EinsumLoops& loops) {
  const SymShape shape = n.Shape(i);
  SymShape kept;
  llvm::SmallVector<int64_t> dims;
  for (size_t dim = 0; dim < shape.size(); ++dim) {
    const SymExpr& size = loops.sizes.at(labels[dim]);
    if (shape[dim] == size) {
      kept.push_back(shape[dim]);
      dims.push_back(static_cast<int64_t>(loops.labels.find(labels[dim])));
    } else if (shape[dim] != 1) {
      return Undecided("can't tell whether `" + shape[dim].ToString() + "` and `" +
                       size.ToString() + "` are equal");
    }
  }
  const auto count = static_cast<int64_t>(loops.labels.size());
  return Operand{n.emit().Reshape(n.In(i), kept), n.emit().Dims(count, dims)};
}

absl::Status Einsum(Node& n) {
  Emitter& e = n.emit();
  std::vector<int64_t> ranks;
  for (int i = 0; i < n.num_inputs(); ++i) ranks.push_back(n.Rank(i));
  SINTER_ASSIGN_OR_RETURN(const onnx::EinsumLabels labels,
                          onnx::ParseEinsum(n.String("equation", ""), ranks));
  const EinsumLoops loops = LoopsOf(n, labels);
  llvm::SmallVector<Operand> operands;
  for (int i = 0; i < n.num_inputs(); ++i) {
    SINTER_ASSIGN_OR_RETURN(Operand operand, OperandOf(n, i, labels.inputs[i], loops));
    operands.push_back(operand);
  }
  const SymShape shape = n.OutShape();
  const auto rank = static_cast<int64_t>(shape.size());
  const int64_t reductions = static_cast<int64_t>(loops.labels.size()) - rank;
  const mlir::Type type = ComputeType(n.OutElement());
  const auto product = [&](Scalars& s, ValueRange x) {
    Value result = s.Convert(x[0], type);
    for (Value factor : x.drop_front()) result = s.Mul(result, s.Convert(factor, type));
    return result;
  };
  if (reductions == 0) return n.Return(e.MapOperands(operands, shape, n.OutElement(), product));
  const auto zero = mlir::cast<mlir::TypedAttr>(e.builder().getZeroAttr(type));
  llvm::SmallVector<int64_t> out_dims;
  for (int64_t i = 0; i < rank; ++i) out_dims.push_back(i);
  const Operand output{e.Fill(shape, zero), e.Dims(rank + reductions, out_dims)};
  const Value sums = e.Generic(operands, output, rank, reductions,
                               [&](Scalars& s, ValueRange x) -> Emitter::Values {
                                 return {s.Add(x.back(), product(s, x.drop_back()))};
                               })[0];
  if (type == n.OutElement()) return n.Return(sums);
  return n.Return(n.Map(sums, [](Scalars&, ValueRange x) { return x[0]; }));
}

}  // namespace

void AddEinsum(LoweringTable& table) { table["Einsum"] = Einsum; }

}  // namespace sinter::legalize
