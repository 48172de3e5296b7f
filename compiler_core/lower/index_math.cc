#include "compiler_core/lower/index_math.h"

#include "mlir/IR/Matchers.h"

namespace sinter::lower {
namespace {

using mlir::Value;
namespace arith = mlir::arith;

bool IsConstant(Value value, int64_t number) {
  llvm::APInt constant;
  return mlir::matchPattern(value, mlir::m_ConstantInt(&constant)) &&
         constant.getSExtValue() == number;
}

}  // namespace

Value IndexMath::Constant(int64_t value) {
  auto [found, added] = constants_.try_emplace(value);
  if (added) {
    mlir::OpBuilder::InsertionGuard guard(builder_);
    builder_.setInsertionPointToStart(entry_);
    found->second = builder_.create<arith::ConstantIndexOp>(loc_, value);
    if (!last_) last_ = found->second.getDefiningOp();
  }
  return found->second;
}

Value IndexMath::Of(const ir::SymExpr& expr) {
  if (std::optional<int64_t> constant = expr.AsConstant()) return Constant(*constant);
  std::string text = expr.ToString();
  auto found = expressions_.find(text);
  if (found != expressions_.end()) return found->second;
  Constant(0);
  mlir::OpBuilder::InsertionGuard guard(builder_);
  builder_.setInsertionPointAfter(last_);
  Value value = Build(expr);
  if (value.getDefiningOp() && value.getDefiningOp()->getBlock() == entry_) {
    last_ = &*std::prev(builder_.getInsertionPoint());
  }
  expressions_[text] = value;
  return value;
}

Value IndexMath::Build(const ir::SymExpr& expr) {
  Value sum = Constant(0);
  for (const ir::SymExpr::Term& term : expr.terms()) {
    Value product = Constant(term.coefficient);
    for (const ir::SymExpr::Factor& factor : term.factors) {
      Value atom = BuildAtom(*factor.atom);
      for (int power = 0; power < factor.power; ++power) product = Mul(product, atom);
    }
    sum = Add(sum, product);
  }
  return sum;
}

Value IndexMath::BuildAtom(const ir::SymExpr::Atom& atom) {
  using Kind = ir::SymExpr::AtomKind;
  if (atom.kind == Kind::kSymbol) return symbols_.at(std::stoul(atom.symbol.substr(1)));
  Value lhs = Build(atom.lhs), rhs = Build(atom.rhs);
  switch (atom.kind) {
    case Kind::kFloorDiv: {
      // Rounds down for a negative dividend too: one less than the quotient if there is a rest.
      Value quotient = builder_.create<arith::DivSIOp>(loc_, lhs, rhs);
      Value rest = builder_.create<arith::RemSIOp>(loc_, lhs, rhs);
      Value below =
          builder_.create<arith::CmpIOp>(loc_, arith::CmpIPredicate::slt, rest, Constant(0));
      return builder_.create<arith::SelectOp>(loc_, below, Sub(quotient, Constant(1)), quotient);
    }
    case Kind::kMod:
      return builder_.create<arith::RemSIOp>(loc_, lhs, rhs);
    case Kind::kMin:
      return builder_.create<arith::MinSIOp>(loc_, lhs, rhs);
    default:
      return builder_.create<arith::MaxSIOp>(loc_, lhs, rhs);
  }
}

Value IndexMath::Add(Value a, Value b) {
  if (IsConstant(a, 0)) return b;
  if (IsConstant(b, 0)) return a;
  return builder_.create<arith::AddIOp>(loc_, a, b);
}

Value IndexMath::Sub(Value a, Value b) {
  if (IsConstant(b, 0)) return a;
  return builder_.create<arith::SubIOp>(loc_, a, b);
}

Value IndexMath::Mul(Value a, Value b) {
  if (IsConstant(a, 1) || IsConstant(b, 0)) return b;
  if (IsConstant(b, 1) || IsConstant(a, 0)) return a;
  return builder_.create<arith::MulIOp>(loc_, a, b);
}

Value IndexMath::FloorDiv(Value a, Value b) {
  if (IsConstant(b, 1)) return a;
  return builder_.create<arith::DivUIOp>(loc_, a, b);
}

Value IndexMath::Rem(Value a, Value b) {
  if (IsConstant(b, 1)) return Constant(0);
  return builder_.create<arith::RemUIOp>(loc_, a, b);
}

Value IndexMath::Min(Value a, Value b) { return builder_.create<arith::MinSIOp>(loc_, a, b); }

}  // namespace sinter::lower
