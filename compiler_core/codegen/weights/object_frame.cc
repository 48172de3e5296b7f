#include "compiler_core/codegen/weights/object_frame.h"

#include "absl/strings/str_cat.h"
#include "llvm/TargetParser/Triple.h"

namespace sinter::codegen {

absl::StatusOr<ObjectFrame> FrameFor(const v1::Target& target, int64_t weight_bytes) {
  const bool is_wasm = llvm::Triple(target.triple()).isWasm();
  return is_wasm ? WasmFrame(target, weight_bytes) : ElfFrame(target, weight_bytes);
}

absl::Status TooManyWeights(const v1::Target& target, int64_t weight_bytes, int64_t most) {
  return absl::ResourceExhaustedError(absl::StrCat(
      "the model has ", weight_bytes, " bytes of weights; the most that a library for `",
      target.triple(), "` can hold is ", most));
}

}  // namespace sinter::codegen
