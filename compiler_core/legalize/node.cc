#include "compiler_core/legalize/node.h"

#include "absl/strings/str_cat.h"
#include "base/check.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::legalize {

namespace {

mlir::Type OnnxElementOf(mlir::Value value) {
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(value.getType());
  return type ? type.getElementType() : mlir::Type();
}

// Bool counts as unsigned: it is stored as 0 or 1.
bool IsUnsignedType(mlir::Type type) {
  return type && (type.isUnsignedInteger() || type.isInteger(1));
}

llvm::StringRef Ref(absl::string_view text) { return {text.data(), text.size()}; }

}  // namespace

Node::Node(mlir::Operation* op, mlir::OpBuilder& builder, ir::ConstantTable& constants,
           ValueMap& lowered)
    : op_(op),
      emit_(builder, op->getLoc(), constants,
            op->getNumOperands() > 0 && IsUnsignedType(OnnxElementOf(op->getOperand(0)))),
      constants_(constants),
      lowered_(lowered) {}

int64_t Node::version() const { return Int(onnx::kVersionAttr, 1); }

bool Node::Has(int i) const { return onnx::HasInput(op_, static_cast<unsigned>(i)); }

mlir::Value Node::In(int i) const {
  SINTER_CHECK(Has(i)) << "input " << i << " of " << op_->getName().getStringRef().str();
  return lowered_.lookup(op_->getOperand(i));
}

ir::SymShape Node::Shape(int i) const { return core::ShapeOf(In(i)); }

ir::DType Node::Type(int i) const { return onnx::DTypeOf(OnnxElementOf(op_->getOperand(i))); }

ir::DType Node::OutType(int i) const { return onnx::DTypeOf(OnnxElementOf(op_->getResult(i))); }

bool Node::IsUnsigned(int i) const { return IsUnsignedType(OnnxElementOf(op_->getOperand(i))); }

const ir::HostTensor* Node::Const(int i) const {
  return Has(i) ? emit_.ConstantOf(In(i)) : nullptr;
}

std::optional<ir::SymShape> Node::Known(int i) const {
  if (!Has(i)) return std::nullopt;
  if (auto known = onnx::KnownInts(op_->getOperand(i), constants_)) return known;
  const ir::HostTensor* constant = Const(i);
  if (constant == nullptr || !mlir::isa<mlir::IntegerType>(ElementOf(In(i)))) return std::nullopt;
  ir::SymShape values;
  for (int64_t j = 0; j < constant->num_elements(); ++j) values.push_back(constant->AsInt(j));
  return values;
}

absl::StatusOr<ir::SymShape> Node::Required(int i, absl::string_view name) const {
  if (auto values = Known(i)) return *std::move(values);
  return Unsupported(absl::StrCat("input `", name, "` that is not known at compile time"));
}

absl::StatusOr<std::vector<int64_t>> Node::RequiredNumbers(int i, absl::string_view name) const {
  SINTER_ASSIGN_OR_RETURN(const ir::SymShape values, Required(i, name));
  std::vector<int64_t> numbers;
  for (const ir::SymExpr& value : values) {
    const std::optional<int64_t> number = value.AsConstant();
    if (!number) {
      return Unsupported(absl::StrCat("input `", name, "` that depends on a free dimension"));
    }
    numbers.push_back(*number);
  }
  return numbers;
}

bool Node::IsUsed(int i) const { return i < num_outputs() && !op_->getResult(i).use_empty(); }

ir::SymShape Node::OutShape(int i) const { return core::ShapeOf(op_->getResult(i)); }

mlir::Type Node::OutElement(int i) const { return StoredType(OnnxElementOf(op_->getResult(i))); }

bool Node::OutIsUnsigned(int i) const { return IsUnsignedType(OnnxElementOf(op_->getResult(i))); }

bool Node::OutIsBool(int i) const { return OnnxElementOf(op_->getResult(i)).isInteger(1); }

std::optional<ir::SymShape> Node::KnownOutput() const {
  return onnx::KnownInts(op_->getResult(0), constants_);
}

absl::Status Node::Return(absl::StatusOr<mlir::Value> value, int i) {
  SINTER_RETURN_IF_ERROR(value.status());
  const mlir::Type expected = core::TensorType(OutShape(i), OutElement(i));
  if (value->getType() != expected) {
    return Undecided(absl::StrCat("a result of shape ", ir::ToString(core::ShapeOf(*value)),
                                  " where ", ir::ToString(OutShape(i)), " was inferred"));
  }
  lowered_[op_->getResult(i)] = *value;
  return absl::OkStatus();
}

bool Node::HasAttr(absl::string_view name) const { return op_->hasAttr(Ref(name)); }

int64_t Node::Int(absl::string_view name, int64_t otherwise) const {
  auto attr = op_->getAttrOfType<mlir::IntegerAttr>(Ref(name));
  return attr ? attr.getInt() : otherwise;
}

double Node::Float(absl::string_view name, double otherwise) const {
  auto attr = op_->getAttrOfType<mlir::FloatAttr>(Ref(name));
  return attr ? attr.getValueAsDouble() : otherwise;
}

std::string Node::String(absl::string_view name, absl::string_view otherwise) const {
  auto attr = op_->getAttrOfType<mlir::StringAttr>(Ref(name));
  return attr ? attr.getValue().str() : std::string(otherwise);
}

std::vector<int64_t> Node::Ints(absl::string_view name) const {
  auto attr = op_->getAttrOfType<mlir::DenseI64ArrayAttr>(Ref(name));
  return attr ? attr.asArrayRef().vec() : std::vector<int64_t>();
}

std::vector<double> Node::Floats(absl::string_view name) const {
  auto attr = op_->getAttrOfType<mlir::DenseF32ArrayAttr>(Ref(name));
  if (!attr) return {};
  return std::vector<double>(attr.asArrayRef().begin(), attr.asArrayRef().end());
}

const ir::HostTensor* Node::ConstAttr(absl::string_view name) const {
  auto id = op_->getAttrOfType<mlir::IntegerAttr>(Ref(name));
  return id ? &constants_.Get(id.getInt()) : nullptr;
}

int64_t Node::Axis(absl::string_view name, int64_t otherwise, int64_t rank) const {
  const int64_t axis = Int(name, otherwise);
  return axis < 0 ? axis + rank : axis;
}

std::vector<mlir::Value> Node::Inputs() const {
  std::vector<mlir::Value> inputs;
  for (int i = 0; i < num_inputs(); ++i) {
    if (Has(i)) inputs.push_back(In(i));
  }
  return inputs;
}

absl::Status Unsupported(absl::string_view what) {
  return ir::Error(ir::DiagnosticKind::kUnsupportedAttribute,
                   absl::StrCat(what, " is not supported"));
}

absl::Status Undecided(absl::string_view sentence) {
  return ir::Error(ir::DiagnosticKind::kUnsupportedShape, sentence,
                   "fix the dimensions, for example with --shape");
}

mlir::Type StoredType(mlir::Type onnx_type) {
  if (onnx_type.isF32() || onnx_type.isF64() || onnx_type.isF16() || onnx_type.isBF16()) {
    return onnx_type;
  }
  auto integer = mlir::dyn_cast<mlir::IntegerType>(onnx_type);
  const unsigned width = integer ? std::max(integer.getWidth(), 8u) : 8;
  return mlir::IntegerType::get(onnx_type.getContext(), width);
}

bool IsSupportedElement(mlir::Type onnx_type) {
  return onnx::DTypeOf(onnx_type) != ir::DType::kUndefined;
}

}  // namespace sinter::legalize
