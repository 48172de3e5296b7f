// Reads an ONNX file into ONNX's own protos, and does there what is best done there: checks that
// don't need types, and the expansion of functions. Everything of ONNX's library that throws is
// called here. Stateless.
#ifndef SINTER_COMPILER_CORE_IMPORT_ONNX_FILE_H_
#define SINTER_COMPILER_CORE_IMPORT_ONNX_FILE_H_

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace onnx {
class GraphProto;
class ModelProto;
class NodeProto;
class OpSchema;
}  // namespace onnx

namespace sinter::import {

// Large weights are not in the result: see light_model.h.
// ERRORS: INVALID_ARGUMENT (malformed_model), RESOURCE_EXHAUSTED (too_large).
absl::StatusOr<std::shared_ptr<::onnx::ModelProto>> ParseModel(absl::string_view bytes);

// Versions by domain, "ai.onnx" being "".
using Opsets = std::map<std::string, int64_t>;
// ERRORS: INVALID_ARGUMENT; UNIMPLEMENTED (unsupported_opset) for a newer ONNX than ours.
absl::StatusOr<Opsets> ReadOpsets(const ::onnx::ModelProto& model);

// The domain of a node or opset as ONNX's registry has it: "" for "ai.onnx".
std::string NormalDomain(absl::string_view domain);

// The definition of the node's op in the model's opset (ONNX's, or contrib_schemas.h's); null if
// there is none.
const ::onnx::OpSchema* SchemaOf(const ::onnx::NodeProto& node, const Opsets& opsets);

// Replaces calls of the model's own functions by their bodies. ERRORS: INVALID_ARGUMENT.
absl::Status ExpandFunctions(::onnx::ModelProto& model, const Opsets& opsets);

// The node against its op's schema: number of inputs and outputs, required attributes and their
// types. ERRORS: INVALID_ARGUMENT (malformed_model).
absl::Status CheckNode(const ::onnx::NodeProto& node, const Opsets& opsets, int64_t ir_version);

// The node's op as rows are named: "Conv", "com.microsoft.Gelu".
std::string OpName(const ::onnx::NodeProto& node);

// The node's name, or "OpType#index".
std::string NodeName(const ::onnx::NodeProto& node, int index);

// The nodes that the outputs need, in an order in which values are defined before they are used.
struct GraphOrder {
  std::vector<int> nodes;
  // If not OK: what is wrong with the graph, and with which node (-1 = none).
  absl::Status error;
  int culprit = -1;
};
// error: INVALID_ARGUMENT (cyclic_graph, missing_value, duplicate_name).
GraphOrder OrderNodes(const ::onnx::GraphProto& graph);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_ONNX_FILE_H_
