// Ops that combine the elements along some dimensions.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_REDUCTION_TD_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_REDUCTION_TD_

include "compiler_core/dialect/onnx/onnx_base.td"

class Onnx_AlongAxis<string name, list<int> versions, string rule>
    : Onnx_Op<name, "reduction", versions, rule>;
class Onnx_Reduce<string name, list<int> versions> : Onnx_AlongAxis<name, versions, "Reduce">;

def Onnx_ReduceL1Op : Onnx_Reduce<"ReduceL1", [1, 11, 13, 18]>;
def Onnx_ReduceL2Op : Onnx_Reduce<"ReduceL2", [1, 11, 13, 18]>;
def Onnx_ReduceLogSumOp : Onnx_Reduce<"ReduceLogSum", [1, 11, 13, 18, 28]>;
def Onnx_ReduceLogSumExpOp : Onnx_Reduce<"ReduceLogSumExp", [1, 11, 13, 18, 28]>;
def Onnx_ReduceMaxOp : Onnx_Reduce<"ReduceMax", [1, 11, 12, 13, 18, 20]>;
def Onnx_ReduceMeanOp : Onnx_Reduce<"ReduceMean", [1, 11, 13, 18]>;
def Onnx_ReduceMinOp : Onnx_Reduce<"ReduceMin", [1, 11, 12, 13, 18, 20]>;
def Onnx_ReduceProdOp : Onnx_Reduce<"ReduceProd", [1, 11, 13, 18]>;
def Onnx_ReduceSumOp : Onnx_Reduce<"ReduceSum", [1, 11, 13]>;
def Onnx_ReduceSumSquareOp : Onnx_Reduce<"ReduceSumSquare", [1, 11, 13, 18]>;

def Onnx_ArgMaxOp : Onnx_AlongAxis<"ArgMax", [1, 11, 12, 13], "ArgReduce">;
def Onnx_ArgMinOp : Onnx_AlongAxis<"ArgMin", [1, 11, 12, 13], "ArgReduce">;
def Onnx_TopKOp : Onnx_AlongAxis<"TopK", [10, 11, 24], "TopK">;

def Onnx_CumProdOp : Onnx_AlongAxis<"CumProd", [26], "SameAsInput">;
def Onnx_CumSumOp : Onnx_AlongAxis<"CumSum", [11, 14], "SameAsInput">;
def Onnx_HardmaxOp : Onnx_AlongAxis<"Hardmax", [1, 11, 13], "SameAsInput">;
def Onnx_LogSoftmaxOp : Onnx_AlongAxis<"LogSoftmax", [1, 11, 13], "SameAsInput">;
def Onnx_SoftmaxOp : Onnx_AlongAxis<"Softmax", [1, 11, 13], "SameAsInput">;

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_REDUCTION_TD_
