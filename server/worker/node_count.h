// How many nodes a model's main graph has, without loading the model.
#ifndef SINTER_SERVER_WORKER_NODE_COUNT_H_
#define SINTER_SERVER_WORKER_NODE_COUNT_H_

#include "absl/strings/string_view.h"

namespace sinter::server {

// Walks the protobuf wire format of `model` (an onnx.ModelProto) and skips all else, weights too.
// RETURNS: the count; what could be counted, if the bytes are malformed.
int CountNodes(absl::string_view model);

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_NODE_COUNT_H_
