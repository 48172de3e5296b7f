#include "compiler_core/codegen/weights/weights.h"

#include <cstring>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/codegen/weights/mapped_output.h"
#include "compiler_core/codegen/weights/object_frame.h"
#include "compiler_core/codegen/weights/weight_layout.h"

namespace sinter::codegen {
namespace {

// Writes the blobs of one fragment from `start` of the file on; what is before is written.
absl::Status WriteBlobs(const ir::ExecutionPlan& plan, int64_t start, MappedOutput& file) {
  int64_t written = 0;
  for (const ir::WeightBlob& blob : plan.weights) {
    if (blob.offset < written || blob.offset + blob.bytes > plan.weight_bytes) {
      return absl::InternalError(absl::StrCat("the weights at ", blob.offset, " overlap others"));
    }
    blob.write(file.data() + start + blob.offset);
    written = blob.offset + blob.bytes;
    file.Release(start + written);
  }
  return absl::OkStatus();
}

// `start`: of the section in the file.
void WriteConstants(const ir::Program& program, const std::vector<int64_t>& offsets, int64_t start,
                    MappedOutput& file) {
  for (size_t i = 0; i < offsets.size(); ++i) {
    if (offsets[i] < 0) continue;
    const ir::HostTensor tensor = program.constants.Get(static_cast<int64_t>(i)).RowMajor();
    const int64_t bytes = tensor.num_elements() * ir::SizeOf(tensor.dtype());
    std::memcpy(file.data() + start + offsets[i], tensor.bytes(), bytes);
  }
}

}  // namespace

absl::Status WriteWeights(const ir::ModelPlan& model, const v1::Target& target,
                          const std::string& path) {
  const WeightLayout weights = LayOutWeights(model);
  SINTER_ASSIGN_OR_RETURN(const ObjectFrame frame, FrameFor(target, weights.bytes));
  const int64_t start = static_cast<int64_t>(frame.head.size());
  const int64_t end = start + weights.bytes;
  SINTER_ASSIGN_OR_RETURN(
      MappedOutput file, MappedOutput::Create(path, end + static_cast<int64_t>(frame.tail.size())));
  std::memcpy(file.data(), frame.head.data(), frame.head.size());
  for (size_t i = 0; i < model.fragments.size(); ++i) {
    SINTER_RETURN_IF_ERROR(WriteBlobs(model.fragments[i], start + weights.fragments[i], file));
  }
  for (const ir::Program* program : ProgramsOf(model)) {
    WriteConstants(*program, weights.constants.at(program), start, file);
  }
  std::memcpy(file.data() + end, frame.tail.data(), frame.tail.size());
  return absl::OkStatus();
}

}  // namespace sinter::codegen
