#include "compiler_core/dialect/onnx/op_rows.h"

#include <algorithm>

#include "absl/strings/ascii.h"

namespace sinter::onnx {
namespace {

const std::vector<OpRow>& Rows() {
  static const auto& rows = *new std::vector<OpRow>{
#define ONNX_ROW(op, category, rule, ...) {op, category, {__VA_ARGS__}},
#define ONNX_SPECIAL(op)
#include "compiler_core/dialect/onnx/op_rows.inc"
#undef ONNX_ROW
#undef ONNX_SPECIAL
  };
  return rows;
}

// Levenshtein's distance, without regard to case.
size_t EditDistance(absl::string_view a, absl::string_view b) {
  std::vector<size_t> row(b.size() + 1);
  for (size_t j = 0; j <= b.size(); ++j) row[j] = j;
  for (size_t i = 1; i <= a.size(); ++i) {
    size_t diagonal = row[0];
    row[0] = i;
    for (size_t j = 1; j <= b.size(); ++j) {
      const bool same = absl::ascii_tolower(a[i - 1]) == absl::ascii_tolower(b[j - 1]);
      const size_t best = std::min({row[j] + 1, row[j - 1] + 1, diagonal + (same ? 0 : 1)});
      diagonal = row[j];
      row[j] = best;
    }
  }
  return row[b.size()];
}

}  // namespace

bool OpRow::Supports(int64_t version) const {
  return std::binary_search(versions.begin(), versions.end(), version);
}

absl::Span<const OpRow> AllRows() { return Rows(); }

const OpRow* FindRow(absl::string_view op) {
  // The generator sorts by the rows' record names, which need not be the ops' order.
  for (const OpRow& row : Rows()) {
    if (row.op == op) return &row;
  }
  return nullptr;
}

absl::string_view NearestOp(absl::string_view op) {
  // A name that has to change more than a third of its letters is another word.
  size_t best = op.size() / 3 + 1;
  absl::string_view nearest;
  for (const OpRow& row : Rows()) {
    const size_t distance = EditDistance(op.substr(0, 64), row.op);
    if (distance >= best) continue;
    best = distance;
    nearest = row.op;
  }
  return nearest;
}

}  // namespace sinter::onnx
