// One walk over a graph, in order: each node is folded, carried symbolically, or becomes an op.
#ifndef SINTER_COMPILER_CORE_IMPORT_GRAPH_IMPORTER_H_
#define SINTER_COMPILER_CORE_IMPORT_GRAPH_IMPORTER_H_

#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/import/assumptions.h"
#include "compiler_core/import/model_inputs.h"
#include "compiler_core/import/onnx_file.h"
#include "compiler_core/import/tensor_reader.h"
#include "compiler_core/ir/modules.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/MLIRContext.h"
#include "proto/sinter/v1/diagnostic.pb.h"

namespace sinter::import {

// What does not change between walks.
struct ImportedModel {
  std::shared_ptr<const ::onnx::ModelProto> proto;
  Opsets opsets;
  std::vector<int> order;
  ModelInputs inputs;
};

struct WalkResult {
  // The walk found that dimensions have to be equal: do it again with these.
  bool again = false;
  std::vector<v1::Diagnostic> diagnostics;
  // The first error, if there is one; else `module` is set unless `again`.
  absl::Status status;
  std::optional<ir::OnnxModule> module;
};

// `assumptions` may grow. Each walk starts from nothing.
WalkResult WalkGraph(mlir::MLIRContext& context, const ImportedModel& model,
                     const TensorReader& tensors, Assumptions& assumptions);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_GRAPH_IMPORTER_H_
