#include "compiler_core/ir/kernel_spec.h"

#include "llvm/ADT/DenseMap.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace sinter::ir {
namespace {

using mlir::linalg::GenericOp;

SymShape ParseShape(mlir::Attribute attribute) {
  SymShape shape;
  for (mlir::Attribute text : mlir::cast<mlir::ArrayAttr>(attribute)) {
    auto expr = SymExpr::Parse(mlir::cast<mlir::StringAttr>(text).getValue().str());
    shape.push_back(expr.ok() ? *expr : SymExpr(-1));
  }
  return shape;
}

// Adds `expr` * `stride` to the access; false if `expr` is not linear in dimensions and in the
// numbers of their blocks.
bool AddLinear(mlir::AffineExpr expr, const SymExpr& stride, llvm::ArrayRef<int> dims,
               llvm::ArrayRef<int64_t> block, Access& access) {
  if (auto constant = mlir::dyn_cast<mlir::AffineConstantExpr>(expr)) {
    access.offset = access.offset + stride * SymExpr(constant.getValue());
    return true;
  }
  if (auto dim = mlir::dyn_cast<mlir::AffineDimExpr>(expr)) {
    SymExpr& coefficient = access.coefficients[dims[dim.getPosition()]];
    coefficient = coefficient + stride;
    return true;
  }
  auto binary = mlir::dyn_cast<mlir::AffineBinaryOpExpr>(expr);
  if (!binary) return false;
  if (binary.getKind() == mlir::AffineExprKind::Add) {
    return AddLinear(binary.getLHS(), stride, dims, block, access) &&
           AddLinear(binary.getRHS(), stride, dims, block, access);
  }
  auto factor = mlir::dyn_cast<mlir::AffineConstantExpr>(binary.getRHS());
  if (!factor) return false;
  if (binary.getKind() == mlir::AffineExprKind::FloorDiv) {
    auto divided = mlir::dyn_cast<mlir::AffineDimExpr>(binary.getLHS());
    if (!divided) return false;
    const int dim = dims[divided.getPosition()];
    if (block[dim] != factor.getValue()) return false;
    access.blocks.resize(block.size(), SymExpr(0));
    access.blocks[dim] = access.blocks[dim] + stride;
    return true;
  }
  if (binary.getKind() != mlir::AffineExprKind::Mul) return false;
  return AddLinear(binary.getLHS(), stride * SymExpr(factor.getValue()), dims, block, access);
}

class Reader {
 public:
  explicit Reader(mlir::func::FuncOp function) : function_(function) {}

  absl::StatusOr<KernelSpec> Read() {
    ReadFunction();
    for (mlir::Operation& op : function_.getBody().front()) {
      if (auto generic = mlir::dyn_cast<GenericOp>(op)) {
        if (!ReadMember(generic)) return absl::InternalError("a kernel's access is not linear");
      }
    }
    if (!ReadOutputs()) return absl::InternalError("a kernel's result is not a member's");
    return std::move(spec_);
  }

 private:
  void ReadFunction() {
    spec_.kind = function_->getAttrOfType<mlir::StringAttr>("sinter.kind").str();
    spec_.extents = ParseShape(function_->getAttr("sinter.extents"));
    spec_.domain_rank = static_cast<int>(
        function_->getAttrOfType<mlir::IntegerAttr>("sinter.domain_rank").getInt());
    auto order = function_->getAttrOfType<mlir::DenseI64ArrayAttr>("sinter.order").asArrayRef();
    for (int64_t dim : order) {
      (dim < spec_.domain_rank ? spec_.order : spec_.reduction_order)
          .push_back(static_cast<int>(dim));
    }
    spec_.block.assign(spec_.extents.size(), 1);
    spec_.inner.assign(spec_.domain_rank, false);
    auto inner = function_->getAttrOfType<mlir::DenseI64ArrayAttr>("sinter.inner").asArrayRef();
    for (int64_t dim : inner) spec_.inner[dim] = true;
    for (mlir::BlockArgument argument : function_.getArguments()) {
      unsigned i = argument.getArgNumber();
      auto tensor = mlir::dyn_cast<mlir::RankedTensorType>(argument.getType());
      if (!tensor) {
        ++spec_.num_symbols;
      } else if (function_.getArgAttr(i, "sinter.strides")) {
        buffer_of_[argument] = static_cast<int>(spec_.buffers.size());
        spec_.buffers.push_back(tensor.getElementType());
      }
    }
  }

  SymShape StridesOf(mlir::BlockArgument argument) {
    return ParseShape(function_.getArgAttr(argument.getArgNumber(), "sinter.strides"));
  }

