#include "compiler_core/targets/builtin_targets.h"

#include "absl/strings/string_view.h"
#include "base/check.h"

namespace sinter::targets {
namespace {

constexpr char kX86[] = {
#include "compiler_core/targets/cpu_x86/target.inc"
};
constexpr char kArm[] = {
#include "compiler_core/targets/cpu_arm/target.inc"
};
constexpr char kRiscv[] = {
#include "compiler_core/targets/riscv/target.inc"
};
constexpr char kWasm[] = {
#include "compiler_core/targets/wasm/target.inc"
};

}  // namespace

target::TargetRegistry BuiltinTargets() {
  target::TargetRegistry registry;
  for (absl::string_view table :
       {absl::string_view(kX86, sizeof(kX86)), absl::string_view(kArm, sizeof(kArm)),
        absl::string_view(kRiscv, sizeof(kRiscv)), absl::string_view(kWasm, sizeof(kWasm))}) {
    SINTER_CHECK_OK(registry.AddTable(table));
  }
  return registry;
}

}  // namespace sinter::targets
