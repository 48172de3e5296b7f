#include "compiler_core/import/value_table.h"

#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/import/elements.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "onnx/onnx_pb.h"

namespace sinter::import {

using ir::DiagnosticKind;
using ir::DType;
using ir::HostTensor;

namespace {

mlir::NamedAttribute Number(mlir::OpBuilder& builder, const char* name, int64_t value) {
  return builder.getNamedAttr(name, builder.getI64IntegerAttr(value));
}

}  // namespace

onnx::OperandInfo Value::Info() const {
  return {&type, known ? &*known : nullptr, constant ? &*constant : nullptr};
}

ValueTable::ValueTable(const ::onnx::GraphProto& graph, const TensorReader& tensors,
                       mlir::OpBuilder& builder, ir::ConstantTable& constants)
    : tensors_(tensors), builder_(builder), constants_(constants) {
  for (const auto& tensor : graph.initializer()) initializers_[tensor.name()] = &tensor;
}

absl::StatusOr<Value*> ValueTable::Find(const std::string& name) {
  auto found = values_.find(name);
  if (found != values_.end()) return &found->second;
  auto initializer = initializers_.find(name);
  if (initializer == initializers_.end()) {
    return ir::Error(DiagnosticKind::kMissingValue, absl::StrCat("no value `", name, "`"));
  }
  SINTER_ASSIGN_OR_RETURN(HostTensor tensor, tensors_.Read(*initializer->second));
  DefineConstant(name, std::move(tensor));
  return &values_[name];
}

void ValueTable::Define(const std::string& name, Value value) {
  if (!name.empty()) values_[name] = std::move(value);
}

void ValueTable::DefineConstant(const std::string& name, HostTensor tensor) {
  Value value;
  value.type.dtype = tensor.dtype();
  value.type.shape.assign(tensor.dims().begin(), tensor.dims().end());
  value.constant = std::move(tensor);
  Define(name, std::move(value));
}

void ValueTable::DefineResult(const std::string& name, onnx::TensorInfo type, mlir::Value result) {
  Value value;
  value.type = std::move(type);
  value.ir = result;
  Define(name, std::move(value));
}

absl::StatusOr<mlir::Value> ValueTable::Materialize(Value& value, const std::string& name) {
  if (value.ir) return value.ir;
  const mlir::Location location = mlir::NameLoc::get(builder_.getStringAttr(name));
  if (!value.constant) {
    SINTER_ASSIGN_OR_RETURN(value.ir, MaterializeKnown(value, location));
    return value.ir;
  }
  SINTER_RETURN_IF_ERROR(TypeOf(value.type, absl::StrCat("constant `", name, "`")).status());
  const int64_t id = constants_.Add(*value.constant);
  value.ir = onnx::CreateConstant(builder_, location, id, *value.constant);
  return value.ir;
}

// onnx.SymConstant is an integer of rank 0 or 1; the rest is made of it by real ops.
absl::StatusOr<mlir::Value> ValueTable::MaterializeKnown(const Value& value,
                                                         mlir::Location location) {
  const bool integer = IsInteger(value.type.dtype), flat = value.type.shape.size() > 1;
  const DType dtype = integer ? value.type.dtype : DType::kInt64;
  std::vector<int64_t> dims = ConstantDims(value.type.shape);
  if (flat) dims = {static_cast<int64_t>(value.known->size())};
  mlir::Value result = onnx::CreateSymConstant(builder_, location, dtype, dims, *value.known);
  if (flat) result = Unflatten(result, value, location);
  if (integer) return result;
  SINTER_ASSIGN_OR_RETURN(mlir::Type type, TypeOf(value.type, "a value"));
  return onnx::CreateOp(builder_, location, "Cast", result, type,
                        {Number(builder_, onnx::kVersionAttr, 13),
                         Number(builder_, "to", static_cast<int64_t>(value.type.dtype))})
      ->getResult(0);
}

mlir::Value ValueTable::Unflatten(mlir::Value flat, const Value& value, mlir::Location location) {
  const std::vector<int64_t> target = ConstantDims(value.type.shape);
  const HostTensor shape = MakeTensor(DType::kInt64, {static_cast<int64_t>(target.size())}, target);
  mlir::Value to = onnx::CreateConstant(builder_, location, constants_.Add(shape), shape);
  mlir::Type element = mlir::cast<mlir::RankedTensorType>(flat.getType()).getElementType();
  return onnx::CreateOp(
             builder_, location, "Reshape", {flat, to}, core::TensorType(value.type.shape, element),
             {Number(builder_, "allowzero", 0), Number(builder_, onnx::kVersionAttr, 14)})
      ->getResult(0);
}

absl::StatusOr<mlir::Type> ValueTable::TypeOf(const onnx::TensorInfo& info,
                                              absl::string_view what) const {
  mlir::Type element = onnx::ElementType(builder_.getContext(), info.dtype);
  if (element) return core::TensorType(info.shape, element);
  return ir::Error(DiagnosticKind::kUnsupportedType,
                   absl::StrCat(what, " is of type ", ir::NameOf(info.dtype)));
}

}  // namespace sinter::import
