#include "compiler_core/dialect/onnx/onnx_dialect.h"

#include <utility>

#include "compiler_core/dialect/onnx/op_rows.h"
#include "mlir/IR/DialectImplementation.h"
#include "mlir/IR/OpImplementation.h"

#include "compiler_core/dialect/onnx/onnx_dialect.cc.inc"

namespace sinter::onnx {
namespace {

llvm::StringRef Ref(absl::string_view text) { return {text.data(), text.size()}; }

// onnx.Conv(%x, %w) {onnx_version = 11 : i64} : (tensor<...>, tensor<...>) -> tensor<...>
mlir::ParseResult ParseOp(mlir::OpAsmParser& parser, mlir::OperationState& state) {
  llvm::SmallVector<mlir::OpAsmParser::UnresolvedOperand> operands;
  mlir::FunctionType type;
  const llvm::SMLoc location = parser.getCurrentLocation();
  if (parser.parseOperandList(operands, mlir::OpAsmParser::Delimiter::Paren) ||
      parser.parseOptionalAttrDict(state.attributes) || parser.parseColonType(type) ||
      parser.resolveOperands(operands, type.getInputs(), location, state.operands)) {
    return mlir::failure();
  }
  state.addTypes(type.getResults());
  return mlir::success();
}

void PrintOp(mlir::Operation* op, mlir::OpAsmPrinter& printer, llvm::StringRef) {
  printer << op->getName() << "(" << op->getOperands() << ")";
  printer.printOptionalAttrDict(op->getAttrs());
  printer << " : ";
  printer.printFunctionalType(op);
}

mlir::LogicalResult VerifyTypes(mlir::Operation* op) {
  const auto allowed = [](mlir::Type type) {
    if (mlir::isa<mlir::NoneType>(type)) return true;
    auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
    return tensor && DTypeOf(tensor.getElementType()) != ir::DType::kUndefined;
  };
  for (mlir::Type type : op->getOperandTypes()) {
    if (!allowed(type)) return op->emitOpError("operand of type ") << type << " is not a tensor";
  }
  for (mlir::Type type : op->getResultTypes()) {
    if (!allowed(type)) return op->emitOpError("result of type ") << type << " is not a tensor";
  }
  return mlir::success();
}

mlir::LogicalResult VerifyRow(mlir::Operation* op, const OpRow& row) {
  if (mlir::failed(VerifyTypes(op))) return mlir::failure();
  if (row.op == "Constant") {
    if (!op->getAttrOfType<mlir::IntegerAttr>(kIdAttr)) return op->emitOpError("needs an `id`");
    return mlir::success();
  }
  auto version = op->getAttrOfType<mlir::IntegerAttr>(kVersionAttr);
  if (!version) return op->emitOpError("needs an `onnx_version`");
  if (!row.Supports(version.getInt())) {
    return op->emitOpError("is not known in version ") << version.getInt();
  }
  return mlir::success();
}

mlir::LogicalResult VerifySymConstant(mlir::Operation* op) {
  auto values = op->getAttrOfType<mlir::ArrayAttr>(kValuesAttr);
  if (!values) return op->emitOpError("needs `values`");
  for (mlir::Attribute value : values) {
    auto text = mlir::dyn_cast<mlir::StringAttr>(value);
    if (!text || !ir::SymExpr::Parse({text.data(), text.size()}).ok()) {
      return op->emitOpError("has a value that is not an expression: ") << value;
    }
  }
  auto type = mlir::dyn_cast<mlir::RankedTensorType>(op->getResult(0).getType());
  if (!type || !type.hasStaticShape() || type.getRank() > 1 ||
      type.getNumElements() != static_cast<int64_t>(values.size())) {
    return op->emitOpError("needs a type of rank 0 or 1 with as many elements as values");
  }
  return mlir::success();
}

mlir::LogicalResult VerifyNoValue(mlir::Operation* op) {
  if (op->getNumResults() == 1 && mlir::isa<mlir::NoneType>(op->getResult(0).getType())) {
    return mlir::success();
  }
  return op->emitOpError("needs one result of type none");
}

using Verify = mlir::OperationName::VerifyInvariantsFn;

void Register(OnnxDialect& dialect, absl::string_view op, Verify verify) {
  dialect.registerDynamicOp(mlir::DynamicOpDefinition::get(
      Ref(op), &dialect, std::move(verify), [](mlir::Operation*) { return mlir::success(); },
      ParseOp, PrintOp));
}

struct ElementTypeRow {
  ir::DType dtype;
  mlir::Type (*make)(mlir::Builder&);
};

template <int kWidth, mlir::IntegerType::SignednessSemantics kSign>
mlir::Type Integer(mlir::Builder& builder) {
  return mlir::IntegerType::get(builder.getContext(), kWidth, kSign);
}

constexpr auto kSignless = mlir::IntegerType::Signless;
constexpr auto kUnsigned = mlir::IntegerType::Unsigned;

// The floats that MLIR has no type for.
constexpr ir::DType kOwnTypes[] = {ir::DType::kFloat4E2M1, ir::DType::kFloat6E2M3,
                                   ir::DType::kFloat6E3M2, ir::DType::kFloat8E8M0};

template <ir::DType kDType>
mlir::Type Own(mlir::Builder& builder) {
  auto* dialect = builder.getContext()->getLoadedDialect<OnnxDialect>();
  return mlir::DynamicType::get(dialect->lookupTypeDefinition(Ref(ir::NameOf(kDType))));
}

constexpr ElementTypeRow kElementTypes[] = {
    {ir::DType::kFloat32, [](mlir::Builder& b) -> mlir::Type { return b.getF32Type(); }},
    {ir::DType::kFloat64, [](mlir::Builder& b) -> mlir::Type { return b.getF64Type(); }},
    {ir::DType::kFloat16, [](mlir::Builder& b) -> mlir::Type { return b.getF16Type(); }},
    {ir::DType::kBFloat16, [](mlir::Builder& b) -> mlir::Type { return b.getBF16Type(); }},
    {ir::DType::kFloat8E4M3FN,
     [](mlir::Builder& b) -> mlir::Type { return b.getFloat8E4M3FNType(); }},
    {ir::DType::kFloat8E4M3FNUZ,
     [](mlir::Builder& b) -> mlir::Type { return b.getFloat8E4M3FNUZType(); }},
    {ir::DType::kFloat8E5M2, [](mlir::Builder& b) -> mlir::Type { return b.getFloat8E5M2Type(); }},
    {ir::DType::kFloat8E5M2FNUZ,
     [](mlir::Builder& b) -> mlir::Type { return b.getFloat8E5M2FNUZType(); }},
    {ir::DType::kBool, Integer<1, kSignless>},
    {ir::DType::kInt8, Integer<8, kSignless>},
    {ir::DType::kInt16, Integer<16, kSignless>},
    {ir::DType::kInt32, Integer<32, kSignless>},
    {ir::DType::kInt64, Integer<64, kSignless>},
    {ir::DType::kUInt8, Integer<8, kUnsigned>},
    {ir::DType::kUInt16, Integer<16, kUnsigned>},
    {ir::DType::kUInt32, Integer<32, kUnsigned>},
    {ir::DType::kUInt64, Integer<64, kUnsigned>},
    {ir::DType::kInt4, Integer<4, kSignless>},
    {ir::DType::kUInt4, Integer<4, kUnsigned>},
    {ir::DType::kInt2, Integer<2, kSignless>},
    {ir::DType::kUInt2, Integer<2, kUnsigned>},
    {ir::DType::kFloat4E2M1, Own<ir::DType::kFloat4E2M1>},
    {ir::DType::kFloat6E2M3, Own<ir::DType::kFloat6E2M3>},
    {ir::DType::kFloat6E3M2, Own<ir::DType::kFloat6E3M2>},
    {ir::DType::kFloat8E8M0, Own<ir::DType::kFloat8E8M0>},
};

}  // namespace

void OnnxDialect::initialize() {
  for (ir::DType dtype : kOwnTypes) {
    registerDynamicType(mlir::DynamicTypeDefinition::get(
        Ref(ir::NameOf(dtype)), this,
        [](llvm::function_ref<mlir::InFlightDiagnostic()>, llvm::ArrayRef<mlir::Attribute>) {
          return mlir::success();
        }));
  }
  for (const OpRow& row : AllRows()) {
    Register(*this, row.op, [&row](mlir::Operation* op) { return VerifyRow(op, row); });
  }
  Register(*this, "SymConstant", VerifySymConstant);
  Register(*this, "NoValue", VerifyNoValue);
}

mlir::Type OnnxDialect::parseType(mlir::DialectAsmParser& parser) const {
  const llvm::SMLoc location = parser.getCurrentLocation();
  llvm::StringRef name;
  mlir::Type type;
  if (mlir::failed(parser.parseKeyword(&name))) return {};
  const mlir::OptionalParseResult result = parseOptionalDynamicType(name, parser, type);
  if (result.has_value()) return mlir::succeeded(*result) ? type : mlir::Type();
  parser.emitError(location) << "no type of the dialect: " << name;
  return {};
}

void OnnxDialect::printType(mlir::Type type, mlir::DialectAsmPrinter& printer) const {
  (void)printIfDynamicType(type, printer);
}

mlir::Type ElementType(mlir::MLIRContext* context, ir::DType dtype) {
  mlir::Builder builder(context);
  for (const ElementTypeRow& row : kElementTypes) {
    if (row.dtype == dtype) return row.make(builder);
  }
  return nullptr;
}

ir::DType DTypeOf(mlir::Type element) {
  mlir::Builder builder(element.getContext());
  for (const ElementTypeRow& row : kElementTypes) {
    if (row.make(builder) == element) return row.dtype;
  }
  return ir::DType::kUndefined;
}

absl::string_view OpTypeOf(mlir::Operation* op) {
  const llvm::StringRef name = op->getName().stripDialect();
  return {name.data(), name.size()};
}

std::string NodeNameOf(mlir::Operation* op) {
  if (auto name = mlir::dyn_cast<mlir::NameLoc>(op->getLoc())) return name.getName().str();
  return std::string(OpTypeOf(op));
}

mlir::Operation* CreateOp(mlir::OpBuilder& builder, mlir::Location location,
                          absl::string_view op_type, mlir::ValueRange operands,
                          mlir::TypeRange results,
                          llvm::ArrayRef<mlir::NamedAttribute> attributes) {
  mlir::OperationState state(location, ("onnx." + Ref(op_type)).str());
  state.addOperands(operands);
  state.addTypes(results);
  state.addAttributes(attributes);
  return builder.create(state);
}

mlir::Value CreateConstant(mlir::OpBuilder& builder, mlir::Location location, int64_t id,
                           const ir::HostTensor& tensor) {
  auto type =
      mlir::RankedTensorType::get(tensor.dims(), ElementType(builder.getContext(), tensor.dtype()));
  return CreateOp(builder, location, "Constant", {}, type,
                  builder.getNamedAttr(kIdAttr, builder.getI64IntegerAttr(id)))
      ->getResult(0);
}

mlir::Value CreateSymConstant(mlir::OpBuilder& builder, mlir::Location location, ir::DType dtype,
                              const std::vector<int64_t>& dims, const ir::SymShape& values) {
  llvm::SmallVector<mlir::Attribute> texts;
  for (const ir::SymExpr& value : values) texts.push_back(builder.getStringAttr(value.ToString()));
  auto type = mlir::RankedTensorType::get(dims, ElementType(builder.getContext(), dtype));
  return CreateOp(builder, location, "SymConstant", {}, type,
                  builder.getNamedAttr(kValuesAttr, builder.getArrayAttr(texts)))
      ->getResult(0);
}

mlir::Value CreateNoValue(mlir::OpBuilder& builder, mlir::Location location) {
  return CreateOp(builder, location, "NoValue", {}, builder.getNoneType(), {})->getResult(0);
}

bool HasInput(mlir::Operation* op, unsigned i) {
  return i < op->getNumOperands() && !mlir::isa<mlir::NoneType>(op->getOperand(i).getType());
}

std::optional<ir::SymShape> KnownInts(mlir::Value value, const ir::ConstantTable& constants) {
  mlir::Operation* op = value.getDefiningOp();
  if (op == nullptr) return std::nullopt;
  ir::SymShape elements;
  if (auto values = op->getAttrOfType<mlir::ArrayAttr>(kValuesAttr);
      values && OpTypeOf(op) == "SymConstant") {
    for (auto text : values.getAsRange<mlir::StringAttr>()) {
      elements.push_back(*ir::SymExpr::Parse({text.data(), text.size()}));
    }
    return elements;
  }
  auto id = op->getAttrOfType<mlir::IntegerAttr>(kIdAttr);
  if (!id || OpTypeOf(op) != "Constant") return std::nullopt;
  const ir::HostTensor& tensor = constants.Get(id.getInt());
  if (!mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType().isInteger()) {
    return std::nullopt;
  }
  for (int64_t i = 0; i < tensor.num_elements(); ++i) elements.push_back(tensor.AsInt(i));
  return elements;
}

}  // namespace sinter::onnx
