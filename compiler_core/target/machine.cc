#include "compiler_core/target/machine.h"

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "llvm/MC/TargetRegistry.h"
#include "llvm/Support/TargetSelect.h"
#include "llvm/Target/TargetOptions.h"
#include "llvm/TargetParser/Triple.h"

namespace sinter::target {
namespace {

// LLVM keeps its backends in a registry of the process; filling it twice would do no harm, doing so
// from two threads would.
void InitializeBackends() {
  static const bool initialized = [] {
    llvm::InitializeAllTargetInfos();
    llvm::InitializeAllTargets();
    llvm::InitializeAllTargetMCs();
    llvm::InitializeAllAsmPrinters();
    return true;
  }();
  (void)initialized;
}

absl::StatusOr<const llvm::Target*> LookupBackend(const v1::Target& target) {
  InitializeBackends();
  std::string error;
  const llvm::Target* backend = llvm::TargetRegistry::lookupTarget(target.triple(), error);
  if (backend == nullptr) {
    return absl::UnimplementedError(
        absl::StrCat("there is no code generator for the triple `", target.triple(), "`"));
  }
  return backend;
}

bool IsKnownFeature(const llvm::MCSubtargetInfo& subtarget, llvm::StringRef signed_name) {
  if (!signed_name.starts_with("+") && !signed_name.starts_with("-")) return false;
  for (const llvm::SubtargetFeatureKV& feature : subtarget.getAllProcessorFeatures()) {
    if (signed_name.drop_front() == feature.Key) return true;
  }
  return false;
}

llvm::CodeGenOptLevel CodeGenLevel(int optimization_level) {
  switch (optimization_level) {
    case 0:
      return llvm::CodeGenOptLevel::None;
    case 1:
      return llvm::CodeGenOptLevel::Less;
    case 2:
      return llvm::CodeGenOptLevel::Default;
    default:
      return llvm::CodeGenOptLevel::Aggressive;
  }
}

}  // namespace

std::string FeatureString(const v1::Target& target) {
  return absl::StrJoin(target.features(), ",");
}

absl::StatusOr<std::unique_ptr<llvm::MCSubtargetInfo>> SubtargetOf(const v1::Target& target) {
  absl::StatusOr<const llvm::Target*> backend = LookupBackend(target);
  if (!backend.ok()) return backend.status();
  // Asked without a CPU first: LLVM would print a warning about one that it does not know.
  std::unique_ptr<llvm::MCSubtargetInfo> plain(
      (*backend)->createMCSubtargetInfo(target.triple(), "", ""));
  if (!plain->isCPUStringValid(target.cpu())) {
    return absl::UnimplementedError(
        absl::StrCat("the CPU `", target.cpu(), "` is not known for `", target.triple(), "`"));
  }
  for (const std::string& feature : target.features()) {
    if (!IsKnownFeature(*plain, feature)) {
      return absl::UnimplementedError(absl::StrCat("the CPU feature `", feature,
                                                   "` is not known for `", target.triple(),
                                                   "`; features are written `+name` or `-name`"));
    }
  }
  return std::unique_ptr<llvm::MCSubtargetInfo>(
      (*backend)->createMCSubtargetInfo(target.triple(), target.cpu(), FeatureString(target)));
}

absl::StatusOr<std::unique_ptr<llvm::TargetMachine>> CreateMachine(const v1::Target& target,
                                                                   int optimization_level) {
  if (auto subtarget = SubtargetOf(target); !subtarget.ok()) return subtarget.status();
  absl::StatusOr<const llvm::Target*> backend = LookupBackend(target);
  if (!backend.ok()) return backend.status();
  llvm::TargetOptions options;
  options.AllowFPOpFusion = llvm::FPOpFusion::Standard;
  options.FunctionSections = true;
  options.DataSections = true;
  options.MCOptions.ABIName = target.abi();
  // A WebAssembly module has a memory to itself: nothing in it moves.
  const bool fixed = llvm::Triple(target.triple()).isWasm();
  std::unique_ptr<llvm::TargetMachine> machine(
      (*backend)->createTargetMachine(target.triple(), target.cpu(), FeatureString(target), options,
                                      fixed ? llvm::Reloc::Static : llvm::Reloc::PIC_, std::nullopt,
                                      CodeGenLevel(optimization_level)));
  if (machine == nullptr) {
    return absl::UnimplementedError(absl::StrCat("no code can be made for `", target.name(), "`"));
  }
  return machine;
}

}  // namespace sinter::target
