// The `onnx` dialect: one row an op, in ops/<category>.td.
//
// All ops have one form, so that the importer, the printer and the table of rows need no per-op code:
// operands are the node's inputs (an absent one is onnx.NoValue), results its outputs, attributes
// carry ONNX's names and values with the schema's defaults filled in:
//
//   int -> i64    float -> f32    string -> string       tensor -> i64, an id in the ConstantTable
//   ints -> array<i64>   floats -> array<f32>   strings -> ["a", ...]
//
// `onnx_version` is the version of the operator set that defined the node's op, and a NameLoc has the
// node's name ("Conv#7" if it has none). The ops are registered from the rows at run time
// (onnx_dialect.cc): two hundred C++ classes that differ in nothing would only cost compile time.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_ONNX_BASE_TD_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_ONNX_BASE_TD_

include "mlir/IR/OpBase.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

def Onnx_Dialect : Dialect {
  let name = "onnx";
  let cppNamespace = "::sinter::onnx";
  let summary = "ONNX models as imported: one op a node, constants by reference";
  let isExtensible = 1;
  let extraClassDeclaration = [{
    // !onnx.float4e2m1 and the like: see ElementType().
    mlir::Type parseType(mlir::DialectAsmParser& parser) const override;
    void printType(mlir::Type type, mlir::DialectAsmPrinter& printer) const override;
  }];
}

// `onnx_name` as it is in the default domain, or with its domain ("com.microsoft.Gelu"; such an op
// has its schema in import/contrib_schemas.cc, and its lowering the same name); the `versions` of the
// op whose meaning is implemented; and the function of shape_rules.h that gives the outputs' types.
class Onnx_Op<string onnx_name, string category_, list<int> versions_, string shape_rule>
    : Op<Onnx_Dialect, onnx_name, [Pure]> {
  string onnxName = onnx_name;
  string category = category_;
  list<int> versions = versions_;
  string shapeRule = shape_rule;

  let summary = "ONNX " # onnx_name;
  let arguments = (ins Variadic<AnyType>:$inputs);
  let results = (outs Variadic<AnyType>:$outputs);
}

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_ONNX_BASE_TD_
