// Products of matrices.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_LINEAR_TD_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_LINEAR_TD_

include "compiler_core/dialect/onnx/onnx_base.td"

class Onnx_Linear<string name, list<int> versions, string rule>
    : Onnx_Op<name, "linear", versions, rule>;

def Onnx_EinsumOp : Onnx_Linear<"Einsum", [12, 28], "Einsum">;
def Onnx_GemmOp : Onnx_Linear<"Gemm", [1, 6, 7, 9, 11, 13], "Gemm">;
def Onnx_MatMulOp : Onnx_Linear<"MatMul", [1, 9, 13], "MatMul">;
def Onnx_MatMulIntegerOp : Onnx_Linear<"MatMulInteger", [10], "MatMulInteger">;

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_LINEAR_TD_
