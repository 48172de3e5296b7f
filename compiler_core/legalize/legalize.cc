#include "compiler_core/legalize/legalize.h"

#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "compiler_core/legalize/lowerings.h"
#include "compiler_core/legalize/node.h"
#include "compiler_core/legalize/qdq.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Interfaces/SideEffectInterfaces.h"

namespace sinter::legalize {

namespace {

using mlir::func::FuncOp;

mlir::Type LoweredType(mlir::Type type) {
  auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
  return tensor ? tensor.clone(StoredType(tensor.getElementType())) : type;
}

v1::Diagnostic ErrorAt(mlir::Operation* op, const absl::Status& error) {
  const std::string op_type(onnx::OpTypeOf(op));
  v1::Diagnostic diagnostic = ir::ToDiagnostic(error, v1::Diagnostic::LEGALIZE);
  diagnostic.set_node(onnx::NodeNameOf(op));
  diagnostic.set_op_type(op_type);
  if (auto version = op->getAttrOfType<mlir::IntegerAttr>(onnx::kVersionAttr)) {
    diagnostic.set_opset(static_cast<int32_t>(version.getInt()));
  }
  diagnostic.set_message(absl::StrCat("`", op_type, "`: ", error.message()));
  return diagnostic;
}

absl::Status CheckTypes(mlir::Operation* op) {
  const auto check = [](mlir::Type type) -> absl::Status {
    auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(type);
    if (!tensor || IsSupportedElement(tensor.getElementType())) return absl::OkStatus();
    return ir::Error(
        ir::DiagnosticKind::kUnsupportedType,
        absl::StrCat("element type `", ir::NameOf(onnx::DTypeOf(tensor.getElementType())),
                     "` is not supported"));
  };
  for (mlir::Type type : op->getOperandTypes()) SINTER_RETURN_IF_ERROR(check(type));
  for (mlir::Type type : op->getResultTypes()) SINTER_RETURN_IF_ERROR(check(type));
  return absl::OkStatus();
}

// Replaces the ops of one function.
class Lowerer {
 public:
  Lowerer(FuncOp from, ir::ConstantTable& constants)
      : from_(from), constants_(constants), builder_(from.getContext()) {}

  // Makes the lowered function beside the old one. RETURNS: one diagnostic for each node that
  // can't be lowered.
  std::vector<v1::Diagnostic> Run() {
    MakeFunction();
    std::vector<v1::Diagnostic> errors;
    for (mlir::Operation& op : from_.getBody().front()) {
      if (mlir::isa<mlir::func::ReturnOp>(op)) continue;
      if (const absl::Status status = Lower(&op); !status.ok()) {
        errors.push_back(ErrorAt(&op, status));
        Invent(&op);
      }
    }
    if (errors.empty()) Finish();
    return errors;
  }

  FuncOp result() { return to_; }

 private:
  void MakeFunction() {
    llvm::SmallVector<mlir::Type> inputs, outputs;
    for (mlir::Type type : from_.getArgumentTypes()) inputs.push_back(LoweredType(type));
    for (mlir::Type type : from_.getResultTypes()) outputs.push_back(LoweredType(type));
    builder_.setInsertionPoint(from_);
    to_ = builder_.create<FuncOp>(from_.getLoc(), from_.getName(),
                                  builder_.getFunctionType(inputs, outputs));
    mlir::Block* block = to_.addEntryBlock();
    builder_.setInsertionPointToStart(block);
    for (auto [old_argument, argument] : llvm::zip(from_.getArguments(), block->getArguments())) {
      lowered_[old_argument] = argument;
    }
  }

  absl::Status Lower(mlir::Operation* op) {
    const absl::string_view op_type = onnx::OpTypeOf(op);
    if (op_type == "NoValue") return absl::OkStatus();
    SINTER_RETURN_IF_ERROR(CheckTypes(op));
    if (op_type == "Constant") {
      lowered_[op->getResult(0)] =
          builder_.create<core::ConstantOp>(op->getLoc(), LoweredType(op->getResult(0).getType()),
                                            op->getAttrOfType<mlir::IntegerAttr>(onnx::kIdAttr));
      return absl::OkStatus();
    }
    const auto lowering = Lowerings().find(op_type);
    if (lowering == Lowerings().end()) {
      return ir::Error(ir::DiagnosticKind::kUnsupportedOp, "this op is not supported");
    }
    Node node(op, builder_, constants_, lowered_);
    return lowering->second(node);
  }

  // Stands in for the results of a node that failed, so that the rest can be looked at too.
  void Invent(mlir::Operation* op) {
    for (mlir::Value value : op->getResults()) {
      if (mlir::isa<mlir::NoneType>(value.getType())) continue;
      lowered_[value] = core::EmptyTensor(
          builder_, op->getLoc(), core::ShapeOf(value),
          StoredType(mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType()));
    }
  }

  void Finish() {
    auto old_return = mlir::cast<mlir::func::ReturnOp>(from_.getBody().front().getTerminator());
    llvm::SmallVector<mlir::Value> results;
    for (mlir::Value value : old_return.getOperands()) results.push_back(lowered_.lookup(value));
    builder_.create<mlir::func::ReturnOp>(old_return.getLoc(), results);
    // From the end, so that what only dead ops used goes too.
    for (mlir::Operation* op = to_.getBody().front().getTerminator()->getPrevNode();
         op != nullptr;) {
      mlir::Operation* const previous = op->getPrevNode();
      if (mlir::isOpTriviallyDead(op)) op->erase();
      op = previous;
    }
  }

  FuncOp from_, to_;
  ir::ConstantTable& constants_;
  mlir::OpBuilder builder_;
  ValueMap lowered_;
};

}  // namespace

void RegisterDialects(mlir::DialectRegistry& registry) {
  registry
      .insert<core::SinterDialect, mlir::arith::ArithDialect, mlir::func::FuncDialect,
              mlir::linalg::LinalgDialect, mlir::math::MathDialect, mlir::tensor::TensorDialect>();
}

absl::StatusOr<ir::TensorModule> Legalize(ir::OnnxModule module, ir::DiagnosticSink& diagnostics) {
  ir::ModuleParts parts = std::move(module).Take();
  mlir::DialectRegistry registry;
  RegisterDialects(registry);
  mlir::MLIRContext& context = *parts.module->getContext();
  context.appendDialectRegistry(registry);
  for (llvm::StringRef dialect : registry.getDialectNames()) context.getOrLoadDialect(dialect);
  auto main = parts.module->lookupSymbol<FuncOp>("main");
  FuseQuantized(main, parts.constants);
  Lowerer lowerer(main, parts.constants);
  std::vector<v1::Diagnostic> errors = lowerer.Run();
  if (!errors.empty()) {
    const size_t count = errors.size();
    for (v1::Diagnostic& error : errors) diagnostics.Add(std::move(error));
    return absl::UnimplementedError(absl::StrCat(count, " nodes are not supported"));
  }
  main.erase();
  return ir::TensorModule::Create(std::move(parts));
}

}  // namespace sinter::legalize
