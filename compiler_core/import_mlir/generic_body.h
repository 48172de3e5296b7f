// A linalg.generic of a file as one of a TensorModule: bool stored as bytes, scalars from around it
// brought into the body, accumulations begun from a constant. For one op; not thread-safe.
#ifndef SINTER_COMPILER_CORE_IMPORT_MLIR_GENERIC_BODY_H_
#define SINTER_COMPILER_CORE_IMPORT_MLIR_GENERIC_BODY_H_

#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/import_mlir/symbolic_index.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/IRMapping.h"

namespace sinter::import_mlir {

class GenericBody {
 public:
  // `values` maps the file's tensors to the new module's. All outlive the object.
  GenericBody(mlir::linalg::GenericOp op, mlir::IRMapping& values, mlir::OpBuilder& builder,
              SymbolicIndex& index)
      : op_(op), values_(values), builder_(builder), index_(index) {}

  // Emits at the builder's place. RETURNS: the new results.
  // ERRORS: UNIMPLEMENTED (unsupported_op), with the place.
  absl::StatusOr<std::vector<mlir::Value>> Convert();

 private:
  struct Output {
    mlir::Value init;       // what the new generic starts from
    mlir::Value add_after;  // the tensor to add to its result, or null
    bool read = false;      // the body reads the old tensor: it becomes an input too
  };
  absl::StatusOr<Output> ConvertOutput(unsigned i);
  absl::Status FillBody(mlir::Block& block, size_t num_inputs, const std::vector<Output>& outputs);
  absl::StatusOr<mlir::Value> Captured(mlir::Value outer);
  mlir::Value Load(mlir::Value argument, mlir::Type type);
  mlir::Value AddElementwise(mlir::Value a, mlir::Value b);

  mlir::linalg::GenericOp op_;
  mlir::IRMapping& values_;
  mlir::OpBuilder& builder_;
  SymbolicIndex& index_;
};

}  // namespace sinter::import_mlir

#endif  // SINTER_COMPILER_CORE_IMPORT_MLIR_GENERIC_BODY_H_
