#include "compiler_core/optimize/winograd_transform.h"

#include <cstring>

#include "mlir/Dialect/Arith/IR/Arith.h"

namespace sinter::optimize {
namespace {

using mlir::Value;

class Formula {
 public:
  Formula(mlir::OpBuilder& builder, mlir::Location loc) : b_(builder), loc_(loc) {}

  Value Add(Value x, Value y) { return b_.create<mlir::arith::AddFOp>(loc_, x, y); }
  Value Sub(Value x, Value y) { return b_.create<mlir::arith::SubFOp>(loc_, x, y); }
  // factor * x + y
  Value MulAdd(double factor, Value x, Value y) {
    Value number = b_.create<mlir::arith::ConstantOp>(loc_, b_.getFloatAttr(x.getType(), factor));
    return Add(b_.create<mlir::arith::MulFOp>(loc_, x, number), y);
  }

 private:
  mlir::OpBuilder& b_;
  mlir::Location loc_;
};

// G: the window's polynomial at the points, over what makes B and A whole numbers.
constexpr double kG2[4][3] = {{1, 0, 0}, {0.5, 0.5, 0.5}, {0.5, -0.5, 0.5}, {0, 0, 1}};
constexpr double kG4[6][3] = {
    {1. / 4, 0, 0},
    {-1. / 6, -1. / 6, -1. / 6},
    {-1. / 6, 1. / 6, -1. / 6},
    {1. / 24, 1. / 12, 1. / 6},
    {1. / 24, -1. / 12, 1. / 6},
    {0, 0, 1},
};

}  // namespace

WinogradLine WinogradInputLine(mlir::OpBuilder& builder, mlir::Location loc, int m,
                               llvm::ArrayRef<Value> s) {
  Formula f(builder, loc);
  if (m == 2) return {f.Sub(s[0], s[2]), f.Add(s[1], s[2]), f.Sub(s[2], s[1]), f.Sub(s[1], s[3])};
  const Value even1 = f.MulAdd(-4, s[2], s[4]), odd1 = f.MulAdd(-4, s[1], s[3]);
  const Value even2 = f.Sub(s[4], s[2]), odd2 = f.Sub(s[3], s[1]);
  return {f.MulAdd(4, s[0], f.MulAdd(-5, s[2], s[4])),
          f.Add(even1, odd1),
          f.Sub(even1, odd1),
          f.MulAdd(2, odd2, even2),
          f.MulAdd(-2, odd2, even2),
          f.MulAdd(4, s[1], f.MulAdd(-5, s[3], s[5]))};
}

WinogradLine WinogradOutputLine(mlir::OpBuilder& builder, mlir::Location loc, int m,
                                llvm::ArrayRef<Value> s) {
  Formula f(builder, loc);
  const Value sum1 = f.Add(s[1], s[2]), difference1 = f.Sub(s[1], s[2]);
  if (m == 2) return {f.Add(s[0], sum1), f.Sub(difference1, s[3])};
  const Value sum2 = f.Add(s[3], s[4]), difference2 = f.Sub(s[3], s[4]);
  return {f.Add(f.Add(s[0], sum1), sum2), f.MulAdd(2, difference2, difference1),
          f.MulAdd(4, sum2, sum1), f.MulAdd(8, difference2, f.Add(difference1, s[5]))};
}

ir::HostTensor WinogradWeights(int m, const ir::HostTensor& weights) {
  const int size = m + 2;
  const double(*g)[3] = m == 2 ? kG2 : kG4;
  const int64_t filters = weights.dims()[0], channels = weights.dims()[1];
  const std::vector<int64_t>& strides = weights.strides();
  void* data = nullptr;
  const ir::HostTensor result =
      ir::HostTensor::Allocate(ir::DType::kFloat32, {filters, channels, size, size}, &data);
  auto* out = static_cast<float*>(data);
  for (int64_t filter = 0; filter < filters; ++filter) {
    for (int64_t channel = 0; channel < channels; ++channel, out += size * size) {
      double rows[6][3] = {};  // G w
      for (int i = 0; i < 3; ++i) {
        for (int j = 0; j < 3; ++j) {
          const int64_t at =
              filter * strides[0] + channel * strides[1] + i * strides[2] + j * strides[3];
          float w;
          std::memcpy(&w, weights.bytes() + at * sizeof(w), sizeof(w));
          for (int a = 0; a < size; ++a) rows[a][j] += g[a][i] * w;
        }
      }
      for (int a = 0; a < size; ++a) {
        for (int b = 0; b < size; ++b) {
          const double u = rows[a][0] * g[b][0] + rows[a][1] * g[b][1] + rows[a][2] * g[b][2];
          out[a * size + b] = static_cast<float>(u);
        }
      }
    }
  }
  return result.Transposed({2, 3, 1, 0});
}

}  // namespace sinter::optimize
