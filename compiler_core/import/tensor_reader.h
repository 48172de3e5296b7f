// TensorProtos as HostTensors: views of the parsed model's bytes or of external data where the
// bytes are already what we want, copies where they are packed differently. Thread-safe once made.
#ifndef SINTER_COMPILER_CORE_IMPORT_TENSOR_READER_H_
#define SINTER_COMPILER_CORE_IMPORT_TENSOR_READER_H_

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/types/span.h"
#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/input_file.h"

namespace onnx {
class TensorProto;
}

namespace sinter::import {

// Its bytes are std::string objects; views of it can't be made.
ir::HostTensor StringTensor(std::vector<int64_t> dims, std::vector<std::string> strings);

class TensorReader {
 public:
  // Views keep `owner` alive: what owns the TensorProtos. files[0] is the model, the others its
  // external data; their bytes must outlive the tensors.
  TensorReader(std::shared_ptr<const void> owner, absl::Span<const ir::InputFile> files)
      : owner_(std::move(owner)), files_(files) {}

  // ERRORS: INVALID_ARGUMENT (malformed_model, bad_external_data), UNIMPLEMENTED
  // (unsupported_type), RESOURCE_EXHAUSTED (too_large).
  absl::StatusOr<ir::HostTensor> Read(const ::onnx::TensorProto& tensor) const;

 private:
  absl::StatusOr<absl::string_view> ExternalBytes(const ::onnx::TensorProto& tensor,
                                                  int64_t needed) const;

  std::shared_ptr<const void> owner_;
  absl::Span<const ir::InputFile> files_;
};

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_TENSOR_READER_H_
