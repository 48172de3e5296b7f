// The list of target folders that are linked in. Adding a target is a folder and a line here.
#ifndef SINTER_COMPILER_CORE_TARGETS_BUILTIN_TARGETS_H_
#define SINTER_COMPILER_CORE_TARGETS_BUILTIN_TARGETS_H_

#include "compiler_core/target/target_registry.h"

namespace sinter::targets {

// A registry of the rows of every compiler_core/targets/*/target.textproto.
target::TargetRegistry BuiltinTargets();

}  // namespace sinter::targets

#endif  // SINTER_COMPILER_CORE_TARGETS_BUILTIN_TARGETS_H_
