#include "compiler_core/dialect/onnx/shape_rules.h"

#include "base/check.h"

namespace sinter::onnx {
namespace {

struct RuleRow {
  absl::string_view op;
  ShapeRule rule;
};

constexpr RuleRow kRules[] = {
#define ONNX_ROW(op, category, rule, ...) {op, shape_rules::rule},
#define ONNX_SPECIAL(op)
#include "compiler_core/dialect/onnx/op_rows.inc"
#undef ONNX_ROW
#undef ONNX_SPECIAL
};

}  // namespace

ShapeRule FindShapeRule(absl::string_view op) {
  for (const RuleRow& row : kRules) {
    if (row.op == op) return row.rule;
  }
  SINTER_CHECK(false) << "no row for " << op;
  return nullptr;
}

}  // namespace sinter::onnx
