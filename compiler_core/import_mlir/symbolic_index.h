// Sizes and offsets of an MLIR function as expressions over the free dimensions of its inputs.
#ifndef SINTER_COMPILER_CORE_IMPORT_MLIR_SYMBOLIC_INDEX_H_
#define SINTER_COMPILER_CORE_IMPORT_MLIR_SYMBOLIC_INDEX_H_

#include <functional>

#include "absl/status/statusor.h"
#include "compiler_core/ir/sym_expr.h"
#include "mlir/IR/OpDefinition.h"
#include "mlir/IR/Value.h"

namespace sinter::import_mlir {

class SymbolicIndex {
 public:
  // `shape_of` gives a tensor's dimensions. Not thread-safe.
  explicit SymbolicIndex(std::function<ir::SymShape(mlir::Value)> shape_of)
      : shape_of_(std::move(shape_of)) {}

  // The value of an integer or index: constants, tensor.dim, and arithmetic on those.
  // ERRORS: UNIMPLEMENTED (unsupported_shape), with the place.
  absl::StatusOr<ir::SymExpr> Of(mlir::Value value);
  absl::StatusOr<ir::SymExpr> Of(mlir::OpFoldResult value);
  absl::StatusOr<ir::SymShape> Of(llvm::ArrayRef<mlir::OpFoldResult> values);

 private:
  absl::StatusOr<ir::SymExpr> OfAffine(mlir::AffineExpr expr, mlir::ValueRange dims,
                                       mlir::ValueRange symbols);

  std::function<ir::SymShape(mlir::Value)> shape_of_;
};

}  // namespace sinter::import_mlir

#endif  // SINTER_COMPILER_CORE_IMPORT_MLIR_SYMBOLIC_INDEX_H_
