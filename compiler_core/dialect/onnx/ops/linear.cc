// Shape rules of matrix products.
#include <map>

#include "base/status_macros.h"
#include "compiler_core/dialect/onnx/einsum.h"
#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::onnx::shape_rules {
namespace {

using ir::SymExpr;
using ir::SymShape;

// As numpy.matmul: vectors count as a row (left) or a column (right), and that dimension goes
// again.
absl::StatusOr<SymShape> MatMulShape(ShapeContext& node) {
  SINTER_RETURN_IF_ERROR(node.CheckRank(0, 1));
  SINTER_RETURN_IF_ERROR(node.CheckRank(1, 1));
  SymShape a = node.Shape(0), b = node.Shape(1);
  const bool row = a.size() == 1, column = b.size() == 1;
  if (row) a.insert(a.begin(), SymExpr(1));
  if (column) b.push_back(SymExpr(1));
  SINTER_RETURN_IF_ERROR(node.Same(a.back(), b[b.size() - 2]).status());
  SINTER_ASSIGN_OR_RETURN(SymShape shape, node.Broadcast(SymShape(a.begin(), a.end() - 2),
                                                         SymShape(b.begin(), b.end() - 2)));
  if (!row) shape.push_back(a[a.size() - 2]);
  if (!column) shape.push_back(b.back());
  return shape;
}

}  // namespace

absl::Status MatMul(ShapeContext& node) {
  SINTER_ASSIGN_OR_RETURN(SymShape shape, MatMulShape(node));
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status MatMulInteger(ShapeContext& node) {
  SINTER_ASSIGN_OR_RETURN(SymShape shape, MatMulShape(node));
  return node.Return(ir::DType::kInt32, std::move(shape));
}

absl::Status Einsum(ShapeContext& node) {
  std::vector<int64_t> ranks;
  for (int i = 0; i < node.num_inputs(); ++i) {
    SINTER_RETURN_IF_ERROR(node.CheckRank(i, 0));
    ranks.push_back(node.Rank(i));
  }
  SINTER_ASSIGN_OR_RETURN(const EinsumLabels labels,
                          ParseEinsum(node.String("equation", ""), ranks));
  std::map<char, SymExpr> sizes;
  for (int i = 0; i < node.num_inputs(); ++i) {
    for (size_t dim = 0; dim < labels.inputs[i].size(); ++dim) {
      const auto [size, is_new] = sizes.emplace(labels.inputs[i][dim], node.Shape(i)[dim]);
      if (is_new || node.Shape(i)[dim] == SymExpr(1)) continue;
      if (size->second == SymExpr(1)) {
        size->second = node.Shape(i)[dim];
      } else {
        SINTER_ASSIGN_OR_RETURN(size->second, node.Same(size->second, node.Shape(i)[dim]));
      }
    }
  }
  SymShape shape;
  for (char label : labels.output) shape.push_back(sizes.at(label));
  return node.Return(node.Type(0), std::move(shape));
}

absl::Status Gemm(ShapeContext& node) {
  for (int i = 0; i < 2; ++i) {
    SINTER_RETURN_IF_ERROR(node.CheckRank(i, 2));
    if (node.Rank(i) == 2) continue;
    return ir::Error(ir::DiagnosticKind::kShapeMismatch, "Gemm needs matrices of rank 2");
  }
  const int a_columns = node.Int("transA", 0) != 0 ? 0 : 1;
  const int b_rows = node.Int("transB", 0) != 0 ? 1 : 0;
  SINTER_RETURN_IF_ERROR(node.Same(node.Shape(0)[a_columns], node.Shape(1)[b_rows]).status());
  const SymShape shape = {node.Shape(0)[1 - a_columns], node.Shape(1)[1 - b_rows]};
  if (node.Has(2)) SINTER_RETURN_IF_ERROR(node.Broadcast(shape, node.Shape(2)).status());
  return node.Return(node.Type(0), shape);
}

}  // namespace sinter::onnx::shape_rules
