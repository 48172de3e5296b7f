// What one walk over a graph gives (see graph_walker.h).
#ifndef SINTER_COMPILER_CORE_IMPORT_WALK_RESULT_H_
#define SINTER_COMPILER_CORE_IMPORT_WALK_RESULT_H_

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/import/value_table.h"
#include "compiler_core/ir/modules.h"
#include "proto/sinter/v1/diagnostic.pb.h"

namespace sinter::import {

struct WalkResult {
  // The walk found that dimensions have to be equal: do it again, with what is assumed now.
  bool again = false;
  std::vector<v1::Diagnostic> diagnostics;
  // The first error, if there is one; else `model` is set unless `again`.
  absl::Status status;
  std::optional<ir::OnnxProgram> model;
  // Of a sub-graph: its outputs' types, in the outer graph's terms, and which of the outer graph's
  // values it reads; the program has them as inputs after the sub-graph's own.
  std::vector<onnx::TensorInfo> outputs;
  std::vector<std::pair<std::string, Value*>> captures;
};

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_WALK_RESULT_H_