  bool ReadMember(GenericOp op) {
    KernelMember member;
    member.op = op;
    auto dims = op->getAttrOfType<mlir::DenseI64ArrayAttr>("sinter.dims").asArrayRef();
    member.dims.assign(dims.begin(), dims.end());
    if (auto block = op->getAttrOfType<mlir::DenseI64ArrayAttr>(kBlockAttr)) {
      for (auto [dim, size] : llvm::zip(member.dims, block.asArrayRef())) spec_.block[dim] = size;
    }
    auto kinds = op.getIteratorTypesArray();
    auto reduces = [&](int dim) {
      for (size_t loop = 0; loop < kinds.size(); ++loop) {
        if (member.dims[loop] == dim) return kinds[loop] == mlir::utils::IteratorType::reduction;
      }
      return false;
    };
    for (int dim : spec_.order) {
      if (reduces(dim)) member.reductions.push_back(dim);
    }
    for (int dim : spec_.reduction_order) {
      if (reduces(dim)) member.reductions.push_back(dim);
    }
    for (mlir::OpOperand* input : op.getDpsInputOperands()) {
      MemberInput read;
      if (op.payloadUsesValueFromOperand(input) && !ReadInput(op, *input, member, read)) {
        return false;
      }
      member.inputs.push_back(std::move(read));
    }
    for (mlir::Value init : op.getDpsInits()) {
      unsigned i = mlir::cast<mlir::BlockArgument>(init).getArgNumber();
      member.inits.push_back(function_.getArgAttrOfType<mlir::TypedAttr>(i, "sinter.init"));
    }
    ReadTables(op);
    for (mlir::Value result : op.getResults()) member_of_[result] = spec_.members.size();
    spec_.members.push_back(std::move(member));
    return true;
  }

  bool ReadInput(GenericOp op, mlir::OpOperand& input, const KernelMember& member,
                 MemberInput& read) {
    if (auto result = mlir::dyn_cast<mlir::OpResult>(input.get())) {
      read.member = static_cast<int>(member_of_.lookup(result));
      read.result = static_cast<int>(result.getResultNumber());
      return true;
    }
    auto argument = mlir::cast<mlir::BlockArgument>(input.get());
    SymShape strides = StridesOf(argument);
    auto panel = function_.getArgAttrOfType<mlir::DenseI64ArrayAttr>(argument.getArgNumber(),
                                                                     "sinter.panel");
    if (panel) read.access.panel = panel[1];
    return ReadAccess(op.getMatchingIndexingMap(&input), strides, member.dims,
                      buffer_of_.lookup(argument), read.access);
  }

  bool ReadAccess(mlir::AffineMap map, const SymShape& strides, llvm::ArrayRef<int> dims,
                  int buffer, Access& access) {
    access.buffer = buffer;
    access.element = spec_.buffers[buffer];
    access.coefficients.assign(spec_.extents.size(), SymExpr(0));
    for (unsigned i = 0; i < map.getNumResults(); ++i) {
      if (!AddLinear(map.getResult(i), strides[i], dims, spec_.block, access)) return false;
    }
    return true;
  }

  void ReadTables(GenericOp op) {
    op.getRegion().walk([&](mlir::tensor::ExtractOp extract) {
      auto argument = mlir::cast<mlir::BlockArgument>(extract.getTensor());
      for (const Table& table : spec_.tables) {
        if (table.argument == argument) return;
      }
      int buffer = buffer_of_.lookup(argument);
      spec_.tables.push_back({argument, buffer, spec_.buffers[buffer], StridesOf(argument)});
    });
  }

  bool ReadOutputs() {
    mlir::Operation* terminator = function_.getBody().front().getTerminator();
    for (mlir::OpOperand& operand : terminator->getOpOperands()) {
      auto result = mlir::dyn_cast<mlir::OpResult>(operand.get());
      if (!result || !member_of_.count(result)) return false;
      KernelOutput output;
      output.member = static_cast<int>(member_of_.lookup(result));
      output.result = static_cast<int>(result.getResultNumber());
      int buffer = static_cast<int>(spec_.buffers.size());
      spec_.buffers.push_back(
          mlir::cast<mlir::RankedTensorType>(result.getType()).getElementType());
      KernelMember& member = spec_.members[output.member];
      SymShape strides =
          ParseShape(function_.getResultAttr(operand.getOperandNumber(), "sinter.strides"));
      if (!ReadAccess(member.op.getIndexingMapMatchingResult(result), strides, member.dims, buffer,
                      output.access)) {
        return false;
      }
      spec_.outputs.push_back(std::move(output));
    }
    return true;
  }

  mlir::func::FuncOp function_;
  KernelSpec spec_;
  llvm::DenseMap<mlir::Value, int> buffer_of_;
  llvm::DenseMap<mlir::Value, size_t> member_of_;
};

}  // namespace

llvm::SmallVector<int> KernelSpec::DomainOf(int member) const {
  const KernelMember& from = members[member];
  llvm::SmallVector<int> dims;
  for (int dim : order) {
    if (llvm::is_contained(from.dims, dim) && !llvm::is_contained(from.reductions, dim)) {
      dims.push_back(dim);
    }
  }
  return dims;
}

absl::StatusOr<KernelSpec> KernelSpec::FromFunction(mlir::func::FuncOp function) {
  return Reader(function).Read();
}

}  // namespace sinter::ir
