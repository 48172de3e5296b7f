#include "compiler_core/lower/evaluator.h"

#include "compiler_core/dialect/core/core.h"
#include "compiler_core/dialect/core/exact.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Dialect/Tensor/IR/Tensor.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/IR/Matchers.h"

namespace sinter::lower {
namespace {

using ir::Access;
using ir::SymExpr;
using mlir::Value;
namespace arith = mlir::arith;
namespace vector = mlir::vector;

bool IsVector(Value value) { return mlir::isa<mlir::VectorType>(value.getType()); }

// What a remembered value is.
enum KeyKind : uintptr_t { kMemberValue, kLoaded, kAddress, kOperation };

}  // namespace

Evaluator::Evaluator(mlir::OpBuilder& builder, mlir::Location loc, const ir::KernelSpec& spec,
                     IndexMath& math, std::vector<Value> buffers, int lanes,
                     arith::FastMathFlags fast)
    : builder_(builder),
      loc_(loc),
      spec_(spec),
      math_(math),
      buffers_(std::move(buffers)),
      lanes_(lanes),
      fast_(fast) {
  PushScope();
}

mlir::VectorType Evaluator::VectorOf(mlir::Type element) const {
  return mlir::VectorType::get({lanes_}, element);
}

Value Evaluator::Zero(mlir::Type type) {
  return builder_.create<arith::ConstantOp>(loc_, builder_.getZeroAttr(type));
}

Value Evaluator::Broadcast(Value value) {
  if (IsVector(value)) return value;
  return builder_.create<vector::BroadcastOp>(loc_, VectorOf(value.getType()), value);
}

bool Evaluator::Varies(int member) const {
  return !spec_.order.empty() && llvm::is_contained(spec_.DomainOf(member), spec_.vector_dim());
}

// ---- remembered values

const Evaluator::Values* Evaluator::Find(const Key& key) const {
  for (auto scope = scopes_.rbegin(); scope != scopes_.rend(); ++scope) {
    auto found = scope->find(key);
    if (found != scope->end()) return &found->second;
  }
  return nullptr;
}

Evaluator::Values Evaluator::Member(int member, const Point& point) {
  int vector_dim = spec_.vector_dim();
  Key key = point.Signature(spec_.DomainOf(member), vector_dim);
  key.push_back(kMemberValue);
  key.push_back(member);
  if (const Values* known = Find(key)) return *known;
  auto stored = stored_.find(member);
  Values values = stored != stored_.end() ? Values{Load(*stored->second, point)}
                                          : EvaluateBody(member, point, {});
  scopes_.back()[key] = values;
  return values;
}

void Evaluator::SetResults(int member, const Point& point, Values values) {
  Key key = point.Signature(spec_.DomainOf(member), spec_.vector_dim());
  key.push_back(kMemberValue);
  key.push_back(member);
  scopes_.back()[key] = std::move(values);
}

Evaluator::Values Evaluator::Accumulate(int member, const Point& point,
                                        mlir::ValueRange accumulators) {
  return EvaluateBody(member, point, accumulators);
}

// ---- memory

// The part of an address that does not depend on constant offsets: shared by the points of a tile.
Value Evaluator::LinearBase(const Access& access, const Point& point) {
  Key key{kAddress, reinterpret_cast<uintptr_t>(&access)};
  auto is_blocked = [&](size_t dim) {
    return !access.blocks.empty() && access.blocks[dim] != SymExpr(0);
  };
  for (size_t dim = 0; dim < point.at.size(); ++dim) {
    if (access.coefficients[dim] == SymExpr(0) && !is_blocked(dim)) continue;
    key.push_back(reinterpret_cast<uintptr_t>(point.at[dim].base.getAsOpaquePointer()));
    key.push_back(reinterpret_cast<uintptr_t>(point.at[dim].tile.getAsOpaquePointer()));
  }
  if (const Values* known = Find(key)) return known->front();
  Value sum = math_.Of(access.offset);
  auto add = [&](int dim) {
    const Coord& coord = point.at[dim];
    if (is_blocked(dim)) {
      sum = math_.Add(sum, math_.Mul(coord.tile, math_.Of(access.blocks[dim])));
    }
    bool paneled = access.panel > 0 && dim == spec_.vector_dim();
    Value position = paneled ? coord.tile : coord.base;
    if (!position || access.coefficients[dim] == SymExpr(0)) return;
    sum = math_.Add(sum, math_.Mul(position, math_.Of(access.coefficients[dim])));
  };
  for (int dim : spec_.order) add(dim);
  for (int dim : spec_.reduction_order) add(dim);
  scopes_.back()[key] = {sum};
  return sum;
}

Value Evaluator::Linear(const Access& access, const Point& point) {
  Value sum = LinearBase(access, point);
  int64_t fixed = 0;
  for (size_t dim = 0; dim < point.at.size(); ++dim) {
    int64_t offset = point.at[dim].offset;
    if (offset == 0 || access.coefficients[dim] == SymExpr(0)) continue;
    bool paneled = access.panel > 0 && static_cast<int>(dim) == spec_.vector_dim();
    SymExpr distance = paneled ? SymExpr(offset) : access.coefficients[dim] * SymExpr(offset);
    if (std::optional<int64_t> constant = distance.AsConstant()) {
      fixed += *constant;
    } else {
      sum = math_.Add(sum, math_.Of(distance));
    }
  }
  return math_.Add(sum, math_.Constant(fixed));
}

Value Evaluator::MaskOf(const Point& point) {
  if (point.mask) return point.mask;
  auto type = VectorOf(builder_.getI1Type());
  return builder_.create<arith::ConstantOp>(loc_, mlir::DenseElementsAttr::get(type, true));
}

Value Evaluator::Iota(int64_t step) {
  llvm::SmallVector<int64_t> steps;
  for (int lane = 0; lane < lanes_; ++lane) steps.push_back(lane * step);
  return builder_.create<arith::ConstantOp>(
      loc_, mlir::DenseElementsAttr::get(VectorOf(builder_.getIndexType()),
                                         llvm::ArrayRef<int64_t>(steps)));
}

Value Evaluator::Gather(Value buffer, Value base, Value indices, mlir::Type element,
                        const Point& point) {
  auto type = VectorOf(element);
  return builder_.create<vector::GatherOp>(loc_, type, buffer, mlir::ValueRange{base}, indices,
                                           MaskOf(point), Zero(type));
}

Value Evaluator::Load(const Access& access, const Point& point) {
  llvm::SmallVector<int> dims;
  for (size_t dim = 0; dim < point.at.size(); ++dim) {
    if (access.coefficients[dim] != SymExpr(0)) dims.push_back(static_cast<int>(dim));
  }
  int vector_dim = spec_.vector_dim();
  Key key = point.Signature(dims, vector_dim);
  for (size_t dim = 0; dim < access.blocks.size(); ++dim) {
    if (access.blocks[dim] == SymExpr(0)) continue;
    key.push_back(reinterpret_cast<uintptr_t>(point.at[dim].tile.getAsOpaquePointer()));
  }
  key.push_back(kLoaded);
  key.push_back(reinterpret_cast<uintptr_t>(&access));
  if (const Values* known = Find(key)) return known->front();
  Value buffer = buffers_[access.buffer], at = Linear(access, point), value;
  SymExpr step = vector_dim < 0 ? SymExpr(0) : access.coefficients[vector_dim];
  auto type = VectorOf(access.element);
  if (step == SymExpr(0)) {
    value = builder_.create<mlir::memref::LoadOp>(loc_, buffer, at);
  } else if (access.panel > 0 || (step == SymExpr(1) && !point.mask)) {
    value = builder_.create<vector::LoadOp>(loc_, type, buffer, at);
  } else if (step == SymExpr(1)) {
    value = builder_.create<vector::MaskedLoadOp>(loc_, type, buffer, at, point.mask, Zero(type));
  } else if (std::optional<int64_t> constant = step.AsConstant()) {
    value = Gather(buffer, at, Iota(*constant), access.element, point);
  } else {
    Value stride = builder_.create<vector::BroadcastOp>(loc_, VectorOf(builder_.getIndexType()),
                                                        math_.Of(step));
    Value indices = builder_.create<arith::MulIOp>(loc_, Iota(1), stride);
    value = Gather(buffer, at, indices, access.element, point);
  }
  scopes_.back()[key] = {value};
  return value;
}

void Evaluator::Store(const Access& access, const Point& point, Value value) {
  Value buffer = buffers_[access.buffer], at = Linear(access, point);
  int vector_dim = spec_.vector_dim();
  SymExpr step = vector_dim < 0 ? SymExpr(0) : access.coefficients[vector_dim];
  if (step == SymExpr(0)) {
    builder_.create<mlir::memref::StoreOp>(loc_, value, buffer, at);
    return;
  }
  value = Broadcast(value);
  if (step == SymExpr(1)) {
    if (point.mask) {
      builder_.create<vector::MaskedStoreOp>(loc_, buffer, at, point.mask, value);
    } else {
      builder_.create<vector::StoreOp>(loc_, value, buffer, at);
    }
    return;
  }
  Value indices;
  if (std::optional<int64_t> constant = step.AsConstant()) {
    indices = Iota(*constant);
  } else {
    Value stride = builder_.create<vector::BroadcastOp>(loc_, VectorOf(builder_.getIndexType()),
                                                        math_.Of(step));
    indices = builder_.create<arith::MulIOp>(loc_, Iota(1), stride);
  }
  builder_.create<vector::ScatterOp>(loc_, buffer, at, indices, MaskOf(point), value);
}

// ---- bodies

Evaluator::Values Evaluator::EvaluateBody(int id, const Point& point,
                                          mlir::ValueRange accumulators) {
  const ir::KernelMember& member = spec_.members[id];
  mlir::linalg::GenericOp op = member.op;
  mlir::Block* body = op.getBody();
  llvm::DenseMap<Value, Value> values;
  for (size_t i = 0; i < member.inputs.size(); ++i) {
    const ir::MemberInput& input = member.inputs[i];
    if (input.member >= 0) {
      values[body->getArgument(i)] = Member(input.member, point)[input.result];
    } else if (input.access.buffer >= 0) {
      values[body->getArgument(i)] = Load(input.access, point);
    }
  }
  for (size_t i = 0; i < accumulators.size(); ++i) {
    values[body->getArgument(member.inputs.size() + i)] = accumulators[i];
  }
  for (mlir::Operation& inner : body->without_terminator()) {
    values[inner.getResult(0)] = EvaluateOp(inner, point, member, values);
  }
  Values results;
  for (Value yielded : body->getTerminator()->getOperands()) {
    results.push_back(Operand(yielded, values));
  }
  return results;
}

// The value of `value` of a body, or the copy of a constant or dimension from outside of it.
Value Evaluator::Operand(Value value, llvm::DenseMap<Value, Value>& values) {
  auto found = values.find(value);
  if (found != values.end()) return found->second;
  mlir::Operation* source = value.getDefiningOp();
  Value copy;
  if (auto dim = mlir::dyn_cast<core::DimOp>(source)) {
    copy = math_.Of(ir::SymExpr::Parse(dim.getExpr().str()).value_or(SymExpr(0)));
  } else {
    copy = builder_.clone(*source)->getResult(0);
  }
  values[value] = copy;
  return copy;
}

Value Evaluator::EvaluateOp(mlir::Operation& op, const Point& point, const ir::KernelMember& member,
                            llvm::DenseMap<Value, Value>& values) {
  if (auto index = mlir::dyn_cast<mlir::linalg::IndexOp>(op)) {
    return Index(member.dims[index.getDim()], point);
  }
  if (mlir::isa<mlir::tensor::ExtractOp>(op)) return Extract(op, point, values);
  if (IsFused(op)) return nullptr;  // made by the addition that uses it
  if (!spec_.IsBlocked()) return EvaluateArithmetic(op, values);
  if (Value folded = PositionInBlock(op, point, member)) return folded;
  if (Value folded = Folded(op, values)) return folded;
  // What the points of a block have in common is made once.
  Key key{kOperation, reinterpret_cast<uintptr_t>(&op)};
  auto add = [&](mlir::ValueRange operands) {
    for (Value operand : operands) {
      key.push_back(reinterpret_cast<uintptr_t>(Operand(operand, values).getAsOpaquePointer()));
    }
  };
  for (Value operand : op.getOperands()) {
    mlir::Operation* product = operand.getDefiningOp();
    product&& IsFused(*product) ? add(product->getOperands()) : add(operand);
  }
  if (const Values* known = Find(key)) return known->front();
  Value value = EvaluateArithmetic(op, values);
  scopes_.back()[key] = {value};
  return value;
}

Value Evaluator::EvaluateArithmetic(mlir::Operation& op, llvm::DenseMap<Value, Value>& values) {
  if (Value fused = FusedMultiplyAdd(op, values)) return fused;
  return Vectorized(op, values);
}

// The remainder of a position by the size of its dimension's blocks, which are unrolled: a number.
Value Evaluator::PositionInBlock(mlir::Operation& op, const Point& point,
                                 const ir::KernelMember& member) {
  auto remainder = mlir::dyn_cast<arith::RemUIOp>(op);
  if (!remainder) return nullptr;
  auto index = remainder.getLhs().getDefiningOp<mlir::linalg::IndexOp>();
  llvm::APInt size;
  if (!index || !mlir::matchPattern(remainder.getRhs(), mlir::m_ConstantInt(&size))) return nullptr;
  int dim = member.dims[index.getDim()];
  if (spec_.block[dim] != size.getSExtValue()) return nullptr;
  return math_.Constant(point.at[dim].offset);
}

// The result of a comparison of numbers, or of a choice by one; null for anything else.
Value Evaluator::Folded(mlir::Operation& op, llvm::DenseMap<Value, Value>& values) {
  if (auto compare = mlir::dyn_cast<arith::CmpIOp>(op)) {
    llvm::APInt lhs, rhs;
    if (!mlir::matchPattern(Operand(compare.getLhs(), values), mlir::m_ConstantInt(&lhs)) ||
        !mlir::matchPattern(Operand(compare.getRhs(), values), mlir::m_ConstantInt(&rhs))) {
      return nullptr;
    }
    bool holds = arith::applyCmpPredicate(compare.getPredicate(), lhs, rhs);
    return builder_.create<arith::ConstantOp>(loc_, builder_.getBoolAttr(holds));
  }
  auto select = mlir::dyn_cast<arith::SelectOp>(op);
  llvm::APInt condition;
  if (!select || !mlir::matchPattern(Operand(select.getCondition(), values),
                                     mlir::m_ConstantInt(&condition))) {
    return nullptr;
  }
  return Operand(condition.isZero() ? select.getFalseValue() : select.getTrueValue(), values);
}

Value Evaluator::Index(int dim, const Point& point) {
  const Coord& coord = point.at[dim];
  Value base = math_.Add(coord.base ? coord.base : math_.Constant(0), math_.Constant(coord.offset));
  if (dim != spec_.vector_dim()) return base;
  Value lanes = builder_.create<arith::AddIOp>(loc_, Broadcast(base), Iota(1));
  lane_base_[lanes] = base;
  return lanes;
}

// A product that an addition takes in, where the numerics policy allows x * y + z in one rounding.
bool Evaluator::IsFused(mlir::Operation& op) const {
  if (!mlir::isa<arith::MulFOp>(op) || !op.hasOneUse() || op.hasAttr(core::kExactAttr)) {
    return false;
  }
  if (!arith::bitEnumContainsAny(fast_, arith::FastMathFlags::contract)) return false;
  auto add = mlir::dyn_cast<arith::AddFOp>(*op.user_begin());
  if (!add || add->getBlock() != op.getBlock()) return false;
  // Of two products that are added, the left one.
  mlir::Operation* left = add.getLhs().getDefiningOp();
  return left == &op || !left || left->getBlock() != op.getBlock() || !IsFused(*left);
}

Value Evaluator::FusedMultiplyAdd(mlir::Operation& op, llvm::DenseMap<Value, Value>& values) {
  if (!mlir::isa<arith::AddFOp>(op)) return nullptr;
  for (int side : {0, 1}) {
    auto product = op.getOperand(side).getDefiningOp<arith::MulFOp>();
    if (!product || !IsFused(*product)) continue;
    Value x = Operand(product.getLhs(), values), y = Operand(product.getRhs(), values);
    Value z = Operand(op.getOperand(1 - side), values);
    if (IsVector(x) || IsVector(y) || IsVector(z)) {
      return builder_.create<vector::FMAOp>(loc_, Broadcast(x), Broadcast(y), Broadcast(z));
    }
    return builder_.create<mlir::math::FmaOp>(loc_, x, y, z);
  }
  return nullptr;
}

Value Evaluator::Vectorized(mlir::Operation& op, llvm::DenseMap<Value, Value>& values) {
  mlir::OperationState state(loc_, op.getName());
  bool vectors = false;
  for (Value operand : op.getOperands()) {
    state.operands.push_back(Operand(operand, values));
    vectors |= IsVector(state.operands.back());
  }
  state.attributes = op.getAttrs();
  mlir::Type type = op.getResult(0).getType();
  if (vectors) {
    for (Value& operand : state.operands) operand = Broadcast(operand);
    type = VectorOf(type);
  }
  state.types.push_back(type);
  mlir::Operation* made = builder_.create(state);
  if (op.hasAttr(core::kExactAttr)) {
    made->removeAttr(core::kExactAttr);
  } else if (auto flags = mlir::dyn_cast<arith::ArithFastMathInterface>(made)) {
    made->setAttr(flags.getFastMathAttrName(),
                  arith::FastMathFlagsAttr::get(builder_.getContext(), fast_));
  }
  return made->getResult(0);
}

Value Evaluator::Extract(mlir::Operation& op, const Point& point,
                         llvm::DenseMap<Value, Value>& values) {
  auto extract = mlir::cast<mlir::tensor::ExtractOp>(op);
  const ir::Table* table = nullptr;
  for (const ir::Table& candidate : spec_.tables) {
    if (candidate.argument == extract.getTensor()) table = &candidate;
  }
  Value base = math_.Constant(0), indices, run;
  int varying = 0;
  for (auto [i, index] : llvm::enumerate(extract.getIndices())) {
    Value at = Operand(index, values);
    const SymExpr& stride = table->strides[i];
    if (!IsVector(at)) {
      base = math_.Add(base, math_.Mul(at, math_.Of(stride)));
      continue;
    }
    ++varying;
    auto lanes = lane_base_.find(at);
    if (lanes != lane_base_.end() && stride == SymExpr(1)) run = lanes->second;
    Value scaled = at;
    if (stride != SymExpr(1)) {
      scaled = builder_.create<arith::MulIOp>(loc_, at, Broadcast(math_.Of(stride)));
    }
    indices = indices ? builder_.create<arith::AddIOp>(loc_, indices, scaled) : scaled;
  }
  Value buffer = buffers_[table->buffer];
  if (varying == 0) return builder_.create<mlir::memref::LoadOp>(loc_, buffer, base);
  if (varying == 1 && run) {
    auto type = VectorOf(table->element);
    Value at = math_.Add(base, run);
    if (!point.mask) return builder_.create<vector::LoadOp>(loc_, type, buffer, at);
    return builder_.create<vector::MaskedLoadOp>(loc_, type, buffer, at, point.mask, Zero(type));
  }
  return Gather(buffer, base, indices, table->element, point);
}

}  // namespace sinter::lower
