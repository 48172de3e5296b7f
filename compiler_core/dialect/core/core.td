// The `sinter` dialect: what a TensorModule needs beside linalg, tensor, arith and math.
//
// Shapes: a tensor whose dimensions are all fixed is `tensor<1x3xf32>`; one with a free dimension
// carries all its dimensions as expressions in the type's encoding:
// `tensor<?x3xf32, ["batch", "3"]>`. Every op of a TensorModule keeps to that, linalg ops too.
#ifndef SINTER_COMPILER_CORE_DIALECT_CORE_CORE_TD_
#define SINTER_COMPILER_CORE_DIALECT_CORE_CORE_TD_

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Sinter_Dialect : Dialect {
  let name = "sinter";
  let cppNamespace = "::sinter::core";
  let summary = "constants by reference, symbolic dimensions and views of tensors";
}

class Sinter_Op<string mnemonic, list<Trait> traits = []>
    : Op<Sinter_Dialect, mnemonic, !listconcat([Pure], traits)>;

def Sinter_ConstantOp : Sinter_Op<"constant"> {
  let summary = "a constant of the module's ConstantTable";
  let arguments = (ins I64Attr:$id);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "attr-dict `:` type($result)";
}

def Sinter_DimOp : Sinter_Op<"dim"> {
  let summary = "the value of an expression over the model's symbolic dimensions";
  let description = [{ `%0 = sinter.dim "floordiv(height,2)"` }];
  let arguments = (ins StrAttr:$expr);
  let results = (outs Index:$result);
  let assemblyFormat = "$expr attr-dict";
}

def Sinter_ReshapeOp : Sinter_Op<"reshape"> {
  let summary = "the same elements in row-major order under another shape";
  let arguments = (ins AnyRankedTensor:$source);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source attr-dict `:` type($source) `to` type($result)";
}

def Sinter_TransposeOp : Sinter_Op<"transpose"> {
  let summary = "a view with permuted dimensions: result dim i is source dim permutation[i]";
  let arguments = (ins AnyRankedTensor:$source, DenseI64ArrayAttr:$permutation);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source $permutation attr-dict `:` type($source) `to` type($result)";
}

def Sinter_SliceOp : Sinter_Op<"slice"> {
  let summary = "a view of every `steps[i]`-th element from `offsets[i]` on; sizes are the result's";
  let description = [{ Offsets are expressions; steps may be negative (then the offset is the last
    element). A view: no data moves. }];
  let arguments = (ins AnyRankedTensor:$source, StrArrayAttr:$offsets, DenseI64ArrayAttr:$steps);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source $offsets $steps attr-dict `:` type($source) `to` type($result)";
}

def Sinter_PadOp : Sinter_Op<"pad"> {
  let summary = "source placed inside a larger tensor, the rest being `value`";
  let description = [{ `low[i]` (>= 0, an expression) elements before; `interior[i]` elements between
    each two of the source (0 = none); what the result's size leaves comes after. `value` is a float
    or integer attribute of the element type. }];
  let arguments = (ins AnyRankedTensor:$source, StrArrayAttr:$low, DenseI64ArrayAttr:$interior,
                       AnyAttr:$value);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$source `with` $value `at` $low $interior attr-dict `:` type($source) `to` type($result)";
}

def Sinter_ConcatOp : Sinter_Op<"concat"> {
  let summary = "the sources one after the other along `axis`";
  let arguments = (ins Variadic<AnyRankedTensor>:$sources, I64Attr:$axis);
  let results = (outs AnyRankedTensor:$result);
  let assemblyFormat = "$sources attr-dict `:` type($sources) `to` type($result)";
}

#endif  // SINTER_COMPILER_CORE_DIALECT_CORE_CORE_TD_
