// ONNX defines many ops by a function of simpler ones, and expansions.h some more. Where an op has
// no row of its own, the walk over the graph goes on with that function's nodes: here they are
// made, and made to fit in. Stateless.
#ifndef SINTER_COMPILER_CORE_IMPORT_FUNCTION_BODY_H_
#define SINTER_COMPILER_CORE_IMPORT_FUNCTION_BODY_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/import/onnx_file.h"

namespace onnx {
class FunctionProto;
}

namespace sinter::import {

// Whether nodes of this op go through ExpandNode() for want of a row.
bool IsExpandable(const ::onnx::OpSchema& schema);

// Whether this node goes through ExpandNode() in any case: expansions.h has its form of the op.
bool IsExpanded(const ::onnx::NodeProto& node, const ::onnx::OpSchema& schema,
                const std::vector<onnx::OperandInfo>& operands);

struct FunctionBody {
  // Its nodes read and write the values that `node` does; those between have names that start with
  // `prefix`. References to the node's attributes are resolved.
  std::shared_ptr<const ::onnx::FunctionProto> function;
  Opsets opsets;
};

// By expansions.h, else by ONNX's own function. `operands` are those of `node`. ERRORS:
// UNIMPLEMENTED if there is neither for such a node; INVALID_ARGUMENT for a malformed one.
absl::StatusOr<FunctionBody> ExpandNode(const ::onnx::NodeProto& node,
                                        const ::onnx::OpSchema& schema, const Opsets& opsets,
                                        const std::vector<onnx::OperandInfo>& operands,
                                        const std::string& prefix);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_FUNCTION_BODY_H_
