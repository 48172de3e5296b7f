// LLVM's view of a v1::Target.
#ifndef SINTER_COMPILER_CORE_TARGET_MACHINE_H_
#define SINTER_COMPILER_CORE_TARGET_MACHINE_H_

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/Target/TargetMachine.h"
#include "proto/sinter/v1/target.pb.h"

namespace sinter::target {

// The features of `target` as LLVM wants them: "+a,+b".
std::string FeatureString(const v1::Target& target);

// What the CPU named by `target` can do. The result may outlive `target`.
// ERRORS: UNIMPLEMENTED for a triple that this LLVM has no backend for, or a CPU or feature that it
// does not know.
absl::StatusOr<std::unique_ptr<llvm::MCSubtargetInfo>> SubtargetOf(const v1::Target& target);

// A code generator for `target`: position-independent (but for WebAssembly), contracting
// floating-point operations only where the IR says so. `optimization_level` is 0 to 3. Not
// thread-safe; one for each thread. ERRORS: as SubtargetOf.
absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> CreateMachine(const v1::Target& target,
                                                                   int optimization_level);

}  // namespace sinter::target

#endif  // SINTER_COMPILER_CORE_TARGET_MACHINE_H_
