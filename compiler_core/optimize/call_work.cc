#include "compiler_core/optimize/call_work.h"

#include <string>

#include "compiler_core/dialect/core/core.h"
#include "compiler_core/dialect/onnx/onnx_dialect.h"
#include "compiler_core/ir/kernel_spec.h"
#include "llvm/ADT/SetVector.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"

namespace sinter::optimize {
namespace {

namespace arith = mlir::arith;
using ir::SymExpr;
using mlir::Value;
using mlir::linalg::GenericOp;

// The operations that an element of a result is made of: not those on positions.
llvm::SetVector<mlir::Operation*> ElementOperations(GenericOp op) {
  llvm::SetVector<mlir::Operation*> found;
  const auto add = [&](mlir::ValueRange operands) {
    for (Value operand : operands) {
      mlir::Operation* from = operand.getDefiningOp();
      if (from && from->getBlock() == op.getBody() && !operand.getType().isIndex()) {
        found.insert(from);
      }
    }
  };
  add(op.getBody()->getTerminator()->getOperands());
  for (size_t next = 0; next < found.size(); ++next) {
    if (!mlir::isa<mlir::tensor::ExtractOp>(found[next])) add(found[next]->getOperands());
  }
  return found;
}

bool IsMultiplication(mlir::Operation* op) {
  return mlir::isa<arith::MulFOp, arith::MulIOp, mlir::math::FmaOp>(op);
}

int64_t OperationsOf(mlir::Operation* op) {
  if (mlir::isa<mlir::math::FmaOp>(op)) return 2;
  const bool counts =
      IsMultiplication(op) || op->getName().getDialectNamespace() == "math" ||
      mlir::isa<arith::AddFOp, arith::SubFOp, arith::DivFOp, arith::AddIOp, arith::SubIOp>(op);
  return counts ? 1 : 0;
}

SymExpr OperationsOf(const Group& group, const Member& member) {
  int64_t per_point = 0;
  for (mlir::Operation* inner : ElementOperations(member.op)) per_point += OperationsOf(inner);
  SymExpr points(per_point);
  for (int dim : member.dims) points = points * group.extents[dim];
  // What a block's points share is done once for all of them.
  int64_t shared = 1;
  if (auto block = GenericOp(member.op)->getAttrOfType<mlir::DenseI64ArrayAttr>(ir::kBlockAttr)) {
    for (int64_t size : block.asArrayRef()) shared *= size;
  }
  return FloorDiv(points, SymExpr(shared));
}

// The node that the importer has put into the location.
struct Node {
  std::string name, op;
};

Node NodeOf(mlir::Location loc) {
  auto name = mlir::dyn_cast<mlir::NameLoc>(loc);
  if (!name) return {};
  auto op = mlir::dyn_cast<mlir::NameLoc>(name.getChildLoc());
  return {name.getName().str(), op ? op.getName().str() : ""};
}

// How often the group's members read an element of `value`.
SymExpr ReadsOf(const Group& group, Value value) {
  SymExpr reads(0);
  for (const Member& member : group.members) {
    GenericOp op = member.op;
    for (mlir::OpOperand* input : op.getDpsInputOperands()) {
      if (input->get() != value) continue;
      mlir::AffineMap map = op.getMatchingIndexingMap(input);
      SymExpr points(1);
      for (unsigned loop = 0; loop < map.getNumDims(); ++loop) {
        if (map.isFunctionOfDim(loop)) points = points * group.extents[member.dims[loop]];
      }
      reads = reads + points;
    }
    op.getRegion().walk([&](mlir::tensor::ExtractOp extract) {
      if (extract.getTensor() != value) return;
      SymExpr points(1);
      for (int dim : member.dims) points = points * group.extents[dim];
      reads = reads + points;
    });
  }
  return reads;
}

SymExpr BytesOf(Value value, const SymExpr& elements) {
  auto type = mlir::cast<mlir::RankedTensorType>(value.getType());
  return elements * SymExpr(ElementBytes(type.getElementType()));
}

// Integers before they are widened and freed of their zero point.
mlir::Type TypeBefore(Value value) {
  for (mlir::Operation* op = value.getDefiningOp();
       op && mlir::isa<arith::ExtSIOp, arith::ExtUIOp, arith::SubIOp>(op);
       op = value.getDefiningOp()) {
    value = op->getOperand(0);
  }
  return value.getType();
}

// That of the first multiplication, else of the first operation, else of what is moved.
mlir::Type CalculatedType(const Group& group) {
  mlir::Operation* first = nullptr;
  for (const Member& member : group.members) {
    for (mlir::Operation* op : ElementOperations(member.op)) {
      if (IsMultiplication(op)) return TypeBefore(op->getOperand(0));
      if (!first && OperationsOf(op) > 0) first = op;
    }
  }
  if (first) return first->getResult(0).getType();
  GenericOp op = group.members.front().op;
  return mlir::cast<mlir::RankedTensorType>(op.getResult(0).getType()).getElementType();
}

}  // namespace

void DescribeWork(const Group& group, const std::vector<KernelInput>& inputs,
                  const std::vector<KernelResult>& results, ir::KernelCall& call) {
  ir::Work& work = call.work;
  for (const Member& member : group.members) {
    const SymExpr flops = OperationsOf(group, member);
    const Node node = NodeOf(GenericOp(member.op).getLoc());
    if (node.name.empty()) {
      work.other_flops = work.other_flops + flops;
      continue;
    }
    const size_t at = llvm::find(call.nodes, node.name) - call.nodes.begin();
    if (at == call.nodes.size()) {
      call.nodes.push_back(node.name);
      work.ops.push_back(node.op);
      work.flops.emplace_back();
    }
    work.flops[at] = work.flops[at] + flops;
  }
  for (const KernelInput& input : inputs) {
    const SymExpr elements = Min(ir::NumElements(input.view.shape), ReadsOf(group, input.value));
    work.bytes = work.bytes + BytesOf(input.value, elements);
  }
  for (const KernelResult& result : results) {
    work.bytes = work.bytes + BytesOf(result.value, ir::NumElements(result.view.shape));
  }
  work.dtype = onnx::DTypeOf(CalculatedType(group));
}

}  // namespace sinter::optimize
