// The functions that a model brings along, before they are expanded: each may call others many
// times, so that a few kilobytes can stand for more nodes than any memory holds, or for a recursion
// without end. Called by ExpandFunctions() ahead of ONNX's inliner, which trusts them. Stateless.
#ifndef SINTER_COMPILER_CORE_IMPORT_LOCAL_FUNCTIONS_H_
#define SINTER_COMPILER_CORE_IMPORT_LOCAL_FUNCTIONS_H_

#include "absl/status/status.h"

namespace onnx {
class ModelProto;
}

namespace sinter::import {

// Takes time linear in the model's size. ERRORS: INVALID_ARGUMENT (malformed_model) if functions
// call one another in a circle, or in a chain of more than 64; RESOURCE_EXHAUSTED (too_large) if
// the expanded graph has more than 2^20 nodes, or more than 2^30 bytes.
absl::Status CheckLocalFunctions(const ::onnx::ModelProto& model);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_LOCAL_FUNCTIONS_H_
