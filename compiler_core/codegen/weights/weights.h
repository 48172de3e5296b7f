// A model's weights as a relocatable object, of ELF or WebAssembly.
#ifndef SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_WEIGHTS_H_
#define SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_WEIGHTS_H_

#include <string>

#include "absl/status/status.h"
#include "compiler_core/ir/execution_plan.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::codegen {

// Writes `path`: one read-only section, aligned to 64 bytes, and one hidden symbol `sinter_weights`
// at its start; within, what LayOutWeights() says. Weights write themselves into the mapped file,
// one after the other, so this takes no memory that grows with them. REQUIRES: there are weights.
// ERRORS: RESOURCE_EXHAUSTED above 2 GiB (x86-64: 64 GiB) or when the disk is full; UNIMPLEMENTED
// for a target whose object format is not known; INTERNAL if blobs overlap.
absl::Status WriteWeights(const ir::ModelPlan& model, const v1::Target& target,
                          const std::string& path);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_WEIGHTS_WEIGHTS_H_
