#include "compiler_core/optimize/winograd.h"

#include <algorithm>
#include <cmath>
#include <optional>

#include "compiler_core/dialect/core/core.h"
#include "compiler_core/ir/kernel_spec.h"
#include "compiler_core/optimize/winograd_transform.h"
#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Linalg/IR/Linalg.h"
#include "mlir/IR/Matchers.h"

namespace sinter::optimize {
namespace {

using ir::SymExpr;
using ir::SymShape;
using mlir::AffineExpr;
using mlir::AffineMap;
using mlir::Value;
using mlir::linalg::GenericOp;

struct Convolution {
  GenericOp op;
  Value input;  // padded: [n, c, h + 2, w + 2]
  ir::HostTensor weights;
  mlir::Location location;
  SymShape out;  // [n, f, h, w]
  int64_t channels, filters;
};

// sum += x * y of float32.
bool IsPlainProduct(GenericOp op) {
  auto yield = op.getBody()->getTerminator();
  auto add = yield->getOperand(0).getDefiningOp<mlir::arith::AddFOp>();
  if (!add || !add.getType().isF32()) return false;
  auto product = add.getRhs().getDefiningOp<mlir::arith::MulFOp>();
  mlir::Block* body = op.getBody();
  return product && add.getLhs() == body->getArgument(2) &&
         product.getLhs() == body->getArgument(0) && product.getRhs() == body->getArgument(1);
}

// A convolution as legalize emits it: (n, f, y, x | c, i, j).
std::optional<Convolution> Match(GenericOp op, const ir::ConstantTable& constants) {
  if (op.getNumDpsInputs() != 2 || op.getNumDpsInits() != 1 || op.getNumLoops() != 7) return {};
  if (op.getNumReductionLoops() != 3 || !IsPlainProduct(op)) return {};
  auto weights = op.getInputs()[1].getDefiningOp<core::ConstantOp>();
  if (!weights) return {};
  auto loop = [&](unsigned i) { return mlir::getAffineDimExpr(i, op.getContext()); };
  auto is = [&](int operand, llvm::ArrayRef<AffineExpr> results) {
    return op.getIndexingMapsArray()[operand].getResults() == results;
  };
  if (!is(0, {loop(0), loop(4), loop(2) + loop(5), loop(3) + loop(6)}) ||
      !is(1, {loop(1), loop(4), loop(5), loop(6)}) ||
      !is(2, {loop(0), loop(1), loop(2), loop(3)})) {
    return {};
  }
  const ir::HostTensor& tensor = constants.Get(weights.getId());
  const std::vector<int64_t>& dims = tensor.dims();
  if (tensor.dtype() != ir::DType::kFloat32 || dims[2] != 3 || dims[3] != 3) return {};
  return Convolution{op,
                     op.getInputs()[0],
                     tensor,
                     op.getLoc(),
                     core::ShapeOf(op.getResult(0)),
                     dims[1],
                     dims[0]};
}

// ---- does it pay?

constexpr int64_t kUnknownExtent = 56;       // what a free dimension is taken for
constexpr double kBytesPerCycle = 8;         // of weights, which come from memory
constexpr double kCyclesPerTransformed = 6;  // for each vector that goes to or comes from V and M
constexpr double kWorthIt = 0.8;             // of the time without

struct Work {
  double multiply_adds;  // of vectors
  double weights;        // elements
  double transformed;    // vectors
};

double Cycles(const Work& work) {
  return std::max(work.multiply_adds, work.weights * sizeof(float) / kBytesPerCycle) +
         work.transformed * kCyclesPerTransformed;
}

double CeilDiv(double a, double b) { return std::ceil(a / b); }

// The m for which it is fastest; 0 = as it is.
int BestTile(const Convolution& conv, const v1::Target& target) {
  auto guess = [](const SymExpr& dim, int64_t unknown) {
    return static_cast<double>(dim.AsConstant().value_or(unknown));
  };
  const double lanes = std::max(1, target.vector_bits() / 32);
  const double images = guess(conv.out[0], 1);
  const double height = guess(conv.out[2], kUnknownExtent),
               width = guess(conv.out[3], kUnknownExtent);
  if (height < 2 || width < 2) return 0;
  const auto channels = static_cast<double>(conv.channels);
  const double in_vectors = CeilDiv(channels, lanes);
  const double out_vectors = CeilDiv(static_cast<double>(conv.filters), lanes);
  const double weights = channels * static_cast<double>(conv.filters);
  auto cycles = [&](double taps, double points, double transforms) {
    return Cycles({taps * points * channels * out_vectors, taps * weights,
                   transforms * points * (in_vectors + out_vectors)});
  };
  double best = kWorthIt * cycles(9, images * height * width, 0);
  int tile = 0;
  for (int m : {4, 2}) {
    const double points = (m + 2) * (m + 2);
    const double here = cycles(points, images * CeilDiv(height, m) * CeilDiv(width, m), points);
    if (here >= best) continue;
    best = here;
    tile = m;
  }
  return tile;
}

// ---- the rewrite

class Rewriter {
 public:
  Rewriter(const Convolution& conv, int m, ir::ConstantTable& constants)
      : conv_(conv),
        m_(m),
        size_(m + 2),
        constants_(constants),
        builder_(GenericOp(conv.op)),
        loc_(conv.location),
        tiles_{CeilDiv(conv.out[2], SymExpr(m)), CeilDiv(conv.out[3], SymExpr(m))} {}

