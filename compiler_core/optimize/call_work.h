// What a kernel call does, as expressions in the model's free dimensions: which nodes it computes,
// how much arithmetic each of them asks for, and how many bytes have to move at least. Profiles put
// it beside the time that the call takes.
#ifndef SINTER_COMPILER_CORE_OPTIMIZE_CALL_WORK_H_
#define SINTER_COMPILER_CORE_OPTIMIZE_CALL_WORK_H_

#include <vector>

#include "compiler_core/ir/execution_plan.h"
#include "compiler_core/optimize/groups.h"
#include "compiler_core/optimize/kernel_text.h"

namespace sinter::optimize {

// Fills in `nodes` and `work`.
//
// An addition, subtraction, multiplication, division or mathematical function of an element, float
// or integer, is one operation, and a fused multiply-add two; comparing, choosing, converting and
// working out positions is none. All iterations count, also those on padding. Of an operand, the
// elements that are read count once: all of it, but no more than there are reads, so that looking
// up rows of a table moves these rows. Results count once.
void DescribeWork(const Group& group, const std::vector<KernelInput>& inputs,
                  const std::vector<KernelResult>& results, ir::KernelCall& call);

}  // namespace sinter::optimize

#endif  // SINTER_COMPILER_CORE_OPTIMIZE_CALL_WORK_H_
