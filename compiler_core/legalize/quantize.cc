// QuantizeLinear and DequantizeLinear, of ONNX and of com.microsoft.
#include "compiler_core/legalize/quantize.h"

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/legalize/cast.h"
#include "compiler_core/legalize/lowerings.h"
#include "mlir/Dialect/Math/IR/Math.h"

namespace sinter::legalize {

namespace {

using ir::DType;
using ir::SymExpr;
using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;

// Input 0, the scale and, if given, the zero point, in a shape in which they broadcast.
struct Spread {
  std::vector<Value> values;
  SymShape shape;
};

// Each value of `blocks` `size` times along `axis`, the last block cut to `shape`.
absl::StatusOr<Value> Repeated(Node& n, Value blocks, SymShape from, int64_t axis, int64_t size,
                               const SymShape& shape) {
  Emitter& e = n.emit();
  SymShape single = from, each = from, joined = from;
  single.insert(single.begin() + axis + 1, SymExpr(1));
  each.insert(each.begin() + axis + 1, SymExpr(size));
  joined[axis] = from[axis] * SymExpr(size);
  SINTER_ASSIGN_OR_RETURN(const Value spread,
                          e.Map(e.Reshape(blocks, single), each, ElementOf(blocks),
                                [](Scalars&, ValueRange x) { return x[0]; }));
  const SymShape start(shape.size(), SymExpr(0));
  const std::vector<int64_t> steps(shape.size(), 1);
  return e.Slice(e.Reshape(spread, joined), start, shape, steps);
}

// Every block of `size` along `axis` has its own scale: whole blocks become a dimension.
absl::StatusOr<Spread> SpreadBlocks(Node& n, int64_t axis, int64_t size) {
  const SymShape shape = n.Shape(0), blocks = n.Shape(1);
  if (size < 0 || blocks.size() != shape.size()) {
    return Unsupported("a scale of shape " + ir::ToString(blocks) + " in blocks");
  }
  for (size_t i = 0; i < shape.size(); ++i) {
    const SymExpr last = shape[i] + SymExpr(size - 1);
    const bool fits = static_cast<int64_t>(i) != axis ? blocks[i] == shape[i]
                      : shape[i].IsConstant() && blocks[i].IsConstant()
                          ? *blocks[i].AsConstant() == *last.AsConstant() / size
                          : blocks[i] * SymExpr(size) == shape[i];
    if (!fits) return Unsupported("a scale of shape " + ir::ToString(blocks) + " in blocks");
  }
  Spread spread{{n.In(0)}, shape};
  const bool whole = blocks[axis] * SymExpr(size) == shape[axis];
  SymShape single = blocks;
  single.insert(single.begin() + axis + 1, SymExpr(1));
  if (whole) {
    spread.shape = single;
    spread.shape[axis + 1] = SymExpr(size);
    spread.values[0] = n.emit().Reshape(n.In(0), spread.shape);
  }
  for (int i = 1; i < 3; ++i) {
    if (!n.Has(i)) continue;
    if (n.Shape(i) != blocks) return Unsupported("a zero point of another shape than the scale");
    if (whole) {
      spread.values.push_back(n.emit().Reshape(n.In(i), single));
      continue;
    }
    SINTER_ASSIGN_OR_RETURN(Value value, Repeated(n, n.In(i), blocks, axis, size, shape));
    spread.values.push_back(value);
  }
  return spread;
}

// One scale for all, or one for each position along the attribute `axis`, or for blocks of them.
absl::StatusOr<Spread> SpreadInputs(Node& n) {
  const SymShape shape = n.Shape(0);
  if (const int64_t size = n.Int("block_size", 0); size != 0) {
    return SpreadBlocks(n, n.Axis("axis", 1, n.Rank(0)), size);
  }
  Spread spread{{n.In(0)}, shape};
  for (int i = 1; i < 3; ++i) {
    if (!n.Has(i)) continue;
    SymShape along(shape.size(), 1);
    if (ir::NumElements(n.Shape(i)) != 1) {
      const int64_t axis = n.Axis("axis", 1, n.Rank(0));
      if (n.Rank(i) != 1 || n.Shape(i)[0] != shape[axis]) {
        return Unsupported("a scale of shape " + ir::ToString(n.Shape(i)));
      }
      along[axis] = shape[axis];
    }
    spread.values.push_back(n.emit().Reshape(n.In(i), along));
  }
  return spread;
}

absl::StatusOr<Value> MapSpread(Node& n, const Spread& spread, Emitter::Body body) {
  Emitter& e = n.emit();
  SINTER_ASSIGN_OR_RETURN(const Value result,
                          e.Map(spread.values, spread.shape, n.OutElement(), body));
  return e.Reshape(result, n.OutShape());
}

Value ZeroPoint(ValueRange x) { return x.size() > 2 ? x[2] : Value(); }

absl::Status DequantizeLinear(Node& n) {
  SINTER_ASSIGN_OR_RETURN(const Spread spread, SpreadInputs(n));
  return n.Return(MapSpread(n, spread, [&](Scalars& s, ValueRange x) {
    return Dequantized(s, x[0], Unpacked(s, x[1], n.Type(1)), ZeroPoint(x), n.Type(0));
  }));
}

// A quotient as a number of the type that it is to be computed in.
Value RoundedTo(Scalars& outer, Value quotient, DType precision) {
  Scalars s = outer.Exact();
  mlir::OpBuilder& b = s.builder();
  const mlir::Type type = precision == DType::kFloat16    ? mlir::Type(b.getF16Type())
                          : precision == DType::kBFloat16 ? mlir::Type(b.getBF16Type())
                                                          : quotient.getType();
  return s.Convert(s.Convert(quotient, type), quotient.getType());
}

absl::Status QuantizeLinear(Node& n) {
  DType precision = n.Type(1);
  if (const int64_t said = n.Int("precision", 0); said != 0) precision = static_cast<DType>(said);
  if (precision == DType::kFloat8E8M0) precision = DType::kFloat32;
  const bool exact = precision == DType::kFloat64 || precision == DType::kInt32;
  if (!exact && precision != DType::kFloat32 && precision != DType::kFloat16 &&
      precision != DType::kBFloat16) {
    return Unsupported(absl::StrCat("`precision` ", ir::NameOf(precision)));
  }
  if (!IsQuantizedType(n.OutType())) {
    return Unsupported(absl::StrCat("quantization to ", ir::NameOf(n.OutType())));
  }
  SINTER_ASSIGN_OR_RETURN(const Spread spread, SpreadInputs(n));
  return n.Return(MapSpread(n, spread, [&](Scalars& outer, ValueRange x) {
    Scalars s = Scalars(outer.builder(), outer.location(), false).Exact();
    const mlir::Type type = exact ? mlir::Type(s.builder().getF64Type()) : s.builder().getF32Type();
    const Value real = RoundedTo(s, s.Convert(x[0], type), precision);
    const Value scale = RoundedTo(s, s.Convert(Unpacked(s, x[1], n.Type(1)), type), precision);
    const Value quotient = RoundedTo(s, s.Div(real, scale), precision);
    return Quantized(s, quotient, ZeroPoint(x), n.OutType(), n.Int("saturate", 1) != 0);
  }));
}

}  // namespace

Value Dequantized(Scalars& outer, Value stored, Value scale, Value zero_point, DType dtype) {
  Scalars s = Scalars(outer.builder(), outer.location(), IsUnsignedInteger(dtype)).Exact();
  const mlir::Type type = scale.getType();
  Value value = s.Convert(Unpacked(s, stored, dtype), type);
  if (zero_point) value = s.Sub(value, s.Convert(Unpacked(s, zero_point, dtype), type));
  return s.Mul(value, scale);
}

Value Quantized(Scalars& outer, Value quotient, Value zero_point, DType dtype, bool saturate) {
  const bool is_unsigned = IsUnsignedInteger(dtype);
  Scalars s = Scalars(outer.builder(), outer.location(), is_unsigned).Exact();
  const mlir::Type type = quotient.getType();
  Value zero = zero_point ? s.Convert(Unpacked(s, zero_point, dtype), type) : Value();
  if (IsSmallFloat(dtype)) {
    return ToSmallFloat(s, zero ? s.Add(quotient, zero) : quotient, dtype, {saturate});
  }
  const int bits = BitsOf(dtype);
  const Value lowest = s.Number(type, is_unsigned ? 0 : -static_cast<double>(1 << (bits - 1)));
  const Value highest =
      s.Number(type, static_cast<double>((1 << (is_unsigned ? bits : bits - 1)) - 1));
  Value value = s.Emit<mlir::math::RoundEvenOp>(quotient);
  if (zero) value = s.Add(value, zero);
  using Relation = Scalars::Relation;
  value = s.Select(s.Compare(Relation::kGreater, value, lowest), value, lowest);
  value = s.Select(s.Compare(Relation::kLess, value, highest), value, highest);
  const mlir::Type stored = s.builder().getIntegerType(std::max(bits, 8));
  const Value integer = s.Convert(value, stored, is_unsigned);
  if (!IsNarrowInteger(dtype)) return integer;
  return s.Emit<mlir::arith::AndIOp>(integer, s.Number(stored, (1 << bits) - 1));
}

bool IsQuantizedType(DType dtype) {
  if (IsSmallFloat(dtype)) return dtype != DType::kFloat8E8M0;
  switch (dtype) {
    case DType::kInt8:
    case DType::kUInt8:
    case DType::kInt16:
    case DType::kUInt16:
      return true;
    default:
      return IsNarrowInteger(dtype);
  }
}

void AddQuantize(LoweringTable& table) {
  table["DequantizeLinear"] = DequantizeLinear;
  table["QuantizeLinear"] = QuantizeLinear;
}

}  // namespace sinter::legalize
