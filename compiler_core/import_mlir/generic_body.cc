#include "compiler_core/import_mlir/generic_body.h"

#include <string>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/import_mlir/element_types.h"
#include "compiler_core/import_mlir/read_mlir.h"
#include "compiler_core/ir/diagnostic_kind.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

namespace sinter::import_mlir {
namespace {

absl::Status Unsupported(mlir::Operation* op, absl::string_view why) {
  return ir::Error(ir::DiagnosticKind::kUnsupportedOp,
                   absl::StrCat("at ", PlaceOf(op->getLoc()), ": op `",
                                op->getName().getStringRef().str(), "` ", why));
}

// Whether the body gives `accumulator + something` for it, and reads it nowhere else.
bool IsSum(mlir::BlockArgument accumulator, mlir::Value yielded) {
  mlir::Operation* op = yielded.getDefiningOp();
  if (op == nullptr || !mlir::isa<mlir::arith::AddFOp, mlir::arith::AddIOp>(op)) return false;
  return accumulator.hasOneUse() && *accumulator.getUsers().begin() == op;
}

bool IsTensor(mlir::Value value) { return mlir::isa<mlir::RankedTensorType>(value.getType()); }

}  // namespace

// An output that the body reads is the start of an accumulation, or just another input where all
// loops are parallel.
absl::StatusOr<GenericBody::Output> GenericBody::ConvertOutput(unsigned i) {
  mlir::Value old = op_.getOutputs()[i];
  mlir::Value value = values_.lookup(old);
  Output output;
  output.init = value;
  mlir::BlockArgument argument = op_.getBody()->getArgument(op_.getNumDpsInputs() + i);
  mlir::Operation* source = old.getDefiningOp();
  const bool from_nothing = source != nullptr && mlir::isa<mlir::tensor::EmptyOp>(source);
  const bool from_constant = source != nullptr && mlir::isa<mlir::linalg::FillOp>(source);
  if (argument.use_empty()) {
    if (from_nothing) return output;
  } else if (op_.getNumReductionLoops() == 0) {
    output.read = true;
  } else if (from_constant) {
    return output;
  } else {
    mlir::Value yielded = op_.getBody()->getTerminator()->getOperand(i);
    if (!IsSum(argument, yielded)) {
      return Unsupported(op_, "accumulates, other than by adding, from what is no constant");
    }
    output.add_after = value;
  }
  mlir::Type element = mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType();
  const ir::SymShape shape = core::ShapeOf(value);
  output.init = core::EmptyTensor(builder_, op_.getLoc(), shape, element);
  if (output.add_after) {
    mlir::Value zero =
        builder_.create<mlir::arith::ConstantOp>(op_.getLoc(), builder_.getZeroAttr(element));
    output.init =
        builder_.create<mlir::linalg::FillOp>(op_.getLoc(), zero, output.init).getResult(0);
  }
  return output;
}

absl::StatusOr<std::vector<mlir::Value>> GenericBody::Convert() {
  std::vector<Output> outputs;
  llvm::SmallVector<mlir::Value> inputs, inits;
  llvm::SmallVector<mlir::AffineMap> maps;
  for (mlir::OpOperand* operand : op_.getDpsInputOperands()) {
    if (!IsTensor(operand->get())) continue;
    inputs.push_back(values_.lookup(operand->get()));
    maps.push_back(op_.getMatchingIndexingMap(operand));
  }
  for (unsigned i = 0; i < op_.getNumDpsInits(); ++i) {
    SINTER_ASSIGN_OR_RETURN(Output output, ConvertOutput(i));
    if (output.read) {
      inputs.push_back(values_.lookup(op_.getOutputs()[i]));
      maps.push_back(op_.getMatchingIndexingMap(op_.getDpsInitOperand(i)));
    }
    inits.push_back(output.init);
    outputs.push_back(output);
  }
  for (unsigned i = 0; i < op_.getNumDpsInits(); ++i) {
    maps.push_back(op_.getMatchingIndexingMap(op_.getDpsInitOperand(i)));
  }
  absl::Status status;
  auto generic = builder_.create<mlir::linalg::GenericOp>(
      op_.getLoc(), mlir::TypeRange(mlir::ValueRange(inits)), inputs, inits, maps,
      op_.getIteratorTypesArray(), [&](mlir::OpBuilder&, mlir::Location, mlir::ValueRange) {});
  mlir::Block& block = generic.getRegion().front();
  {
    mlir::OpBuilder::InsertionGuard guard(builder_);
    builder_.setInsertionPointToEnd(&block);
    SINTER_RETURN_IF_ERROR(FillBody(block, inputs.size(), outputs));
  }
  std::vector<mlir::Value> results;
  for (size_t i = 0; i < outputs.size(); ++i) {
    mlir::Value result = generic.getResult(static_cast<unsigned>(i));
    results.push_back(outputs[i].add_after ? AddElementwise(outputs[i].add_after, result) : result);
  }
  return results;
}

absl::Status GenericBody::FillBody(mlir::Block& block, size_t num_inputs,
                                   const std::vector<Output>& outputs) {
  mlir::IRMapping inner;
  mlir::Block& old = *op_.getBody();
  const unsigned old_inputs = static_cast<unsigned>(op_.getNumDpsInputs());
  unsigned read = 0;
  for (unsigned i = 0; i < old_inputs; ++i) {
    mlir::Value input = op_.getInputs()[i];
    if (IsTensor(input)) {
      inner.map(old.getArgument(i), Load(block.getArgument(read++), old.getArgument(i).getType()));
      continue;
    }
    SINTER_ASSIGN_OR_RETURN(mlir::Value scalar, Captured(input));
    inner.map(old.getArgument(i), scalar);
  }
  for (unsigned i = 0; i < outputs.size(); ++i) {
    mlir::BlockArgument argument = old.getArgument(old_inputs + i);
    if (argument.use_empty()) continue;
    const unsigned at = outputs[i].read ? read++ : static_cast<unsigned>(num_inputs) + i;
    inner.map(argument, Load(block.getArgument(at), argument.getType()));
  }
  for (mlir::Operation& op : old.without_terminator()) {
    const llvm::StringRef dialect = op.getName().getDialectNamespace();
    auto extract = mlir::dyn_cast<mlir::tensor::ExtractOp>(op);
    if (dialect != "arith" && dialect != "math" && !mlir::isa<mlir::linalg::IndexOp>(op) &&
        !extract) {
      return Unsupported(&op, "is not supported in the body of a linalg.generic");
    }
    for (mlir::Value operand : op.getOperands()) {
      if (inner.contains(operand)) continue;
      SINTER_ASSIGN_OR_RETURN(mlir::Value captured, Captured(operand));
      inner.map(operand, captured);
    }
    mlir::Operation* clone = builder_.clone(op, inner);
    if (!extract) continue;
    mlir::Type element =
        mlir::cast<mlir::RankedTensorType>(clone->getOperand(0).getType()).getElementType();
    clone->getResult(0).setType(element);
    inner.map(op.getResult(0), Load(clone->getResult(0), op.getResult(0).getType()));
  }
  llvm::SmallVector<mlir::Value> yielded;
  for (mlir::Value value : old.getTerminator()->getOperands()) {
    mlir::Value element = inner.lookupOrNull(value);
    if (!element) {
      SINTER_ASSIGN_OR_RETURN(element, Captured(value));
    }
    if (element.getType().isSignlessInteger(1)) {
      element = builder_.create<mlir::arith::ExtUIOp>(op_.getLoc(), builder_.getI8Type(), element);
    }
    yielded.push_back(element);
  }
  builder_.create<mlir::linalg::YieldOp>(op_.getLoc(), yielded);
  return absl::OkStatus();
}

// A value from outside of the body: a tensor to extract from, a constant, a size, or what is
// computed from those.
absl::StatusOr<mlir::Value> GenericBody::Captured(mlir::Value outer) {
  if (IsTensor(outer)) return values_.lookup(outer);
  mlir::TypedAttr constant;
  if (mlir::matchPattern(outer, mlir::m_Constant(&constant))) {
    return builder_.create<mlir::arith::ConstantOp>(op_.getLoc(), constant).getResult();
  }
  mlir::Operation* op = outer.getDefiningOp();
  const bool is_float = mlir::isa<mlir::FloatType>(outer.getType());
  if (op != nullptr && is_float && op->getName().getDialectNamespace() == "arith") {
    mlir::IRMapping inner;
    for (mlir::Value operand : op->getOperands()) {
      SINTER_ASSIGN_OR_RETURN(mlir::Value captured, Captured(operand));
      inner.map(operand, captured);
    }
    return builder_.clone(*op, inner)->getResult(0);
  }
  SINTER_ASSIGN_OR_RETURN(const ir::SymExpr expr, index_.Of(outer));
  // Sizes stand outside of bodies, which capture them.
  mlir::OpBuilder outside(builder_.getBlock()->getParentOp());
  mlir::Value size = core::DimValue(outside, op_.getLoc(), expr);
  if (outer.getType().isIndex()) return size;
  if (!outer.getType().isSignlessInteger()) {
    return Unsupported(op_, "uses a scalar that is computed outside of it");
  }
  return builder_.create<mlir::arith::IndexCastOp>(op_.getLoc(), outer.getType(), size).getResult();
}

mlir::Value GenericBody::Load(mlir::Value argument, mlir::Type type) {
  if (argument.getType() == type) return argument;
  return builder_.create<mlir::arith::TruncIOp>(op_.getLoc(), type, argument);
}

mlir::Value GenericBody::AddElementwise(mlir::Value a, mlir::Value b) {
  auto type = mlir::cast<mlir::RankedTensorType>(b.getType());
  const auto map = builder_.getMultiDimIdentityMap(static_cast<unsigned>(type.getRank()));
  mlir::Value empty =
      core::EmptyTensor(builder_, op_.getLoc(), core::ShapeOf(b), type.getElementType());
  const llvm::SmallVector<mlir::utils::IteratorType> loops(type.getRank(),
                                                           mlir::utils::IteratorType::parallel);
  auto add = [&](mlir::OpBuilder& builder, mlir::Location location, mlir::ValueRange arguments) {
    mlir::Value sum;
    if (mlir::isa<mlir::FloatType>(type.getElementType())) {
      sum = builder.create<mlir::arith::AddFOp>(location, arguments[0], arguments[1]);
    } else {
      sum = builder.create<mlir::arith::AddIOp>(location, arguments[0], arguments[1]);
    }
    builder.create<mlir::linalg::YieldOp>(location, sum);
  };
  return builder_
      .create<mlir::linalg::GenericOp>(op_.getLoc(), mlir::TypeRange(mlir::ValueRange(empty)),
                                       mlir::ValueRange{a, b}, mlir::ValueRange{empty},
                                       llvm::ArrayRef<mlir::AffineMap>{map, map, map}, loops, add)
      .getResult(0);
}

}  // namespace sinter::import_mlir
