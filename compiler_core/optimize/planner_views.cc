// Where tensors are: views, parts of larger tensors, copies.
#include <algorithm>
#include <numeric>

#include "base/status_macros.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/optimize/planner.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/IR/Matchers.h"

namespace sinter::optimize {
namespace {

using ir::SymExpr;
using ir::SymShape;
using mlir::Value;
using mlir::linalg::GenericOp;

mlir::Type ElementOf(Value value) {
  return mlir::cast<mlir::RankedTensorType>(value.getType()).getElementType();
}

SymExpr ParseExpr(mlir::Attribute text) {
  return SymExpr::Parse(mlir::cast<mlir::StringAttr>(text).getValue().str()).value_or(SymExpr(0));
}

bool HasHoles(mlir::Operation* op) {
  auto pad = mlir::dyn_cast<core::PadOp>(op);
  return pad && llvm::any_of(pad.getInterior(), [](int64_t between) { return between != 0; });
}

View WithoutUnits(const View& view) {
  View result{view.buffer, {}, {}, view.offset};
  for (size_t i = 0; i < view.shape.size(); ++i) {
    if (view.shape[i] == SymExpr(1)) continue;
    result.shape.push_back(view.shape[i]);
    result.strides.push_back(view.strides[i]);
  }
  return result;
}

// A group of one generic that yields its input, or `value` if it has none.
Group PointwiseGroup(GenericOp op, const SymShape& extents) {
  Group group;
  group.extents = extents;
  group.domain_rank = static_cast<int>(extents.size());
  group.inner.assign(extents.size(), false);
  llvm::SmallVector<int> dims(extents.size());
  std::iota(dims.begin(), dims.end(), 0);
  group.members.push_back({op, dims});
  return group;
}

GenericOp MoveOp(mlir::OpBuilder& builder, mlir::Location loc, llvm::ArrayRef<Value> inputs,
                 const SymShape& shape, mlir::Type element, mlir::TypedAttr fill) {
  Value empty = core::EmptyTensor(builder, loc, shape, element);
  llvm::SmallVector<mlir::AffineMap> maps(
      inputs.size() + 1, builder.getMultiDimIdentityMap(static_cast<unsigned>(shape.size())));
  llvm::SmallVector<mlir::utils::IteratorType> kinds(shape.size(),
                                                     mlir::utils::IteratorType::parallel);
  return builder.create<GenericOp>(
      loc, mlir::TypeRange{empty.getType()}, inputs, mlir::ValueRange{empty}, maps, kinds,
      [&](mlir::OpBuilder& body, mlir::Location at, mlir::ValueRange arguments) {
        Value value = inputs.empty() ? body.create<mlir::arith::ConstantOp>(at, fill).getResult()
                                     : arguments[0];
        body.create<mlir::linalg::YieldOp>(at, value);
      });
}

}  // namespace

absl::StatusOr<View> Planner::Ensure(Value value) {
  mlir::Operation* op = value.getDefiningOp();
  if (op && mlir::isa<core::PadOp, core::ConcatOp>(op)) {
    if (!materialized_.contains(op)) SINTER_RETURN_IF_ERROR(MaterializeParts(op));
    return partial_.find(op)->second;
  }
  if (op && mlir::isa<core::TransposeOp, core::SliceOp, core::ReshapeOp>(op)) {
    if (std::optional<View> known = memory_.Find(value)) return *known;
    SINTER_ASSIGN_OR_RETURN(View source, Ensure(op->getOperand(0)));
    memory_.Set(op->getOperand(0), source);
    if (std::optional<View> view = memory_.Find(value)) return *view;
    return EnsureReshape(value, source);
  }
  if (std::optional<View> known = memory_.Find(value)) return *known;
  SymShape shape = core::ShapeOf(value);
  if (auto constant = mlir::dyn_cast_or_null<core::ConstantOp>(op)) {
    WeightLayout layout;
    for (size_t i = 0; i < shape.size(); ++i) layout.order.push_back(static_cast<int>(i));
    PlacedWeight placed =
        weights_.Place(constant.getId(), constants_.Get(constant.getId()), layout);
    return View{weight_buffer_, shape, ir::RowMajorStrides(shape),
                SymExpr(placed.offset / ElementBytes(ElementOf(value)))};
  }
  if (auto fill = mlir::dyn_cast_or_null<mlir::linalg::FillOp>(op)) {
    mlir::Attribute constant;
    if (mlir::matchPattern(fill.getInputs()[0], mlir::m_Constant(&constant))) {
      llvm::SmallVector<int> order(shape.size());
      std::iota(order.begin(), order.end(), 0);
      View view = AllocateDense(value, order);
      SINTER_RETURN_IF_ERROR(Fill(ElementOf(value), view, constant, fill.getLoc()));
      memory_.Set(value, view);
      return view;
    }
  }
  return absl::InternalError("a tensor is read before it is made");
}

// A reshape that no strides can express: the source is copied to where it lies row-major.
absl::StatusOr<View> Planner::EnsureReshape(Value value, const View& source) {
  Value from = value.getDefiningOp()->getOperand(0);
  SymShape shape = core::ShapeOf(value);
  llvm::SmallVector<int> order(shape.size());
  std::iota(order.begin(), order.end(), 0);
  View view = AllocateDense(value, order);
  View target{view.buffer, source.shape, ir::RowMajorStrides(source.shape), view.offset};
  SINTER_RETURN_IF_ERROR(Copy(from, target, value.getLoc()));
  memory_.Set(value, view);
  return view;
}

View Planner::PartOf(mlir::Operation* op, const View& whole, int source) {
  View part = whole;
  part.shape = core::ShapeOf(op->getOperand(source));
  if (auto concat = mlir::dyn_cast<core::ConcatOp>(op)) {
    size_t axis = concat.getAxis();
    SymExpr start(0);
    for (int before = 0; before < source; ++before) {
      start = start + core::ShapeOf(op->getOperand(before))[axis];
    }
    part.offset = part.offset + start * whole.strides[axis];
    return part;
  }
  auto pad = mlir::cast<core::PadOp>(op);
  for (size_t i = 0; i < part.shape.size(); ++i) {
    part.offset = part.offset + ParseExpr(pad.getLow()[i]) * whole.strides[i];
    part.strides[i] = whole.strides[i] * SymExpr(pad.getInterior()[i] + 1);
  }
  return part;
}

View Planner::AllocateDense(Value value, llvm::ArrayRef<int> order) {
  SymShape shape = core::ShapeOf(value);
  Buffer buffer;
  buffer.bytes = ir::NumElements(shape) * SymExpr(ElementBytes(ElementOf(value)));
  return {memory_.AddBuffer(buffer), shape, StridesInOrder(shape, order), SymExpr(0)};
}

// Gives the result of a group, pad or concat its place: inside of the larger tensor that it is a
// part of, in the model's output, or in the arena. `order` has its dimensions, outermost first;
// a place that implies another order is only taken if the writer is `flexible`.
absl::StatusOr<View> Planner::Allocate(Value value, llvm::ArrayRef<int> order, bool flexible) {
  SymShape shape = core::ShapeOf(value);
  auto placed = placements_.find(value);
  if (placed != placements_.end()) {
    auto [into, source] = placed->second;
    View own{-1, shape, StridesInOrder(shape, order), SymExpr(0)};
    SymShape source_shape = core::ShapeOf(into->getOperand(source));
    if (!partial_.count(into)) {
      std::optional<View> as_source = ReshapeView(own, source_shape);
      llvm::SmallVector<int> whole_order = OrderOf(*as_source);
      // Dimensions of which the part has one element go outermost.
      std::stable_partition(whole_order.begin(), whole_order.end(),
                            [&](int dim) { return source_shape[dim] == SymExpr(1); });
      SINTER_RETURN_IF_ERROR(AllocateWhole(into, whole_order));
    }
    View part = PartOf(into, partial_[into], source);
    // Units first: the strides of a strided part are only known dimension by dimension.
    View bare = WithoutUnits(part);
    View result{bare.buffer, shape, {}, bare.offset};
    size_t next = 0;
    for (const SymExpr& dim : shape) {
      result.strides.push_back(dim == SymExpr(1) ? SymExpr(0) : bare.strides[next++]);
    }
    if (flexible || order.empty() || result.strides[order.back()] == SymExpr(1)) {
      // A pad or concat is only there when all its parts are: see MaterializeParts().
      if (value.getDefiningOp<GenericOp>()) memory_.Set(value, result);
      return result;
    }
    placements_.erase(value);
  }
  auto claim = claims_.find(value);
  bool row_major = std::is_sorted(order.begin(), order.end());
  View view;
  if (claim != claims_.end() && row_major) {
    view = {output_buffers_[claim->second], shape, ir::RowMajorStrides(shape), SymExpr(0)};
  } else {
    view = AllocateDense(value, order);
  }
  mlir::Operation* op = value.getDefiningOp();
  if (mlir::isa<GenericOp>(op)) memory_.Set(value, view);
  return view;
}

// The place of a pad or concat, before any part is written. Where the parts leave holes all over
// it, it is filled at once; else only its border is, once the parts are there.
absl::Status Planner::AllocateWhole(mlir::Operation* op, llvm::ArrayRef<int> order) {
  SINTER_ASSIGN_OR_RETURN(View whole, Allocate(op->getResult(0), order, true));
  partial_[op] = whole;
  if (!HasHoles(op)) return absl::OkStatus();
  return Fill(ElementOf(op->getResult(0)), whole, mlir::cast<core::PadOp>(op).getValue(),
              op->getLoc());
}

absl::Status Planner::MaterializeParts(mlir::Operation* op) {
  materialized_.insert(op);
  // Views of the sources that have to be copied; those already in place are done.
  for (mlir::OpOperand& operand : op->getOpOperands()) {
    SINTER_ASSIGN_OR_RETURN(View view, Ensure(operand.get()));
    if (!partial_.count(op)) {
      SINTER_RETURN_IF_ERROR(AllocateWhole(op, OrderOf(view)));
    }
    View part = PartOf(op, partial_[op], static_cast<int>(operand.getOperandNumber()));
    View at = WithoutUnits(part), is = WithoutUnits(view);
    if (is.buffer == at.buffer && is.offset == at.offset && is.strides == at.strides) continue;
    SINTER_RETURN_IF_ERROR(Copy(operand.get(), part, op->getLoc()));
  }
  View whole = partial_[op];
  if (mlir::isa<core::PadOp>(op) && !HasHoles(op)) SINTER_RETURN_IF_ERROR(FillBorder(op, whole));
  memory_.Set(op->getResult(0), whole);
  return absl::OkStatus();
}

absl::Status Planner::FillBorder(mlir::Operation* op, const View& whole) {
  auto pad = mlir::cast<core::PadOp>(op);
  SymShape source = core::ShapeOf(pad.getSource());
  mlir::Type element = ElementOf(pad.getResult());
  // Slab by slab: before and after the source along each dimension, inside of it along the earlier
  // ones, over the whole along the later ones.
  View rest = whole;
  for (size_t i = 0; i < source.size(); ++i) {
    SymExpr low = ParseExpr(pad.getLow()[i]);
    SymExpr high = whole.shape[i] - low - source[i];
    for (bool after : {false, true}) {
      View slab = rest;
      slab.shape[i] = after ? high : low;
      if (slab.shape[i] == SymExpr(0)) continue;
      if (after) slab.offset = slab.offset + (low + source[i]) * whole.strides[i];
      SINTER_RETURN_IF_ERROR(Fill(element, slab, pad.getValue(), pad.getLoc()));
    }
    rest.shape[i] = source[i];
    rest.offset = rest.offset + low * whole.strides[i];
  }
  return absl::OkStatus();
}

absl::Status Planner::Copy(Value source, const View& target, mlir::Location loc) {
  mlir::OpBuilder builder(main_.getBody().front().getTerminator());
  View to = WithoutUnits(target);
  SINTER_ASSIGN_OR_RETURN(View from, Ensure(source));
  from = WithoutUnits(from);
  Value reduced =
      builder.create<core::ReshapeOp>(loc, core::TensorType(to.shape, ElementOf(source)), source);
  GenericOp op = MoveOp(builder, loc, {reduced}, to.shape, ElementOf(source), {});
  Group group = PointwiseGroup(op, to.shape);
  return AddCall(group, OrderOf(to), {{reduced, from}}, {{op.getResult(0), to}});
}

absl::StatusOr<View> Planner::CopyWithInnermost(Value source, int innermost) {
  SymShape shape = core::ShapeOf(source);
  llvm::SmallVector<int> order;
  for (size_t i = 0; i < shape.size(); ++i) {
    if (static_cast<int>(i) != innermost) order.push_back(static_cast<int>(i));
  }
  order.push_back(innermost);
  View view = AllocateDense(source, order);
  SINTER_RETURN_IF_ERROR(Copy(source, view, source.getLoc()));
  return view;
}

absl::Status Planner::Fill(mlir::Type element, const View& target, mlir::Attribute value,
                           mlir::Location loc) {
  mlir::OpBuilder builder(main_.getBody().front().getTerminator());
  View to = WithoutUnits(target);
  GenericOp op = MoveOp(builder, loc, {}, to.shape, element, mlir::cast<mlir::TypedAttr>(value));
  Group group = PointwiseGroup(op, to.shape);
  return AddCall(group, OrderOf(to), {}, {{op.getResult(0), to}});
}

}  // namespace sinter::optimize
