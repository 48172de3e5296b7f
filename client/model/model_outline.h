// What a client needs to know of an ONNX model before it is sent: its inputs, its outputs, what it
// is made of, and which other files it refers to. Found by one walk over the file's bytes, skipping
// the weights. Whether the model is valid is for the compiler to say.
#ifndef SINTER_CLIENT_MODEL_MODEL_OUTLINE_H_
#define SINTER_CLIENT_MODEL_MODEL_OUTLINE_H_

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/optional.h"

namespace sinter::client {

struct DimOutline {
  // Set if the model fixes it; a stored -1 means free, as in ONNX Runtime.
  absl::optional<int64_t> fixed;
  std::string name;  // of a free dimension; may be empty
};

struct ValueOutline {
  enum class Kind { kTensor, kSequence, kOptional, kMap, kOther };

  std::string name;
  Kind kind = Kind::kTensor;
  std::string type;          // as ONNX writes it, "seq(tensor(float))"; "" for kOther
  int32_t element_type = 0;  // onnx.TensorProto.DataType; 0 unless kTensor
  bool has_shape = false;
  std::vector<DimOutline> dims;
};

struct ModelOutline {
  int64_t ir_version = 0;
  std::string producer;  // name and version
  std::string graph_name;
  std::map<std::string, int64_t> opsets;      // by domain; "" is ai.onnx
  std::vector<ValueOutline> inputs;           // those that a caller must give
  std::vector<std::string> defaulted_inputs;  // graph inputs that have an initializer
  std::vector<ValueOutline> outputs;
  // How many nodes of each kind there are, subgraphs and functions included: "Conv", or
  // "com.microsoft::Gelu" outside of ai.onnx.
  std::map<std::string, int64_t> operators;
  int64_t nodes = 0;
  int64_t initializers = 0;
  int64_t parameters = 0;  // elements of all tensors, those of attributes too; saturates
  std::vector<std::string> external_locations;  // as the model spells them; sorted, once each
};

// RETURNS: the outline of a serialized onnx.ModelProto.
// ERRORS: INVALID_ARGUMENT if the bytes are not one, saying what was found and where.
absl::StatusOr<ModelOutline> ReadModelOutline(absl::string_view model_bytes);

}  // namespace sinter::client

#endif  // SINTER_CLIENT_MODEL_MODEL_OUTLINE_H_
