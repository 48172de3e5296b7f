// Types of values as ONNX writes them (TypeProto) and as the importer carries them (TensorInfo).
// Free dimensions are symbolic expressions here, and their text in a `dim_param` there. Stateless.
#ifndef SINTER_COMPILER_CORE_IMPORT_VALUE_TYPES_H_
#define SINTER_COMPILER_CORE_IMPORT_VALUE_TYPES_H_

#include <functional>
#include <set>
#include <string>

#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/ir/program.h"

namespace onnx {
class TypeProto;
}

namespace sinter::import {

::onnx::TypeProto ToTypeProto(const onnx::TensorInfo& info);

// Gives a dimension that only data decides a symbol of its own.
using FreshDim = std::function<ir::SymExpr()>;

// Dimensions without a value, and those whose expression holds other symbols than `known`, get a
// fresh symbol.
onnx::TensorInfo FromTypeProto(const ::onnx::TypeProto& type, const std::set<std::string>& known,
                               const FreshDim& fresh);

// "tensor(float)", "seq(tensor(int64))", ...: ONNX's own notation.
std::string TypeText(const ::onnx::TypeProto& type);

ir::SlotType ToSlotType(const onnx::TensorInfo& info);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_VALUE_TYPES_H_
