// A prepared function as a TensorModule.
#ifndef SINTER_COMPILER_CORE_IMPORT_MLIR_TENSOR_CONVERTER_H_
#define SINTER_COMPILER_CORE_IMPORT_MLIR_TENSOR_CONVERTER_H_

#include "absl/status/statusor.h"
#include "compiler_core/ir/modules.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "proto/sinter/v1/options.pb.h"

namespace sinter::import_mlir {

// `function` is as Prepare() leaves it; nothing of it is used afterwards. Of `options` the shapes
// are read. ERRORS: INVALID_ARGUMENT (bad_option), UNIMPLEMENTED (unsupported_op, unsupported_type,
// unsupported_shape), with the place.
absl::StatusOr<ir::TensorModule> ConvertToTensorModule(mlir::func::FuncOp function,
                                                       const v1::CompileOptions& options);

}  // namespace sinter::import_mlir

#endif  // SINTER_COMPILER_CORE_IMPORT_MLIR_TENSOR_CONVERTER_H_
