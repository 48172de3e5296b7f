// The rows of onnx.td at run time: which ops, and which versions of them, the compiler knows.
// Immutable after the first use; thread-safe.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_OP_ROWS_H_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_OP_ROWS_H_

#include <cstdint>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/types/span.h"

namespace sinter::onnx {

struct OpRow {
  absl::string_view op;           // "Conv", or with its domain "com.microsoft.Gelu"
  absl::string_view category;     // the file of ops/ that has the row
  std::vector<int64_t> versions;  // ascending

  bool Supports(int64_t version) const;
};

// By name.
absl::Span<const OpRow> AllRows();

// RETURNS: null if there is no such row.
const OpRow* FindRow(absl::string_view op);

// The row's op whose name is most like `op`, for hints; may be empty.
absl::string_view NearestOp(absl::string_view op);

}  // namespace sinter::onnx

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_OP_ROWS_H_
