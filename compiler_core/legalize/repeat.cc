// Ops that repeat a tensor along dimensions.
#include "base/status_macros.h"
#include "compiler_core/legalize/lowerings.h"

namespace sinter::legalize {

namespace {

using ir::SymExpr;
using ir::SymShape;
using mlir::Value;
using mlir::ValueRange;

absl::Status Expand(Node& n) {
  if (n.Shape(0) == n.OutShape()) return n.Return(n.In(0));
  if (const mlir::TypedAttr value = n.emit().SplatOf(n.In(0))) {
    return n.Return(n.emit().Splat(n.OutShape(), value));
  }
  return n.Return(n.Map(n.In(0), [](Scalars&, ValueRange x) { return x[0]; }));
}

// The result seen as [repeats0, size0, repeats1, size1, ...], less the dimensions that are 1.
absl::Status Tile(Node& n) {
  Emitter& e = n.emit();
  const SymShape in = n.Shape(0), out = n.OutShape();
  SINTER_ASSIGN_OR_RETURN(const SymShape repeats, n.Required(1, "repeats"));
  SymShape split, source;
  llvm::SmallVector<int64_t> dims;
  for (size_t i = 0; i < in.size(); ++i) {
    if (repeats[i] != 1) split.push_back(repeats[i]);
    if (in[i] == 1) continue;
    dims.push_back(static_cast<int64_t>(split.size()));
    split.push_back(in[i]);
    source.push_back(in[i]);
  }
  const Operand operand{e.Reshape(n.In(0), source), e.Dims(split.size(), dims)};
  const Value tiled =
      e.MapOperands(operand, split, n.OutElement(), [](Scalars&, ValueRange x) { return x[0]; });
  return n.Return(e.Reshape(tiled, out));
}

}  // namespace

void AddRepeat(LoweringTable& table) {
  table["Expand"] = Expand;
  table["Tile"] = Tile;
}

}  // namespace sinter::legalize