  Value Run() { return Outputs(Products(Inputs(Padded()))); }

 private:
  AffineExpr Loop(unsigned i) { return builder_.getAffineDimExpr(i); }
  AffineMap Map(unsigned loops, llvm::ArrayRef<AffineExpr> results) {
    return AffineMap::get(loops, 0, results, builder_.getContext());
  }
  Value Empty(const SymShape& shape) {
    return core::EmptyTensor(builder_, loc_, shape, builder_.getF32Type());
  }

  // The input, large enough for whole tiles.
  Value Padded() {
    const SymShape have = core::ShapeOf(conv_.input);
    const SymShape shape = {have[0], have[1], tiles_[0] * SymExpr(m_) + 2,
                            tiles_[1] * SymExpr(m_) + 2};
    if (have == shape) return conv_.input;
    auto type = core::TensorType(shape, builder_.getF32Type());
    auto pad = conv_.input.getDefiningOp<core::PadOp>();
    auto value = pad ? mlir::dyn_cast<mlir::FloatAttr>(pad.getValue()) : mlir::FloatAttr();
    if (value && value.getValue().isPosZero()) {
      return builder_.create<core::PadOp>(loc_, type, pad.getSource(), pad.getLow(),
                                          pad.getInterior(), value);
    }
    const llvm::SmallVector<mlir::Attribute> low(4, builder_.getStringAttr("0"));
    return builder_.create<core::PadOp>(loc_, type, conv_.input, builder_.getArrayAttr(low),
                                        builder_.getDenseI64ArrayAttr({0, 0, 0, 0}),
                                        builder_.getF32FloatAttr(0));
  }

  // The values at the (m+2)^2 places of a tile that `map` gives, made to one by `body` and the
  // position of the result in its block.
  template <typename MapAt>
  Value Blocked(Value source, const SymShape& shape, llvm::ArrayRef<int64_t> block,
                const MapAt& map_at,
                llvm::function_ref<Value(mlir::OpBuilder&, mlir::ValueRange)> body) {
    const auto rank = static_cast<unsigned>(shape.size());
    llvm::SmallVector<Value> inputs(size_ * size_, source);
    llvm::SmallVector<AffineMap> maps;
    for (int i = 0; i < size_; ++i) {
      for (int j = 0; j < size_; ++j) maps.push_back(Map(rank, map_at(i, j)));
    }
    maps.push_back(builder_.getMultiDimIdentityMap(rank));
    llvm::SmallVector<mlir::utils::IteratorType> kinds(rank, mlir::utils::IteratorType::parallel);
    Value empty = Empty(shape);
    auto op = builder_.create<GenericOp>(
        loc_, mlir::TypeRange{empty.getType()}, inputs, mlir::ValueRange{empty}, maps, kinds,
        [&](mlir::OpBuilder& inside, mlir::Location loc, mlir::ValueRange arguments) {
          inside.create<mlir::linalg::YieldOp>(loc, body(inside, arguments.drop_back()));
        });
    op->setAttr(ir::kBlockAttr, builder_.getDenseI64ArrayAttr(block));
    return op.getResult(0);
  }

  // `values[position of loop `loop` in its block]`.
  Value Pick(mlir::OpBuilder& b, unsigned loop, llvm::ArrayRef<Value> values) {
    namespace arith = mlir::arith;
    auto number = [&](int64_t value) { return b.create<arith::ConstantIndexOp>(loc_, value); };
    Value index = b.create<mlir::linalg::IndexOp>(loc_, loop);
    Value position =
        b.create<arith::RemUIOp>(loc_, index, number(static_cast<int64_t>(values.size())));
    Value picked = values.back();
    for (size_t i = values.size() - 1; i-- > 0;) {
      Value here = b.create<arith::CmpIOp>(loc_, arith::CmpIPredicate::eq, position,
                                           number(static_cast<int64_t>(i)));
      picked = b.create<arith::SelectOp>(loc_, here, values[i], picked);
    }
    return picked;
  }

