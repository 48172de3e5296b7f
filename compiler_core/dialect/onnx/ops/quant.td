// Between real numbers and the integers that stand for them.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_QUANT_TD_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_QUANT_TD_

include "compiler_core/dialect/onnx/onnx_base.td"

class Onnx_Quant<string name, list<int> versions, string rule>
    : Onnx_Op<name, "quant", versions, rule>;

def Onnx_DequantizeLinearOp : Onnx_Quant<"DequantizeLinear", [10, 13, 19, 21, 23, 24, 25, 28], "DequantizeLinear">;
def Onnx_QuantizeLinearOp : Onnx_Quant<"QuantizeLinear", [10, 13, 19, 21, 23, 24, 25, 28], "QuantizeLinear">;

class Onnx_QuantContrib<string name, string rule>
    : Onnx_Quant<"com.microsoft." # name, [1], rule>;

def Onnx_QLinearAddOp : Onnx_QuantContrib<"QLinearAdd", "QLinearBinary">;
def Onnx_QLinearMulOp : Onnx_QuantContrib<"QLinearMul", "QLinearBinary">;

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_QUANT_TD_
