// Cast, CastLike and BitCast.
#include "compiler_core/legalize/cast.h"

#include "base/check.h"
#include "compiler_core/dialect/core/core.h"
#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

namespace {

namespace arith = mlir::arith;
using ir::DType;
using mlir::Value;
using mlir::ValueRange;

struct IntegerRow {
  DType dtype;
  int bits;
  bool is_unsigned;
};

constexpr IntegerRow kIntegers[] = {
    {DType::kInt2, 2, false},   {DType::kInt4, 4, false},   {DType::kInt8, 8, false},
    {DType::kInt16, 16, false}, {DType::kInt32, 32, false}, {DType::kInt64, 64, false},
    {DType::kUInt2, 2, true},   {DType::kUInt4, 4, true},   {DType::kUInt8, 8, true},
    {DType::kUInt16, 16, true}, {DType::kUInt32, 32, true}, {DType::kUInt64, 64, true},
    {DType::kBool, 8, true},
};

const IntegerRow* FindInteger(DType dtype) {
  for (const IntegerRow& row : kIntegers) {
    if (row.dtype == dtype) return &row;
  }
  return nullptr;
}

// The type in which numbers of `dtype` are computed.
mlir::Type ComputeTypeOf(mlir::OpBuilder& builder, DType dtype) {
  if (dtype == DType::kFloat64) return builder.getF64Type();
  const IntegerRow* integer = FindInteger(dtype);
  if (integer == nullptr) return builder.getF32Type();
  return builder.getIntegerType(std::max(integer->bits, 8));
}

SmallFloatRounding RoundingOf(Node& n) {
  using Mode = SmallFloatRounding::Mode;
  const std::string mode = n.String("round_mode", "up");
  return {n.Int("saturate", 1) != 0, mode == "up"     ? Mode::kUp
                                     : mode == "down" ? Mode::kDown
                                                      : Mode::kNearest};
}

// Integers of the same bits are stored alike.
bool AreStoredAlike(DType a, DType b) {
  const IntegerRow* of_a = FindInteger(a);
  const IntegerRow* of_b = FindInteger(b);
  return of_a != nullptr && of_b != nullptr && of_a->bits == of_b->bits;
}

// A float64 as a float32 that rounds to a 16-bit float as the number itself would: cut off, the
// last bit set if something was lost.
Value RoundedToOdd(Scalars& outer, Value real) {
  using Relation = Scalars::Relation;
  Scalars s = outer.Exact();
  const mlir::Type f32 = s.builder().getF32Type(), i32 = s.builder().getI32Type();
  const Value near = s.Emit<arith::TruncFOp>(f32, real);
  const Value back = s.Emit<arith::ExtFOp>(real.getType(), near);
  const auto bit = [&](Value truth) { return s.Emit<arith::ExtUIOp>(i32, truth); };
  const Value too_large = s.Compare(Relation::kGreater, s.Abs(back), s.Abs(real));
  const Value too_small = s.Compare(Relation::kLess, s.Abs(back), s.Abs(real));
  const Value bits = s.Sub(s.Emit<arith::BitcastOp>(i32, near), bit(too_large));
  const Value lost = bit(s.Emit<arith::OrIOp>(too_large, too_small));
  return s.Emit<arith::BitcastOp>(f32, s.Emit<arith::OrIOp>(bits, lost));
}

absl::Status Cast(Node& n) {
  const DType from = n.Type(0), to = n.OutType();
  if (from == to || (AreStoredAlike(from, to) && to != DType::kBool)) return n.Return(n.In(0));
  const std::string mode = n.String("round_mode", "up");
  if (mode != "up" && mode != "down" && mode != "nearest") {
    return Unsupported("`round_mode` " + mode);
  }
  return n.Return(n.Map(n.In(0), [&](Scalars& s, ValueRange x) {
    return CastElement(s, x[0], from, to, RoundingOf(n));
  }));
}

// The same bits as another type of as many.
absl::Status BitCast(Node& n) {
  if (n.OutIsBool() && n.Type(0) != DType::kBool) return Unsupported("a result of type bool");
  if (n.Element(0) == n.OutElement()) return n.Return(n.In(0));
  const ir::SymShape shape = n.OutShape();
  Emitter& e = n.emit();
  const int64_t rank = static_cast<int64_t>(shape.size());
  const Operand in{n.In(0), e.Identity(rank)};
  const Operand out{e.Empty(shape, n.OutElement()), e.Identity(rank)};
  return n.Return(e.Generic(in, out, rank, 0, [&](Scalars& s, ValueRange x) -> Emitter::Values {
    return {s.Emit<arith::BitcastOp>(n.OutElement(), x[0])};
  })[0]);
}

}  // namespace

bool IsNarrowInteger(DType dtype) {
  const IntegerRow* row = FindInteger(dtype);
  return row != nullptr && row->bits < 8;
}

bool IsUnsignedInteger(DType dtype) {
  const IntegerRow* row = FindInteger(dtype);
  return row != nullptr && row->is_unsigned;
}

int BitsOf(DType dtype) {
  const IntegerRow* row = FindInteger(dtype);
  SINTER_CHECK(row != nullptr);
  return row->bits;
}

Value Unpacked(Scalars& s, Value value, DType dtype) {
  if (IsSmallFloat(dtype)) return FromSmallFloat(s, value, dtype);
  if (!IsNarrowInteger(dtype) || IsUnsignedInteger(dtype)) return value;
  // The sign is copied from its place to all bits above.
  const Value places = s.Number(value.getType(), 8 - BitsOf(dtype));
  return s.Emit<arith::ShRSIOp>(s.Emit<arith::ShLIOp>(value, places), places);
}

Value CastElement(Scalars& outer, Value value, DType from, DType to, SmallFloatRounding rounding) {
  Scalars s(outer.builder(), outer.location(), IsUnsignedInteger(from));
  const Value number = Unpacked(s, value, from);
  if (to == DType::kBool) return s.StoreBool(s.IsTrue(number));
  if (IsSmallFloat(to)) {
    const bool whole = mlir::isa<mlir::IntegerType>(number.getType());
    const Value real = whole ? s.Convert(number, s.builder().getF32Type()) : number;
    return ToSmallFloat(s, real, to, rounding);
  }
  if (from == DType::kFloat64 && (to == DType::kFloat16 || to == DType::kBFloat16)) {
    return RoundedToOdd(s, number);
  }
  const mlir::Type type = ComputeTypeOf(s.builder(), to);
  const Value result = s.Convert(number, type, IsUnsignedInteger(to));
  if (!IsNarrowInteger(to)) return result;
  return s.Emit<arith::AndIOp>(result, s.Number(type, (1 << BitsOf(to)) - 1));
}

void AddCast(LoweringTable& table) {
  table["Cast"] = Cast;
  table["CastLike"] = Cast;
  table["BitCast"] = BitCast;
}

}  // namespace sinter::legalize
