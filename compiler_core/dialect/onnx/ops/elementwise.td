// Ops that compute each element of the output from the elements at the same (broadcast) place.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_ELEMENTWISE_TD_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_ELEMENTWISE_TD_

include "compiler_core/dialect/onnx/onnx_base.td"

class Onnx_Elementwise<string name, list<int> versions, string rule>
    : Onnx_Op<name, "elementwise", versions, rule>;
// The output's type is the first input's.
class Onnx_Unary<string name, list<int> versions> : Onnx_Elementwise<name, versions, "SameAsInput">;
class Onnx_Predicate<string name, list<int> versions> : Onnx_Elementwise<name, versions, "SameShapeBool">;
// Inputs broadcast against each other (of all versions since 7, when that became implicit).
class Onnx_Broadcast<string name, list<int> versions> : Onnx_Elementwise<name, versions, "Broadcast">;
class Onnx_Compare<string name, list<int> versions> : Onnx_Elementwise<name, versions, "BroadcastBool">;

def Onnx_AbsOp : Onnx_Unary<"Abs", [1, 6, 13]>;
def Onnx_AcosOp : Onnx_Unary<"Acos", [7, 22]>;
def Onnx_AcoshOp : Onnx_Unary<"Acosh", [9, 22]>;
def Onnx_AsinOp : Onnx_Unary<"Asin", [7, 22]>;
def Onnx_AsinhOp : Onnx_Unary<"Asinh", [9, 22]>;
def Onnx_AtanOp : Onnx_Unary<"Atan", [7, 22]>;
def Onnx_AtanhOp : Onnx_Unary<"Atanh", [9, 22]>;
def Onnx_BitwiseNotOp : Onnx_Unary<"BitwiseNot", [18]>;
def Onnx_CeilOp : Onnx_Unary<"Ceil", [1, 6, 13]>;
def Onnx_CeluOp : Onnx_Unary<"Celu", [12, 28]>;
def Onnx_ClipOp : Onnx_Unary<"Clip", [1, 6, 11, 12, 13]>;
def Onnx_CosOp : Onnx_Unary<"Cos", [7, 22]>;
def Onnx_CoshOp : Onnx_Unary<"Cosh", [9, 22]>;
def Onnx_EluOp : Onnx_Unary<"Elu", [1, 6, 22]>;
def Onnx_ErfOp : Onnx_Unary<"Erf", [9, 13]>;
def Onnx_ExpOp : Onnx_Unary<"Exp", [1, 6, 13]>;
def Onnx_FloorOp : Onnx_Unary<"Floor", [1, 6, 13]>;
def Onnx_GeluOp : Onnx_Unary<"Gelu", [20]>;
def Onnx_HardSigmoidOp : Onnx_Unary<"HardSigmoid", [1, 6, 22]>;
def Onnx_HardSwishOp : Onnx_Unary<"HardSwish", [14, 22]>;
def Onnx_IdentityOp : Onnx_Unary<"Identity", [1, 13, 14, 16, 19, 21, 23, 24, 25]>;
def Onnx_LeakyReluOp : Onnx_Unary<"LeakyRelu", [1, 6, 16]>;
def Onnx_LogOp : Onnx_Unary<"Log", [1, 6, 13]>;
def Onnx_MishOp : Onnx_Unary<"Mish", [18, 22]>;
def Onnx_NegOp : Onnx_Unary<"Neg", [1, 6, 13]>;
def Onnx_NotOp : Onnx_Unary<"Not", [1]>;
def Onnx_PReluOp : Onnx_Unary<"PRelu", [7, 9, 16]>;
def Onnx_ReciprocalOp : Onnx_Unary<"Reciprocal", [1, 6, 13]>;
def Onnx_ReluOp : Onnx_Unary<"Relu", [1, 6, 13, 14]>;
def Onnx_RoundOp : Onnx_Unary<"Round", [11, 22]>;
def Onnx_SeluOp : Onnx_Unary<"Selu", [1, 6, 22]>;
def Onnx_ShrinkOp : Onnx_Unary<"Shrink", [9]>;
def Onnx_SigmoidOp : Onnx_Unary<"Sigmoid", [1, 6, 13]>;
def Onnx_SignOp : Onnx_Unary<"Sign", [9, 13]>;
def Onnx_SinOp : Onnx_Unary<"Sin", [7, 22]>;
def Onnx_SinhOp : Onnx_Unary<"Sinh", [9, 22]>;
def Onnx_SoftplusOp : Onnx_Unary<"Softplus", [1, 22]>;
def Onnx_SoftsignOp : Onnx_Unary<"Softsign", [1, 22]>;
def Onnx_SqrtOp : Onnx_Unary<"Sqrt", [1, 6, 13]>;
def Onnx_SwishOp : Onnx_Unary<"Swish", [24]>;
def Onnx_TanOp : Onnx_Unary<"Tan", [7, 22]>;
def Onnx_TanhOp : Onnx_Unary<"Tanh", [1, 6, 13]>;
def Onnx_ThresholdedReluOp : Onnx_Unary<"ThresholdedRelu", [10, 22]>;

