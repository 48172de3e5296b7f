// A model as the reference evaluator takes it: parsed, and its other files in memory.
#ifndef SINTER_CLIENT_CLI_WHOLE_MODEL_H_
#define SINTER_CLIENT_CLI_WHOLE_MODEL_H_

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "base/mapped_file.h"
#include "client/model/model_tree.h"
#include "onnx/onnx_pb.h"
#include "reference/tensor_proto.h"
#include "runtime/loaded_model.h"
#include "runtime/value.h"

namespace sinter::client {

struct WholeModel {
  onnx::ModelProto proto;
  std::vector<base::MappedFile> maps;  // what `external_data` borrows from
  reference::ExternalData external_data;
};

// ERRORS: those of reading the files; INVALID_ARGUMENT if it is no ONNX model.
absl::StatusOr<WholeModel> ReadWholeModel(const ModelTree& tree);

// Takes the external data of initializers into `proto`. ERRORS: as reference::FromProto().
absl::Status TakeIn(WholeModel& model);

// Runs a library on inputs in its order, in a process of its own, as `sinter run` does; all files
// go to `folder`. RETURNS: its outputs in its order. ERRORS: INVALID_ARGUMENT if it refuses the
// inputs, INTERNAL if it fails.
absl::StatusOr<std::vector<runtime::Value>> RunLibrary(const runtime::LoadedModel& model,
                                                       absl::Span<const runtime::Value> inputs,
                                                       const std::string& folder);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_CLI_WHOLE_MODEL_H_
