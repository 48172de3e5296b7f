// Convolutions, pooling and normalization.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_NN_TD_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_NN_TD_

include "compiler_core/dialect/onnx/onnx_base.td"

class Onnx_Nn<string name, list<int> versions, string rule>
    : Onnx_Op<name, "nn", versions, rule>;

def Onnx_ConvOp : Onnx_Nn<"Conv", [1, 11, 22], "Conv">;
def Onnx_ConvIntegerOp : Onnx_Nn<"ConvInteger", [10], "ConvInteger">;
def Onnx_ConvTransposeOp : Onnx_Nn<"ConvTranspose", [1, 11, 22], "ConvTranspose">;

def Onnx_AveragePoolOp : Onnx_Nn<"AveragePool", [1, 7, 10, 11, 19, 22], "Pool">;
def Onnx_LpPoolOp : Onnx_Nn<"LpPool", [1, 2, 11, 18, 22], "Pool">;
def Onnx_MaxPoolOp : Onnx_Nn<"MaxPool", [1, 8, 10, 11, 12, 22], "Pool">;
def Onnx_GlobalAveragePoolOp : Onnx_Nn<"GlobalAveragePool", [1, 22], "GlobalPool">;
def Onnx_GlobalLpPoolOp : Onnx_Nn<"GlobalLpPool", [1, 2, 22], "GlobalPool">;
def Onnx_GlobalMaxPoolOp : Onnx_Nn<"GlobalMaxPool", [1, 22], "GlobalPool">;

def Onnx_BatchNormalizationOp : Onnx_Nn<"BatchNormalization", [7, 9, 14, 15], "BatchNormalization">;
def Onnx_GroupNormalizationOp : Onnx_Nn<"GroupNormalization", [21], "SameAsInput">;
def Onnx_InstanceNormalizationOp : Onnx_Nn<"InstanceNormalization", [1, 6, 22], "SameAsInput">;
def Onnx_LayerNormalizationOp : Onnx_Nn<"LayerNormalization", [17], "LayerNormalization">;
def Onnx_LpNormalizationOp : Onnx_Nn<"LpNormalization", [1, 22], "SameAsInput">;
def Onnx_LRNOp : Onnx_Nn<"LRN", [1, 13], "SameAsInput">;
def Onnx_MeanVarianceNormalizationOp : Onnx_Nn<"MeanVarianceNormalization", [9, 13], "SameAsInput">;
def Onnx_RMSNormalizationOp : Onnx_Nn<"RMSNormalization", [23], "SameAsInput">;

def Onnx_Col2ImOp : Onnx_Nn<"Col2Im", [18], "Col2Im">;
def Onnx_DeformConvOp : Onnx_Nn<"DeformConv", [19, 22], "DeformConv">;
def Onnx_GridSampleOp : Onnx_Nn<"GridSample", [16, 20, 22], "GridSample">;
def Onnx_MaxRoiPoolOp : Onnx_Nn<"MaxRoiPool", [1, 22], "MaxRoiPool">;
def Onnx_RoiAlignOp : Onnx_Nn<"RoiAlign", [10, 16, 22], "RoiAlign">;

def Onnx_DepthToSpaceOp : Onnx_Nn<"DepthToSpace", [1, 11, 13, 28], "DepthToSpace">;
def Onnx_SpaceToDepthOp : Onnx_Nn<"SpaceToDepth", [1, 13, 28], "SpaceToDepth">;
def Onnx_ResizeOp : Onnx_Nn<"Resize", [10, 11, 13, 18, 19], "Resize">;
def Onnx_UpsampleOp : Onnx_Nn<"Upsample", [7, 9], "Upsample">;

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_NN_TD_
