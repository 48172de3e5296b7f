// The model's inputs as its caller will see them: which names are inputs at all, and what their
// dimensions are called, after the request's --shape options.
#ifndef SINTER_COMPILER_CORE_IMPORT_MODEL_INPUTS_H_
#define SINTER_COMPILER_CORE_IMPORT_MODEL_INPUTS_H_

#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/import/assumptions.h"
#include "compiler_core/ir/signature.h"
#include "proto/sinter/v1/options.pb.h"

namespace onnx {
class GraphProto;
}

namespace sinter::import {

struct ModelInputs {
  // A free dimension is a symbol: the model's name for it, or `<input>_dim<k>` if it has none.
  std::vector<std::pair<std::string, onnx::TensorInfo>> values;
  std::vector<ir::DimRange> ranges;
};

// Dimensions that `options` fix are noted in `assumptions`.
// ERRORS: INVALID_ARGUMENT (bad_option, malformed_model), UNIMPLEMENTED (unsupported_type,
// unsupported_shape: an input without a rank).
absl::StatusOr<ModelInputs> ReadInputs(const ::onnx::GraphProto& graph,
                                       const v1::CompileOptions& options, Assumptions& assumptions);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_MODEL_INPUTS_H_
