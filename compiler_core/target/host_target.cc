#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "base/scalable_vectors.h"
#include "base/status_macros.h"
#include "compiler_core/target/machine.h"
#include "compiler_core/target/target_registry.h"
#include "llvm/ADT/StringMap.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/TargetParser/Host.h"
#include "llvm/TargetParser/Triple.h"

namespace sinter::target {
namespace {

// The features that generated code makes use of. Others (crypto, virtualization) are left out, so
// that machines which differ only in those share cached artifacts.
constexpr const char* kArithmeticFeatures[] = {
    // x86-64
    "amx-bf16", "amx-fp16", "amx-int8", "amx-tile", "avx512bf16", "avx512bitalg", "avx512fp16",
    "avx512ifma", "avx512vbmi", "avx512vbmi2", "avx512vnni", "avx512vpopcntdq", "avxifma",
    "avxneconvert", "avxvnni", "avxvnniint16", "avxvnniint8", "f16c", "fma", "gfni",
    // Arm
    "bf16", "dotprod", "fullfp16", "i8mm", "sme", "sme2", "sve", "sve2",
    // RISC-V
    "zfh", "zvfh", "zvl256b", "zvl512b"};

// Whether code for `row` needs registers whose width no feature tells.
bool HasScalableVectors(const v1::Target& row) {
  return std::any_of(row.features().begin(), row.features().end(), [](const std::string& feature) {
    return feature == "+sve" || feature == "+v";
  });
}

bool HostCanRun(const llvm::StringMap<bool>& host, const v1::Target& row) {
  if (HasScalableVectors(row) && base::ScalableVectorBits() < row.vector_bits()) return false;
  auto wanted = SubtargetOf(row);
  if (!wanted.ok()) return false;
  for (const llvm::SubtargetFeatureKV& feature : (*wanted)->getEnabledProcessorFeatures()) {
    auto known = host.find(feature.Key);
    if (known != host.end() && !known->second) return false;
  }
  return true;
}

}  // namespace

absl::StatusOr<v1::Target> TargetRegistry::Host() const {
  const llvm::Triple triple(llvm::sys::getProcessTriple());
  const llvm::StringMap<bool> features = llvm::sys::getHostCPUFeatures();
  const v1::Target* best = nullptr;
  for (const v1::Target& row : targets_) {
    if (llvm::Triple(row.triple()).getArch() == triple.getArch() && HostCanRun(features, row)) {
      best = &row;
    }
  }
  if (best == nullptr) {
    return absl::UnimplementedError(
        absl::StrCat("there is no target for this machine, `", triple.str(), "`"));
  }
  v1::Target target = *best;
  SINTER_ASSIGN_OR_RETURN(auto row, SubtargetOf(*best));
  for (const char* name : kArithmeticFeatures) {
    auto found = features.find(name);
    const std::string signed_name = absl::StrCat("+", name);
    if (found != features.end() && found->second && !row->checkFeatures(signed_name)) {
      target.add_features(signed_name);
    }
  }
  std::sort(target.mutable_features()->begin(), target.mutable_features()->end());
  target.set_name(absl::StrCat("host:", llvm::sys::getHostCPUName().str()));
  return target;
}

}  // namespace sinter::target
