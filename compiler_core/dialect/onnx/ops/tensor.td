// Ops that move elements without changing them.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_TENSOR_TD_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_TENSOR_TD_

include "compiler_core/dialect/onnx/onnx_base.td"

class Onnx_Tensor<string name, list<int> versions, string rule>
    : Onnx_Op<name, "tensor", versions, rule>;

def Onnx_CompressOp : Onnx_Tensor<"Compress", [9, 11, 28], "Compress">;
def Onnx_ConcatOp : Onnx_Tensor<"Concat", [1, 4, 11, 13], "Concat">;
def Onnx_ExpandOp : Onnx_Tensor<"Expand", [8, 13], "Expand">;
def Onnx_FlattenOp : Onnx_Tensor<"Flatten", [1, 9, 11, 13, 21, 23, 24, 25], "Flatten">;
def Onnx_GatherOp : Onnx_Tensor<"Gather", [1, 11, 13], "Gather">;
def Onnx_GatherElementsOp : Onnx_Tensor<"GatherElements", [11, 13], "GatherElements">;
def Onnx_GatherNDOp : Onnx_Tensor<"GatherND", [11, 12, 13], "GatherND">;
def Onnx_PadOp : Onnx_Tensor<"Pad", [2, 11, 13, 18, 19, 21, 23, 24, 25], "Pad">;
def Onnx_ReshapeOp : Onnx_Tensor<"Reshape", [5, 13, 14, 19, 21, 23, 24, 25], "Reshape">;
def Onnx_ReverseSequenceOp : Onnx_Tensor<"ReverseSequence", [10, 28], "SameAsInput">;
def Onnx_ScatterOp : Onnx_Tensor<"Scatter", [9], "SameAsInput">;
def Onnx_ScatterElementsOp : Onnx_Tensor<"ScatterElements", [11, 13, 16, 18], "SameAsInput">;
def Onnx_ScatterNDOp : Onnx_Tensor<"ScatterND", [11, 13, 16, 18], "SameAsInput">;
def Onnx_SliceOp : Onnx_Tensor<"Slice", [1, 10, 11, 13], "Slice">;
def Onnx_SplitOp : Onnx_Tensor<"Split", [2, 11, 13, 18], "Split">;
def Onnx_SqueezeOp : Onnx_Tensor<"Squeeze", [1, 11, 13, 21, 23, 24, 25], "Squeeze">;
def Onnx_TensorScatterOp : Onnx_Tensor<"TensorScatter", [24], "TensorScatter">;
def Onnx_TileOp : Onnx_Tensor<"Tile", [6, 13], "Tile">;
def Onnx_TransposeOp : Onnx_Tensor<"Transpose", [1, 13, 21, 23, 24, 25], "Transpose">;
def Onnx_TriluOp : Onnx_Tensor<"Trilu", [14], "SameAsInput">;
def Onnx_UnsqueezeOp : Onnx_Tensor<"Unsqueeze", [1, 11, 13, 21, 23, 24, 25], "Unsqueeze">;

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_TENSOR_TD_
