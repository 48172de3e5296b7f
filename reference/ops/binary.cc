// Functions of corresponding elements of two or more tensors: arithmetic, comparisons, logic, bits.
#include <cmath>
#include <limits>
#include <string>
#include <utility>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/convert.h"
#include "reference/ops/broadcast.h"
#include "reference/ops/categories.h"
#include "reference/ops/pick.h"
#include "reference/ops/product.h"

namespace sinter::reference {
namespace {

using Values = absl::StatusOr<std::vector<Value>>;
using Unsigned = unsigned __int128;

// The shape as which the second input is broadcast. Before version 7 broadcasting had to be asked
// for, and `axis` said where the second shape begins within the first.
absl::StatusOr<Dims> SecondDims(const Call& call) {
  const Dims& a = call.tensor(0).dims();
  Dims b = call.tensor(1).dims();
  if (call.version() >= 7) return b;
  const auto rank = static_cast<int64_t>(a.size());
  const auto own = static_cast<int64_t>(b.size());
  if (!call.Flag("broadcast")) {
    if (a == b) return b;
    return absl::InvalidArgumentError(
        absl::StrCat("shapes ", Text(a), " and ", Text(b), " differ, and `broadcast` is not set"));
  }
  int64_t axis = call.Int("axis", rank - own);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis + own > rank) {
    return absl::InvalidArgumentError(
        absl::StrCat("shape ", Text(b), " at axis ", axis, " does not fit into shape ", Text(a)));
  }
  b.resize(rank - axis, 1);
  return b;
}

// y = function(a, b) for numbers of one kind. The element type is that of the first input.
template <typename Function>
Values Arithmetic(const Call& call, Function function) {
  const Tensor& a = call.tensor(0);
  const Tensor& b = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const Dims b_dims, SecondDims(call));
  SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({a.dims(), b_dims}));
  if (a.HoldsReals()) {
    return Single(Tensor(a.dtype(), dims,
                         Zip<double>(a.reals(), a.dims(), b.reals(), b_dims, dims, function)));
  }
  return Single(Tensor(a.dtype(), dims,
                       Zip<Integer>(a.integers(), a.dims(), b.integers(), b_dims, dims, function)));
}

// A bool for each pair of elements, of any kind that can be compared.
template <typename Predicate>
Values Comparison(const Call& call, Predicate predicate) {
  const Tensor& a = call.tensor(0);
  const Tensor& b = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const Dims b_dims, SecondDims(call));
  SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({a.dims(), b_dims}));
  const auto test = [&](const auto& x, const auto& y) -> Integer {
    return predicate(x, y) ? 1 : 0;
  };
  const auto zip = [&](const auto& x, const auto& y) {
    return Single(Tensor(Dtype::kBool, dims, Zip<Integer>(x, a.dims(), y, b_dims, dims, test)));
  };
  if (a.HoldsReals()) return zip(a.reals(), b.reals());
  if (a.HoldsIntegers()) return zip(a.integers(), b.integers());
  return zip(a.strings(), b.strings());
}

Values Add(const Call& call) {
  return Arithmetic(call, [](auto a, auto b) { return a + b; });
}

Values Sub(const Call& call) {
  return Arithmetic(call, [](auto a, auto b) { return a - b; });
}

Values Mul(const Call& call) {
  return Arithmetic(call, [](auto a, auto b) { return Product(a, b); });
}

// ONNX leaves integers divided by zero undefined; we refuse them rather than make up a number.
absl::Status RefuseZeroDivisor(const Call& call) {
  const Tensor& b = call.tensor(1);
  if (b.HoldsReals()) return absl::OkStatus();
  for (const Integer& divisor : b.integers()) {
    if (divisor == 0) return absl::InvalidArgumentError("an integer is divided by zero");
  }
  return absl::OkStatus();
}

Values Div(const Call& call) {
  SINTER_RETURN_IF_ERROR(RefuseZeroDivisor(call));
  return Arithmetic(call, [](auto a, auto b) { return a / b; });
}

