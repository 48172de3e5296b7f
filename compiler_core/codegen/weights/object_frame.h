// The bytes around the weights in their object file, in each target's format: one read-only section
// and the hidden symbol `sinter_weights` at its start.
#ifndef SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_OBJECT_FRAME_H_
#define SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_OBJECT_FRAME_H_

#include <cstdint>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::codegen {

// What the section is aligned to in memory.
inline constexpr int64_t kWeightAlignment = 64;

struct ObjectFrame {
  std::string head;  // the weights follow on it
  std::string tail;
};

// ERRORS: RESOURCE_EXHAUSTED for more weights than the format, or the code that reads them, can
// reach; UNIMPLEMENTED for a target whose format is not known.
absl::StatusOr<ObjectFrame> FrameFor(const v1::Target& target, int64_t weight_bytes);

// Its parts.
absl::StatusOr<ObjectFrame> ElfFrame(const v1::Target& target, int64_t weight_bytes);
absl::StatusOr<ObjectFrame> WasmFrame(const v1::Target& target, int64_t weight_bytes);
absl::Status TooManyWeights(const v1::Target& target, int64_t weight_bytes, int64_t most);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_OBJECT_FRAME_H_
