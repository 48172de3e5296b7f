// The `onnx` dialect (onnx_base.td says what its ops look like), its special ops and its types.
//
// Register it in a context with `context.getOrLoadDialect<onnx::OnnxDialect>()`.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_ONNX_DIALECT_H_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_ONNX_DIALECT_H_

#include <optional>
#include <string>

#include "absl/strings/string_view.h"
#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/sym_expr.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/BuiltinTypes.h"
#include "mlir/IR/ExtensibleDialect.h"
#include "mlir/IR/Operation.h"

#include "compiler_core/dialect/onnx/onnx_dialect.h.inc"

namespace sinter::onnx {

inline constexpr char kVersionAttr[] = "onnx_version";
inline constexpr char kIdAttr[] = "id";          // of onnx.Constant
inline constexpr char kValuesAttr[] = "values";  // of onnx.SymConstant

// Element types: signed integers are signless (i64, i4), unsigned ones ui8 ..., bool is i1; floats
// that MLIR lacks are types of the dialect (!onnx.float4e2m1).
// RETURNS: null for types that a tensor of the dialect can't have (strings, complex).
mlir::Type ElementType(mlir::MLIRContext* context, ir::DType dtype);
// The inverse. RETURNS: kUndefined for other types.
ir::DType DTypeOf(mlir::Type element);

// The op's name in ONNX ("Conv", "com.microsoft.Gelu"), and the node's name in the model.
absl::string_view OpTypeOf(mlir::Operation* op);
std::string NodeNameOf(mlir::Operation* op);

// "onnx.<op_type>" with these operands, attributes and results.
mlir::Operation* CreateOp(mlir::OpBuilder& builder, mlir::Location location,
                          absl::string_view op_type, mlir::ValueRange operands,
                          mlir::TypeRange results, llvm::ArrayRef<mlir::NamedAttribute> attributes);
mlir::Value CreateConstant(mlir::OpBuilder& builder, mlir::Location location, int64_t id,
                           const ir::HostTensor& tensor);
// REQUIRES: rank 0 or 1 and an integer dtype.
mlir::Value CreateSymConstant(mlir::OpBuilder& builder, mlir::Location location, ir::DType dtype,
                              const std::vector<int64_t>& dims, const ir::SymShape& values);
mlir::Value CreateNoValue(mlir::OpBuilder& builder, mlir::Location location);

// Whether the operand is there: neither beyond the last nor onnx.NoValue.
bool HasInput(mlir::Operation* op, unsigned i);

// The elements of an onnx.Constant or onnx.SymConstant of integers, in row-major order; nullopt for
// other values.
std::optional<ir::SymShape> KnownInts(mlir::Value value, const ir::ConstantTable& constants);

}  // namespace sinter::onnx

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_ONNX_DIALECT_H_
