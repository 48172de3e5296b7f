// The types of a node's outputs from what is known of its inputs: one function a family of ops,
// which rows name in their `shape_rule`. Written in ops/<category>.cc. Pure; thread-safe.
//
// ERRORS: INVALID_ARGUMENT (shape_mismatch, type_mismatch, malformed_model) where the model is
// wrong; UNIMPLEMENTED (unsupported_shape, unsupported_attribute) where the compiler lacks
// something.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_SHAPE_RULES_H_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_SHAPE_RULES_H_

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler_core/dialect/onnx/shape_context.h"

namespace sinter::onnx {

using ShapeRule = absl::Status (*)(ShapeContext& node);

// The rule of the row for `op`. REQUIRES: FindRow(op) is not null.
ShapeRule FindShapeRule(absl::string_view op);

namespace shape_rules {

// ops/elementwise.cc
absl::Status SameAsInput(ShapeContext& node);
absl::Status SameShapeBool(ShapeContext& node);
absl::Status Broadcast(ShapeContext& node);
absl::Status BroadcastBool(ShapeContext& node);
absl::Status BitCast(ShapeContext& node);
absl::Status Cast(ShapeContext& node);
absl::Status CastLike(ShapeContext& node);
absl::Status Dropout(ShapeContext& node);
absl::Status Where(ShapeContext& node);
// ops/linear.cc
absl::Status Einsum(ShapeContext& node);
absl::Status Gemm(ShapeContext& node);
absl::Status MatMul(ShapeContext& node);
absl::Status MatMulInteger(ShapeContext& node);
// ops/window.cc
absl::Status Conv(ShapeContext& node);
absl::Status ConvInteger(ShapeContext& node);
absl::Status ConvTranspose(ShapeContext& node);
absl::Status DeformConv(ShapeContext& node);
absl::Status Pool(ShapeContext& node);
absl::Status GlobalPool(ShapeContext& node);
// ops/regions.cc
absl::Status Col2Im(ShapeContext& node);
absl::Status GridSample(ShapeContext& node);
absl::Status MaxRoiPool(ShapeContext& node);
absl::Status RoiAlign(ShapeContext& node);
absl::Status TensorScatter(ShapeContext& node);
// ops/nn.cc
absl::Status BatchNormalization(ShapeContext& node);
absl::Status LayerNormalization(ShapeContext& node);
absl::Status DepthToSpace(ShapeContext& node);
absl::Status SpaceToDepth(ShapeContext& node);
absl::Status Resize(ShapeContext& node);
absl::Status Upsample(ShapeContext& node);
// ops/quant.cc
absl::Status DequantizeLinear(ShapeContext& node);
absl::Status QuantizeLinear(ShapeContext& node);
absl::Status QLinearBinary(ShapeContext& node);
// ops/reduction.cc
absl::Status Reduce(ShapeContext& node);
absl::Status ArgReduce(ShapeContext& node);
absl::Status TopK(ShapeContext& node);
// ops/tensor.cc
absl::Status Compress(ShapeContext& node);
absl::Status Concat(ShapeContext& node);
absl::Status Expand(ShapeContext& node);
absl::Status Flatten(ShapeContext& node);
absl::Status Gather(ShapeContext& node);
absl::Status GatherElements(ShapeContext& node);
absl::Status GatherND(ShapeContext& node);
absl::Status Pad(ShapeContext& node);
absl::Status Reshape(ShapeContext& node);
absl::Status Squeeze(ShapeContext& node);
absl::Status Tile(ShapeContext& node);
absl::Status Transpose(ShapeContext& node);
absl::Status Unsqueeze(ShapeContext& node);
// ops/slicing.cc
absl::Status Slice(ShapeContext& node);
absl::Status Split(ShapeContext& node);
// ops/generate.cc
absl::Status Constant(ShapeContext& node);
absl::Status ConstantOfShape(ShapeContext& node);
absl::Status EyeLike(ShapeContext& node);
absl::Status NonZero(ShapeContext& node);
absl::Status OneHot(ShapeContext& node);
absl::Status Range(ShapeContext& node);
absl::Status Shape(ShapeContext& node);
absl::Status Size(ShapeContext& node);

}  // namespace shape_rules

// One dimension of Slice, for positions as in numpy: which element comes first, and how many.
// ERRORS: UNIMPLEMENTED where it can't be told whether a free position is negative.
struct SliceDim {
  ir::SymExpr offset, size;
};
absl::StatusOr<SliceDim> ResolveSlice(const ir::SymExpr& start, const ir::SymExpr& end,
                                      int64_t step, const ir::SymExpr& dim);
// Starts, ends, axes and steps of a Slice node, from attributes (version 1) or inputs.
struct SliceArguments {
  ir::SymShape starts, ends;
  std::vector<int64_t> axes, steps;
};
absl::StatusOr<SliceArguments> ReadSliceArguments(const ShapeContext& node);

}  // namespace sinter::onnx

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_SHAPE_RULES_H_
