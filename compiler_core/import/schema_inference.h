// Types of a node's outputs by ONNX's own inference, for operators that the run-time library
// computes: what shape rules (dialect/onnx) are to compiled ones. Stateless.
#ifndef SINTER_COMPILER_CORE_IMPORT_SCHEMA_INFERENCE_H_
#define SINTER_COMPILER_CORE_IMPORT_SCHEMA_INFERENCE_H_

#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/dialect/onnx/shape_context.h"

namespace onnx {
class NodeProto;
class OpSchema;
class TypeProto;
}  // namespace onnx

namespace sinter::import {

// One for each output of the node, absent ones too. What ONNX can't say is left out of the type (a
// dimension, or the whole shape). ERRORS: INVALID_ARGUMENT (shape_mismatch) where ONNX refuses the
// node; UNIMPLEMENTED (unsupported_type) where not even an output's kind can be told.
absl::StatusOr<std::vector<::onnx::TypeProto>> InferTypes(
    const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
    const std::vector<onnx::OperandInfo>& operands);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_SCHEMA_INFERENCE_H_
