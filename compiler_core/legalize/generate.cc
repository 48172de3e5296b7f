// Ops whose elements follow from their positions.
#include "base/status_macros.h"
#include "compiler_core/legalize/indexing.h"
#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

namespace {

using ir::SymExpr;
using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;
using Relation = Scalars::Relation;

// A tensor of `values` of rank 0 or 1, chosen by position.
Value FromExpressions(Emitter& e, const SymShape& values, const SymShape& shape,
                      mlir::Type element) {
  std::vector<Value> known;
  for (const SymExpr& value : values) known.push_back(e.Dim(value));
  return e.MapOperands({}, shape, element, [&](Scalars& s, ValueRange) {
    if (known.empty()) return s.Number(element, 0);
    Value result = known.back();
    if (known.size() > 1) {
      const Value position = s.Index(0);
      for (size_t i = known.size() - 1; i-- > 0;) {
        const Value here =
            s.Compare(Relation::kEqual, position, s.Like(position, static_cast<double>(i)));
        result = s.Select(here, known[i], result);
      }
    }
    return s.FromIndex(result, element);
  });
}

// onnx.SymConstant, and Shape and Size of anything.
absl::Status Expressions(Node& n, const SymShape& values) {
  if (n.OutShape().size() > 1) return Unsupported("values of more than one dimension");
  return n.Return(FromExpressions(n.emit(), values, n.OutShape(), n.OutElement()));
}

absl::Status Shape(Node& n) {
  const SymShape shape = n.Shape(0);
  const int64_t rank = n.Rank(0);
  const auto bound = [&](const char* name, int64_t otherwise) {
    const int64_t value = n.Int(name, otherwise);
    return std::min(std::max<int64_t>(value < 0 ? value + rank : value, 0), rank);
  };
  const int64_t start = bound("start", 0), end = std::max(bound("end", rank), start);
  return Expressions(n, SymShape(shape.begin() + start, shape.begin() + end));
}

absl::Status Size(Node& n) { return Expressions(n, {ir::NumElements(n.Shape(0))}); }

absl::Status ConstantOfShape(Node& n) {
  Emitter& e = n.emit();
  mlir::Attribute value = e.builder().getZeroAttr(n.OutElement());
  if (const ir::HostTensor* given = n.ConstAttr("value"))
    value = e.NumberOf(*given, n.OutElement());
  return n.Return(e.Splat(n.OutShape(), mlir::cast<mlir::TypedAttr>(value)));
}

// start + position * delta
absl::Status Range(Node& n) {
  return n.Return(n.Map({n.In(0), n.In(2)}, [](Scalars& s, ValueRange x) {
    return s.Add(x[0], s.Mul(s.FromIndex(s.Index(0), x[0].getType()), x[1]));
  }));
}

absl::Status EyeLike(Node& n) {
  const double k = static_cast<double>(n.Int("k", 0));
  return n.Return(n.Map({}, [&](Scalars& s, ValueRange) {
    const Value row = s.Index(0);
    const Value on = s.Compare(Relation::kEqual, s.Index(1), s.Add(row, s.Like(row, k)));
    return s.Select(on, s.Number(n.OutElement(), 1), s.Number(n.OutElement(), 0));
  }));
}

// values = [off, on]; the new dimension is at `axis`.
absl::Status OneHot(Node& n) {
  Emitter& e = n.emit();
  const SymShape out = n.OutShape();
  const int64_t rank = static_cast<int64_t>(out.size()), axis = n.Axis("axis", -1, rank);
  llvm::SmallVector<int64_t> dims;
  for (int64_t i = 0; i < rank; ++i) {
    if (i != axis) dims.push_back(i);
  }
  const Value values = n.In(2), depth = e.Dim(out[axis]);
  const Operand indices{n.In(0), e.Dims(rank, dims)};
  return n.Return(e.MapOperands(indices, out, n.OutElement(), [&](Scalars& s, ValueRange x) {
    const mlir::Type i64 = s.builder().getI64Type();
    Scalars as_signed(s.builder(), s.location(), /*is_unsigned=*/false);
    const Value index = as_signed.ToIndex(s.Convert(x[0], i64));
    const Value zero = s.Like(index, 0);
    const Value wrapped =
        s.Select(s.Compare(Relation::kLess, index, zero), s.Add(index, depth), index);
    const Value hit = s.Compare(Relation::kEqual, wrapped, s.Index(axis));
    return s.Select(hit, Extract(s, values, {s.Like(index, 1)}), Extract(s, values, {zero}));
  }));
}

}  // namespace

void AddGenerate(LoweringTable& table) {
  table["SymConstant"] = [](Node& n) {
    const auto values = n.KnownOutput();
    return values ? Expressions(n, *values) : Unsupported("no values");
  };
  table["Shape"] = Shape;
  table["Size"] = Size;
  table["ConstantOfShape"] = ConstantOfShape;
  table["Range"] = Range;
  table["EyeLike"] = EyeLike;
  table["OneHot"] = OneHot;
}

}  // namespace sinter::legalize