// The remainder that has the sign of the divisor.
double FlooredRemainder(double a, double b) {
  const double remainder = std::fmod(a, b);
  if (remainder == 0) return std::copysign(0.0, b);
  return (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

Integer FlooredRemainder(Integer a, Integer b) {
  const Integer remainder = a % b;
  return remainder != 0 && (remainder < 0) != (b < 0) ? remainder + b : remainder;
}

double TruncatedRemainder(double a, double b) { return std::fmod(a, b); }
Integer TruncatedRemainder(Integer a, Integer b) { return a % b; }

Values Mod(const Call& call) {
  SINTER_RETURN_IF_ERROR(RefuseZeroDivisor(call));
  if (call.Flag("fmod")) {
    return Arithmetic(call, [](auto a, auto b) { return TruncatedRemainder(a, b); });
  }
  return Arithmetic(call, [](auto a, auto b) { return FlooredRemainder(a, b); });
}

// base^exponent modulo 2^128. REQUIRES: exponent >= 0.
Integer IntegerPower(Integer base, Integer exponent) {
  Integer result = 1;
  for (; exponent > 0; exponent >>= 1) {
    if ((exponent & 1) != 0) result = Product(result, base);
    base = Product(base, base);
  }
  return result;
}

// The exponent may be of another type than the base, which is that of the result.
Values Pow(const Call& call) {
  const Tensor& base = call.tensor(0);
  const Tensor& exponent = call.tensor(1);
  SINTER_ASSIGN_OR_RETURN(const Dims b_dims, SecondDims(call));
  SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({base.dims(), b_dims}));
  Tensor result(base.dtype(), dims);
  IndexWalk walk(dims, {BroadcastStrides(base.dims(), dims), BroadcastStrides(b_dims, dims)});
  for (; !walk.done(); walk.Next()) {
    const int64_t at = walk.offset(0);
    const int64_t to = walk.offset(1);
    const bool exact = !base.HoldsReals() && !exponent.HoldsReals() && exponent.integers()[to] >= 0;
    if (exact) {
      result.integers()[walk.count()] = IntegerPower(base.integers()[at], exponent.integers()[to]);
      continue;
    }
    const double power = std::pow(base.RealAt(at), exponent.RealAt(to));
    if (base.HoldsReals()) {
      result.reals()[walk.count()] = power;
    } else {
      result.integers()[walk.count()] = TruncateTo(base.dtype(), power);
    }
  }
  return Single(std::move(result));
}

Values BitShift(const Call& call) {
  const bool left = call.String("direction", "") == "LEFT";
  const int bits = Info(call.tensor(0).dtype()).bits;
  return Arithmetic(call, [left, bits](auto a, auto b) -> decltype(a) {
    const auto value = static_cast<Integer>(a);
    const auto shift = static_cast<Integer>(b);
    const bool all_out = shift < 0 || shift >= bits;
    if (left) return all_out ? 0 : static_cast<Integer>(static_cast<Unsigned>(value) << shift);
    return value >> (all_out ? bits : shift);
  });
}

Values BitwiseAnd(const Call& call) {
  return Arithmetic(
      call, [](auto a, auto b) { return static_cast<Integer>(a) & static_cast<Integer>(b); });
}

Values BitwiseOr(const Call& call) {
  return Arithmetic(
      call, [](auto a, auto b) { return static_cast<Integer>(a) | static_cast<Integer>(b); });
}

Values BitwiseXor(const Call& call) {
  return Arithmetic(
      call, [](auto a, auto b) { return static_cast<Integer>(a) ^ static_cast<Integer>(b); });
}

Values BitwiseNot(const Call& call) {
  Tensor y = call.tensor(0);
  for (Integer& v : y.integers()) v = ~v;
  return Single(std::move(y));
}

Values Not(const Call& call) {
  Tensor y = call.tensor(0);
  for (Integer& v : y.integers()) v = v == 0 ? 1 : 0;
  return Single(std::move(y));
}

Values Equal(const Call& call) {
  return Comparison(call, [](const auto& a, const auto& b) { return a == b; });
}

Values Greater(const Call& call) {
  return Comparison(call, [](const auto& a, const auto& b) { return a > b; });
}

Values GreaterOrEqual(const Call& call) {
  return Comparison(call, [](const auto& a, const auto& b) { return a >= b; });
}

Values Less(const Call& call) {
  return Comparison(call, [](const auto& a, const auto& b) { return a < b; });
}

Values LessOrEqual(const Call& call) {
  return Comparison(call, [](const auto& a, const auto& b) { return a <= b; });
}

// One slope for all elements, or before version 7 one for each channel (axis 1), or any tensor that
// can be broadcast.
Values PRelu(const Call& call) {
  const Tensor& x = call.tensor(0);
  Tensor slope = call.tensor(1);
  if (call.version() < 7 && slope.count() > 1 && x.rank() > 1) {
    Dims dims(x.rank() - 1, 1);
    dims[0] = slope.count();
    slope.Reshape(dims);
  }
  SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({x.dims(), slope.dims()}));
  const auto prelu = [](auto a, auto b) -> decltype(a) { return a < 0 ? Product(a, b) : a; };
  if (x.HoldsReals()) {
    return Single(
        Tensor(x.dtype(), dims,
               Zip<double>(x.reals(), x.dims(), slope.reals(), slope.dims(), dims, prelu)));
  }
  return Single(
      Tensor(x.dtype(), dims,
             Zip<Integer>(x.integers(), x.dims(), slope.integers(), slope.dims(), dims, prelu)));
}

