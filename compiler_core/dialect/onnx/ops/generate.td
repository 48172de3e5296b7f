// Ops that make a tensor out of a shape or of numbers, and the three special ops of the dialect:
// onnx.Constant {id}            a constant of the module's ConstantTable (ONNX's Constant and initializers)
// onnx.SymConstant {values}     an integer tensor of rank 0 or 1 whose elements are expressions
// onnx.NoValue                  an absent input, of type none
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_GENERATE_TD_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_GENERATE_TD_

include "compiler_core/dialect/onnx/onnx_base.td"

class Onnx_Generate<string name, list<int> versions, string rule>
    : Onnx_Op<name, "generate", versions, rule>;

// Not ONNX's own: no model can name them. Versions are empty.
class Onnx_Special<string name> : Onnx_Op<name, "special", [], "Special">;
def Onnx_SymConstantOp : Onnx_Special<"SymConstant">;
def Onnx_NoValueOp : Onnx_Special<"NoValue">;

def Onnx_ConstantOp : Onnx_Generate<"Constant", [1, 9, 11, 12, 13, 19, 21, 23, 24, 25], "Constant">;
def Onnx_ConstantOfShapeOp : Onnx_Generate<"ConstantOfShape", [9, 20, 21, 23, 24, 25], "ConstantOfShape">;
def Onnx_EyeLikeOp : Onnx_Generate<"EyeLike", [9, 22], "EyeLike">;
def Onnx_NonZeroOp : Onnx_Generate<"NonZero", [9, 13], "NonZero">;
def Onnx_OneHotOp : Onnx_Generate<"OneHot", [9, 11, 28], "OneHot">;
def Onnx_RangeOp : Onnx_Generate<"Range", [11, 27], "Range">;
def Onnx_ShapeOp : Onnx_Generate<"Shape", [1, 13, 15, 19, 21, 23, 24, 25], "Shape">;
def Onnx_SizeOp : Onnx_Generate<"Size", [1, 13, 19, 21, 23, 24, 25], "Size">;

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_OPS_GENERATE_TD_
