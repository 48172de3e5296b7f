// A node's attributes and types, checked against its op's schema.
#ifndef SINTER_COMPILER_CORE_IMPORT_NODE_READER_H_
#define SINTER_COMPILER_CORE_IMPORT_NODE_READER_H_

#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/import/tensor_reader.h"
#include "compiler_core/ir/host_tensor.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OperationSupport.h"

namespace onnx {
class NodeProto;
class OpSchema;
}  // namespace onnx

namespace sinter::import {

// The attributes as onnx_base.td says, with the schema's defaults and `onnx_version`; tensors go
// into `constants`. ConstantOfShape always gets its `value`, and its type as `value_type`. ERRORS:
// as TensorReader::Read(), and UNIMPLEMENTED (unsupported_attribute) for graphs and the like.
absl::StatusOr<mlir::NamedAttrList> ReadAttributes(mlir::MLIRContext& context,
                                                   const ::onnx::NodeProto& node,
                                                   const ::onnx::OpSchema& schema,
                                                   const TensorReader& tensors,
                                                   ir::ConstantTable& constants);

// The value of a Constant node. ERRORS: as ReadAttributes().
absl::StatusOr<ir::HostTensor> ReadConstantNode(const ::onnx::NodeProto& node,
                                                const TensorReader& tensors);

// Element types against the schema: each allowed, and those of one type parameter equal.
// ERRORS: INVALID_ARGUMENT (type_mismatch).
absl::Status CheckTypes(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                        const std::vector<onnx::OperandInfo>& operands);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_NODE_READER_H_
