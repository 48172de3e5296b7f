#include "compiler_core/target/target_registry.h"

#include <algorithm>
#include <string>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "base/status_macros.h"
#include "compiler_core/target/machine.h"
#include "google/protobuf/text_format.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/StringRef.h"
#include "llvm/MC/MCSubtargetInfo.h"
#include "llvm/TargetParser/Triple.h"

namespace sinter::target {
namespace {

llvm::StringRef Ref(absl::string_view text) { return llvm::StringRef(text.data(), text.size()); }

absl::Status UnknownTarget(absl::string_view name, const std::vector<v1::Target>& known) {
  std::vector<std::pair<unsigned, std::string>> by_distance;
  for (const v1::Target& target : known) {
    by_distance.emplace_back(Ref(name).edit_distance(target.name()), target.name());
  }
  std::sort(by_distance.begin(), by_distance.end());
  if (by_distance.size() > 3) by_distance.resize(3);
  return absl::UnimplementedError(
      absl::StrCat("there is no target `", name, "`; the nearest are ",
                   absl::StrJoin(by_distance, ", ", [](std::string* out, const auto& entry) {
                     absl::StrAppend(out, "`", entry.second, "`");
                   })));
}

// The features that tell rows of one architecture apart. An LLVM CPU also has tuning hints among
// its features, which a larger CPU may well lack.
constexpr const char* kRowFeatures[] = {
    "sse4.2",  "popcnt",   "avx2",     "fma",      "f16c",     "bmi2",             // x86-64-v2, v3
    "avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl",                     // v4
    "neon",    "sve",                                                              // Arm
    "m",       "a",        "f",        "d",        "c",        "v",    "zvl128b",  // RISC-V
    "zvl256b", "zvl512b",  "simd128",                                              // WebAssembly
};

// Whether the CPU can do all that `row` takes for granted. `vector_bits`: of its registers, or 0.
bool CanRun(const llvm::MCSubtargetInfo& cpu, int vector_bits, const v1::Target& row) {
  if (llvm::Triple(row.triple()).getArch() != cpu.getTargetTriple().getArch()) return false;
  auto wanted = SubtargetOf(row);
  if (!wanted.ok()) return false;
  // No feature tells how wide SVE's registers are.
  if ((*wanted)->getTargetTriple().isAArch64() && (*wanted)->checkFeatures("+sve") &&
      vector_bits < row.vector_bits()) {
    return false;
  }
  for (const llvm::SubtargetFeatureKV& feature : cpu.getAllProcessorFeatures()) {
    if (!llvm::is_contained(kRowFeatures, llvm::StringRef(feature.Key))) continue;
    if ((*wanted)->getFeatureBits().test(feature.Value) &&
        !cpu.getFeatureBits().test(feature.Value)) {
      return false;
    }
  }
  return true;
}

// What a client leaves open about a machine that it describes.
void FillFrom(const v1::Target& row, v1::Target& target) {
  if (target.vector_bits() == 0) target.set_vector_bits(row.vector_bits());
  if (target.vector_registers() == 0) target.set_vector_registers(row.vector_registers());
  if (!target.has_tiles()) *target.mutable_tiles() = row.tiles();
  if (target.abi().empty()) target.set_abi(row.abi());
  if (target.description().empty()) target.set_description(row.description());
}

}  // namespace

absl::Status TargetRegistry::AddTable(absl::string_view textproto) {
  v1::TargetTable table;
  if (!google::protobuf::TextFormat::ParseFromString(std::string(textproto), &table)) {
    return absl::InvalidArgumentError(
        "a target table is not a text-format `sinter.v1.TargetTable`");
  }
  for (v1::Target& row : *table.mutable_targets()) {
    for (const v1::Target& known : targets_) {
      if (known.name() != row.name()) continue;
      return absl::AlreadyExistsError(absl::StrCat("there are two targets `", row.name(), "`"));
    }
    SINTER_RETURN_IF_ERROR(SubtargetOf(row).status());
    std::sort(row.mutable_features()->begin(), row.mutable_features()->end());
    targets_.push_back(std::move(row));
  }
  return absl::OkStatus();
}

absl::StatusOr<v1::Target> TargetRegistry::ResolveByName(absl::string_view name) const {
  if (name == "server") return Host();
  for (const v1::Target& target : targets_) {
    if (target.name() == name) return target;
  }
  return UnknownTarget(name, targets_);
}

absl::StatusOr<v1::Target> TargetRegistry::Resolve(const v1::Target& wanted) const {
  if (wanted.triple().empty()) return ResolveByName(wanted.name());
  v1::Target target = wanted;
  std::sort(target.mutable_features()->begin(), target.mutable_features()->end());
  if (target.name().empty()) target.set_name(absl::StrCat("custom:", target.cpu()));
  SINTER_ASSIGN_OR_RETURN(auto cpu, SubtargetOf(target));
  const v1::Target* best = nullptr;
  for (const v1::Target& row : targets_) {
    if (CanRun(*cpu, wanted.vector_bits(), row)) best = &row;
  }
  if (best == nullptr) {
    return absl::UnimplementedError(absl::StrCat(
        "the CPU `", target.cpu(), "` of `", target.triple(), "` can run none of the targets ",
        absl::StrJoin(targets_, ", ", [](std::string* out, const v1::Target& row) {
          absl::StrAppend(out, "`", row.name(), "`");
        })));
  }
  if (target.abi() != "" && target.abi() != best->abi()) {
    return absl::UnimplementedError(absl::StrCat("the ABI `", target.abi(), "` is not supported; `",
                                                 best->name(), "` has `", best->abi(), "`"));
  }
  FillFrom(*best, target);
  return target;
}

}  // namespace sinter::target