// Combines all inputs from the first to the last.
template <typename Function>
absl::StatusOr<Tensor> Fold(const Call& call, Function function) {
  Tensor result = call.tensor(0);
  for (int i = 1; i < call.input_count(); ++i) {
    const Tensor& next = call.tensor(i);
    SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({result.dims(), next.dims()}));
    if (result.HoldsReals()) {
      result = Tensor(
          result.dtype(), dims,
          Zip<double>(result.reals(), result.dims(), next.reals(), next.dims(), dims, function));
    } else {
      result = Tensor(result.dtype(), dims,
                      Zip<Integer>(result.integers(), result.dims(), next.integers(), next.dims(),
                                   dims, function));
    }
  }
  return result;
}

// NaN wins. (An Integer equals itself.)
Values Max(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor y,
                          Fold(call, [](auto a, auto b) { return a > b || a != a ? a : b; }));
  return Single(std::move(y));
}

Values Min(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor y,
                          Fold(call, [](auto a, auto b) { return a < b || a != a ? a : b; }));
  return Single(std::move(y));
}

Values SumOp(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor y, Fold(call, [](auto a, auto b) { return a + b; }));
  return Single(std::move(y));
}

Values Mean(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(Tensor y, Fold(call, [](auto a, auto b) { return a + b; }));
  for (double& v : y.reals()) v /= call.input_count();
  return Single(std::move(y));
}

// Bounds are attributes before version 11. A lower bound above the upper one yields the upper.
Values Clip(const Call& call) {
  Tensor y = call.tensor(0);
  for (int bound = 1; bound <= 2; ++bound) {
    if (call.Has(bound) && call.tensor(bound).count() != 1) {
      return absl::InvalidArgumentError("bounds must be scalars");
    }
  }
  if (!y.HoldsReals()) {
    const Integer low = call.Has(1) ? call.tensor(1).integers()[0] : LowestInteger(y.dtype());
    const Integer high = call.Has(2) ? call.tensor(2).integers()[0] : LargestInteger(y.dtype());
    for (Integer& v : y.integers()) v = std::min(std::max(v, low), high);
    return Single(std::move(y));
  }
  const double infinity = std::numeric_limits<double>::infinity();
  const double low = call.Has(1) ? call.tensor(1).reals()[0] : call.Float("min", -infinity);
  const double high = call.Has(2) ? call.tensor(2).reals()[0] : call.Float("max", infinity);
  for (double& v : y.reals()) {
    if (v < low) v = low;
    if (v > high) v = high;
  }
  return Single(std::move(y));
}

Values Where(const Call& call) {
  const Tensor& condition = call.tensor(0);
  SINTER_ASSIGN_OR_RETURN(const Dims dims, BroadcastDims({condition.dims(), call.tensor(1).dims(),
                                                          call.tensor(2).dims()}));
  SINTER_RETURN_IF_ERROR(CheckElementCount(dims));
  Tensor result = BroadcastTo(call.tensor(2), dims);
  const Tensor chosen = BroadcastTo(call.tensor(1), dims);
  IndexWalk walk(dims, {BroadcastStrides(condition.dims(), dims)});
  for (; !walk.done(); walk.Next()) {
    if (condition.integers()[walk.offset(0)] == 0) continue;
    CopyElement(chosen, walk.count(), result, walk.count());
  }
  return Single(std::move(result));
}

}  // namespace

absl::Span<const Operator> BinaryOperators() {
  static constexpr Operator kOperators[] = {
      {"", "Add", 1, Add},
      {"", "And", 1, BitwiseAnd},
      {"", "BitShift", 11, BitShift},
      {"", "BitwiseAnd", 18, BitwiseAnd},
      {"", "BitwiseNot", 18, BitwiseNot},
      {"", "BitwiseOr", 18, BitwiseOr},
      {"", "BitwiseXor", 18, BitwiseXor},
      {"", "Clip", 1, Clip},
      {"", "Div", 1, Div},
      {"", "Equal", 1, Equal},
      {"", "Greater", 1, Greater},
      {"", "GreaterOrEqual", 12, GreaterOrEqual},
      {"", "Less", 1, Less},
      {"", "LessOrEqual", 12, LessOrEqual},
      {"", "Max", 1, Max},
      {"", "Mean", 1, Mean},
      {"", "Min", 1, Min},
      {"", "Mod", 10, Mod},
      {"", "Mul", 1, Mul},
      {"", "Not", 1, Not},
      {"", "Or", 1, BitwiseOr},
      {"", "PRelu", 1, PRelu},
      {"", "Pow", 1, Pow},
      {"", "Sub", 1, Sub},
      {"", "Sum", 1, SumOp},
      {"", "Where", 9, Where},
      {"", "Xor", 1, BitwiseXor},
  };
  return kOperators;
}

}  // namespace sinter::reference
