// Elementwise ops that convert, choose or pass on values.
#include "base/status_macros.h"
#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

namespace {

using mlir::Value;
using mlir::ValueRange;

absl::Status Identity(Node& n) { return n.Return(n.In(0)); }

// Inference only: the mask keeps everything.
absl::Status Dropout(Node& n) {
  if (n.Has(2) && !(n.Const(2) != nullptr && n.Const(2)->AsInt(0) == 0)) {
    return Unsupported("training mode");
  }
  SINTER_RETURN_IF_ERROR(n.Return(n.In(0)));
  if (n.num_outputs() < 2 || !n.IsUsed(1)) return absl::OkStatus();
  return n.Return(
      n.emit().Map({}, n.OutShape(1), n.OutElement(1),
                   [&](Scalars& s, ValueRange) { return s.Number(n.OutElement(1), 1); }),
      1);
}

absl::Status Clip(Node& n) {
  const bool by_input = n.version() >= 11;
  std::vector<Value> inputs = {n.In(0)};
  const bool low = by_input ? n.Has(1) : n.HasAttr("min");
  const bool high = by_input ? n.Has(2) : n.HasAttr("max");
  if (by_input && low) inputs.push_back(n.In(1));
  if (by_input && high) inputs.push_back(n.In(2));
  return n.Return(n.Map(inputs, [&](Scalars& s, ValueRange x) {
    Value result = x[0];
    size_t next = 1;
    if (low) result = s.Max(result, by_input ? x[next++] : s.Like(result, n.Float("min", 0)));
    if (high) result = s.Min(result, by_input ? x[next++] : s.Like(result, n.Float("max", 0)));
    return result;
  }));
}

absl::Status Where(Node& n) {
  return n.Return(n.Map({n.In(0), n.In(1), n.In(2)}, [](Scalars& s, ValueRange x) {
    return s.Select(s.IsTrue(x[0]), x[1], x[2]);
  }));
}

}  // namespace

void AddSelection(LoweringTable& table) {
  table["Identity"] = Identity;
  table["Dropout"] = Dropout;
  table["Clip"] = Clip;
  table["Where"] = Where;
}

}  // namespace sinter::legalize
