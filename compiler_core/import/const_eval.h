// Evaluates nodes whose inputs are all constants, so that they need no code.
//
// Plain loops over HostTensor: movement ops give views where they can, arithmetic goes through
// double or int64 and rounds once. Pure but for allocating; thread-safe.
#ifndef SINTER_COMPILER_CORE_IMPORT_CONST_EVAL_H_
#define SINTER_COMPILER_CORE_IMPORT_CONST_EVAL_H_

#include <optional>
#include <vector>

#include "absl/strings/string_view.h"
#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/ir/host_tensor.h"

namespace sinter::import {

struct EvalNode {
  const onnx::ShapeContext& node;  // every operand that is given has a Constant()
  // The outputs' types, from the shape rule; all dimensions are constant.
  const std::vector<onnx::TensorInfo>& outputs;
  const ir::ConstantTable& constants;  // for attributes that are tensors

  const ir::HostTensor& In(int i) const { return *node.Constant(i); }
  std::vector<int64_t> OutDims(int i = 0) const;
  ir::DType OutType(int i = 0) const { return outputs[i].dtype; }
};

using Evaluation = std::optional<std::vector<ir::HostTensor>>;

// RETURNS: the outputs; nullopt if there is no evaluator for `op`, or its operands make no sense
// (the node is then kept as it is).
Evaluation Evaluate(absl::string_view op, const EvalNode& node);

// Families of ops; each returns nullopt for ops of other families.
Evaluation EvaluateView(absl::string_view op, const EvalNode& node);
Evaluation EvaluateMovement(absl::string_view op, const EvalNode& node);
Evaluation EvaluateElementwise(absl::string_view op, const EvalNode& node);
Evaluation EvaluateReduction(absl::string_view op, const EvalNode& node);
Evaluation EvaluateGenerator(absl::string_view op, const EvalNode& node);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_CONST_EVAL_H_
