// Which operators the run-time library has (compiler_core/library). Stateless.
#ifndef SINTER_COMPILER_CORE_IMPORT_LIBRARY_FUNCTIONS_H_
#define SINTER_COMPILER_CORE_IMPORT_LIBRARY_FUNCTIONS_H_

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler_core/import/tensor_reader.h"
#include "compiler_core/ir/program.h"

namespace onnx {
class NodeProto;
}

namespace sinter::import {

// The function that computes the operator, as ir::Step::function; empty if there is none.
// `domain` is "" for ONNX's own.
absl::string_view FindLibraryFunction(absl::string_view domain, absl::string_view op);

// Sets the step's attributes from the node's, but for sub-graphs.
// ERRORS: as TensorReader::Read(); UNIMPLEMENTED (unsupported_attribute).
absl::Status ReadCallAttributes(const ::onnx::NodeProto& node, const TensorReader& tensors,
                                ir::Step& step);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_LIBRARY_FUNCTIONS_H_
