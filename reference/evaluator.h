// The reference evaluator: what a model means, computed as plainly as its definition reads.
//
// It shares nothing with the compiler but ONNX's schemas, from which it takes versions, types and
// the bodies of ops that are defined as functions and that we don't implement ourselves. It is made
// for being right; a model that takes a compiled artifact a millisecond may take a minute here.
#ifndef SINTER_REFERENCE_EVALUATOR_H_
#define SINTER_REFERENCE_EVALUATOR_H_

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "onnx/onnx_pb.h"
#include "reference/tensor_proto.h"
#include "reference/value.h"

namespace sinter::reference {

struct EvaluateOptions {
  // For random operators that have no seed of their own.
  uint64_t seed = 0;
  // For tensors whose data is in other files.
  ExternalData external_data;
  // Called after each node of the main graph, of subgraphs and of functions with what it computed.
  std::function<void(const onnx::NodeProto&, const std::vector<Value>&)> observe;
};

// RETURNS: name and value of each output of the graph, in its order.
// ERRORS: INVALID_ARGUMENT for a model or inputs that are not as ONNX demands, UNIMPLEMENTED for an
// op that the evaluator does not have, RESOURCE_EXHAUSTED for tensors beyond any memory. The
// message begins with the node.
absl::StatusOr<std::vector<std::pair<std::string, Value>>> Evaluate(
    const onnx::ModelProto& model, const std::map<std::string, Value>& inputs,
    const EvaluateOptions& options = {});

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_EVALUATOR_H_