def Onnx_IsInfOp : Onnx_Predicate<"IsInf", [10, 20]>;
def Onnx_IsNaNOp : Onnx_Predicate<"IsNaN", [9, 13, 20]>;

def Onnx_AddOp : Onnx_Broadcast<"Add", [7, 13, 14]>;
def Onnx_BitShiftOp : Onnx_Broadcast<"BitShift", [11, 28]>;
def Onnx_BitwiseAndOp : Onnx_Broadcast<"BitwiseAnd", [18]>;
def Onnx_BitwiseOrOp : Onnx_Broadcast<"BitwiseOr", [18]>;
def Onnx_BitwiseXorOp : Onnx_Broadcast<"BitwiseXor", [18]>;
def Onnx_DivOp : Onnx_Broadcast<"Div", [7, 13, 14]>;
def Onnx_MaxOp : Onnx_Broadcast<"Max", [1, 6, 8, 12, 13]>;
def Onnx_MeanOp : Onnx_Broadcast<"Mean", [1, 6, 8, 13]>;
def Onnx_MinOp : Onnx_Broadcast<"Min", [1, 6, 8, 12, 13]>;
def Onnx_ModOp : Onnx_Broadcast<"Mod", [10, 13, 28]>;
def Onnx_MulOp : Onnx_Broadcast<"Mul", [7, 13, 14]>;
def Onnx_PowOp : Onnx_Broadcast<"Pow", [7, 12, 13, 15]>;
def Onnx_SubOp : Onnx_Broadcast<"Sub", [7, 13, 14]>;
def Onnx_SumOp : Onnx_Broadcast<"Sum", [1, 6, 8, 13]>;

def Onnx_AndOp : Onnx_Compare<"And", [7]>;
def Onnx_EqualOp : Onnx_Compare<"Equal", [7, 11, 13, 19]>;
def Onnx_GreaterOp : Onnx_Compare<"Greater", [7, 9, 13]>;
def Onnx_GreaterOrEqualOp : Onnx_Compare<"GreaterOrEqual", [12, 16]>;
def Onnx_LessOp : Onnx_Compare<"Less", [7, 9, 13]>;
def Onnx_LessOrEqualOp : Onnx_Compare<"LessOrEqual", [12, 16]>;
def Onnx_OrOp : Onnx_Compare<"Or", [7]>;
def Onnx_XorOp : Onnx_Compare<"Xor", [7]>;

def Onnx_CastOp : Onnx_Elementwise<"Cast", [6, 9, 13, 19, 21, 23, 24, 25, 28], "Cast">;
def Onnx_BitCastOp : Onnx_Elementwise<"BitCast", [26], "BitCast">;
def Onnx_CastLikeOp : Onnx_Elementwise<"CastLike", [15, 19, 21, 23, 24, 25], "CastLike">;
def Onnx_DropoutOp : Onnx_Elementwise<"Dropout", [1, 6, 7, 10, 12, 13, 22], "Dropout">;
def Onnx_WhereOp : Onnx_Elementwise<"Where", [9, 16], "Where">;

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_ELEMENTWISE_TD_