  // A transform of columns, then of rows: `line` makes one line of another.
  template <typename Line>
  Value Transform(mlir::OpBuilder& b, mlir::ValueRange tile, unsigned row_loop,
                  unsigned column_loop, const Line& line) {
    WinogradLine rows;
    for (int j = 0; j < size_; ++j) {
      WinogradLine column;
      for (int i = 0; i < size_; ++i) column.push_back(tile[i * size_ + j]);
      rows.push_back(Pick(b, row_loop, line(b, loc_, m_, column)));
    }
    return Pick(b, column_loop, line(b, loc_, m_, rows));
  }

  // V, over (a, b, n, y, x, c)
  Value Inputs(Value padded) {
    const SymShape shape = {size_, size_, conv_.out[0], tiles_[0], tiles_[1], conv_.channels};
    auto at = [&](int i, int j) -> llvm::SmallVector<AffineExpr> {
      return {Loop(2), Loop(5), Loop(3) * m_ + i, Loop(4) * m_ + j};
    };
    return Blocked(padded, shape, {size_, size_, 1, 1, 1, 1}, at,
                   [&](mlir::OpBuilder& b, mlir::ValueRange tile) {
                     return Transform(b, tile, 0, 1, WinogradInputLine);
                   });
  }

  // M, over (a, b, n, y, x, f | c)
  Value Products(Value inputs) {
    const int64_t id = constants_.Add(WinogradWeights(m_, conv_.weights));
    const auto type =
        core::TensorType({size_, size_, conv_.channels, conv_.filters}, builder_.getF32Type());
    Value weights = builder_.create<core::ConstantOp>(loc_, type, builder_.getI64IntegerAttr(id));
    Value zero = builder_.create<mlir::arith::ConstantOp>(loc_, builder_.getF32FloatAttr(0));
    Value empty = Empty({size_, size_, conv_.out[0], tiles_[0], tiles_[1], conv_.filters});
    Value init = builder_.create<mlir::linalg::FillOp>(loc_, zero, empty).getResult(0);
    llvm::SmallVector<mlir::utils::IteratorType> kinds(6, mlir::utils::IteratorType::parallel);
    kinds.push_back(mlir::utils::IteratorType::reduction);
    const llvm::SmallVector<AffineMap> maps = {
        Map(7, {Loop(0), Loop(1), Loop(2), Loop(3), Loop(4), Loop(6)}),
        Map(7, {Loop(0), Loop(1), Loop(6), Loop(5)}),
        Map(7, {Loop(0), Loop(1), Loop(2), Loop(3), Loop(4), Loop(5)})};
    auto op = builder_.create<GenericOp>(
        loc_, mlir::TypeRange{init.getType()}, mlir::ValueRange{inputs, weights},
        mlir::ValueRange{init}, maps, kinds,
        [](mlir::OpBuilder& body, mlir::Location loc, mlir::ValueRange x) {
          Value product = body.create<mlir::arith::MulFOp>(loc, x[0], x[1]);
          Value sum = body.create<mlir::arith::AddFOp>(loc, x[2], product);
          body.create<mlir::linalg::YieldOp>(loc, sum);
        });
    return op.getResult(0);
  }

  // Y, over (n, f, y, x)
  Value Outputs(Value products) {
    auto at = [&](int i, int j) -> llvm::SmallVector<AffineExpr> {
      return {builder_.getAffineConstantExpr(i),
              builder_.getAffineConstantExpr(j),
              Loop(0),
              Loop(2).floorDiv(m_),
              Loop(3).floorDiv(m_),
              Loop(1)};
    };
    return Blocked(products, conv_.out, {1, 1, m_, m_}, at,
                   [&](mlir::OpBuilder& b, mlir::ValueRange tile) {
                     return Transform(b, tile, 2, 3, WinogradOutputLine);
                   });
  }

  const Convolution& conv_;
  const int m_, size_;
  ir::ConstantTable& constants_;
  mlir::OpBuilder builder_;
  mlir::Location loc_;
  const SymExpr tiles_[2];
};

}  // namespace

void UseWinograd(mlir::func::FuncOp main, ir::ConstantTable& constants, const v1::Target& target) {
  for (mlir::Operation& op : llvm::make_early_inc_range(main.getBody().front())) {
    auto generic = mlir::dyn_cast<GenericOp>(op);
    std::optional<Convolution> conv = generic ? Match(generic, constants) : std::nullopt;
    if (!conv) continue;
    const int m = BestTile(*conv, target);
    if (m == 0) continue;
    Value result = Rewriter(*conv, m, constants).Run();
    generic.getResult(0).replaceAllUsesWith(result);
    generic.erase();
  }
}

}  // namespace sinter::optimize
