// Pad: a constant border is a view; reflected, repeated and wrapped ones read the source again.
#include <string>

#include "base/status_macros.h"
#include "compiler_core/legalize/indexing.h"
#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

namespace {

using ir::SymExpr;
using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;

// Padding before each dimension; what comes after follows from the result's shape.
absl::StatusOr<SymShape> ReadLow(Node& n) {
  const int64_t rank = n.Rank(0);
  SymShape pads;
  if (n.version() >= 11) {
    SINTER_ASSIGN_OR_RETURN(pads, n.Required(1, "pads"));
  } else {
    for (int64_t pad : n.Ints("pads")) pads.push_back(pad);
  }
  SymShape low(rank, 0);
  if (!n.Has(3)) {
    std::copy(pads.begin(), pads.begin() + rank, low.begin());
    return low;
  }
  SINTER_ASSIGN_OR_RETURN(const std::vector<int64_t> axes, n.RequiredNumbers(3, "axes"));
  for (size_t i = 0; i < axes.size(); ++i) low[axes[i] + (axes[i] < 0 ? rank : 0)] = pads[i];
  return low;
}

// Negative padding cuts elements off; the rest of the op then only adds some.
absl::StatusOr<Value> CutOff(Node& n, SymShape& low) {
  const SymShape in = n.Shape(0), out = n.OutShape();
  SymShape offsets(in.size(), 0), sizes = in;
  for (size_t i = 0; i < in.size(); ++i) {
    const SymExpr high = out[i] - in[i] - low[i];
    if (SymExpr::ProvablyLessEqual(low[i], -1)) {
      offsets[i] = SymExpr(0) - low[i];
      sizes[i] = sizes[i] + low[i];
      low[i] = 0;
    } else if (!SymExpr::ProvablyLessEqual(0, low[i])) {
      return Undecided("can't tell whether the padding `" + low[i].ToString() + "` is negative");
    }
    if (SymExpr::ProvablyLessEqual(high, -1)) {
      sizes[i] = sizes[i] + high;
    } else if (!SymExpr::ProvablyLessEqual(0, high)) {
      return Undecided("can't tell whether the padding `" + high.ToString() + "` is negative");
    }
  }
  return n.emit().Slice(n.In(0), offsets, sizes, std::vector<int64_t>(in.size(), 1));
}

// The source position for result position `position` (relative to the source; may be outside).
Value SourcePosition(Scalars& s, Value position, Value size, const std::string& mode) {
  const Value zero = s.Like(position, 0), one = s.Like(position, 1);
  if (mode == "edge" || mode == "constant") return s.Min(s.Max(position, zero), s.Sub(size, one));
  const auto wrap = [&](Value period) {
    const Value rest = s.Rem(position, period);
    return s.Select(s.Compare(Scalars::Relation::kLess, rest, zero), s.Add(rest, period), rest);
  };
  if (mode == "wrap") return wrap(size);
  const Value last = s.Sub(size, one);
  const Value period = s.Max(s.Add(last, last), one);
  const Value there = wrap(period);
  const Value back = s.Sub(period, there);
  return s.Select(s.Compare(Scalars::Relation::kGreater, there, last), back, there);
}

// Reads `source` (already cut) at a computed position for each element of the result. In constant
// mode, `border` (a scalar tensor) is what elements outside get.
absl::StatusOr<Value> ReadAround(Node& n, Value source, const SymShape& low,
                                 const std::string& mode, Value border) {
  Emitter& e = n.emit();
  const SymShape shape = core::ShapeOf(source);
  std::vector<Value> offsets, sizes;
  for (size_t i = 0; i < shape.size(); ++i) {
    offsets.push_back(e.Dim(low[i]));
    sizes.push_back(e.Dim(shape[i]));
  }
  const ValueRange inputs = border ? ValueRange(border) : ValueRange();
  return n.Map(inputs, [&](Scalars& s, ValueRange x) {
    std::vector<Value> indices;
    Value inside;
    for (size_t i = 0; i < shape.size(); ++i) {
      const Value position = s.Sub(s.Index(static_cast<int64_t>(i)), offsets[i]);
      indices.push_back(SourcePosition(s, position, sizes[i], mode));
      const Value same = s.Compare(Scalars::Relation::kEqual, position, indices.back());
      inside = inside ? s.Emit<mlir::arith::AndIOp>(inside, same) : same;
    }
    const Value element = Extract(s, source, indices);
    if (!border || !inside) return element;
    return s.Select(inside, element, s.Convert(x[0], element.getType()));
  });
}

absl::Status Pad(Node& n) {
  SINTER_ASSIGN_OR_RETURN(SymShape low, ReadLow(n));
  SINTER_ASSIGN_OR_RETURN(const Value source, CutOff(n, low));
  const std::string mode = n.String("mode", "constant");
  Emitter& e = n.emit();
  if (mode != "constant") return n.Return(ReadAround(n, source, low, mode, {}));
  mlir::Attribute value = e.builder().getZeroAttr(n.OutElement());
  if (n.version() < 11 && mlir::isa<mlir::FloatType>(n.OutElement())) {
    value = e.builder().getFloatAttr(n.OutElement(), n.Float("value", 0));
  } else if (n.version() >= 11 && n.Has(2)) {
    value = e.SplatOf(n.In(2));
    if (!value) return n.Return(ReadAround(n, source, low, mode, n.In(2)));
  }
  return n.Return(e.Pad(source, low, {}, n.OutShape(), value));
}

}  // namespace

void AddPad(LoweringTable& table) { table["Pad"] = Pad; }

}  // namespace sinter::legalize
