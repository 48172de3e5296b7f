#include "compiler_core/codegen/weights/weight_layout.h"

namespace sinter::codegen {
namespace {

constexpr int64_t kAlignment = 64;

// Makes room for `bytes` and says where.
int64_t Place(int64_t bytes, int64_t* end) {
  const int64_t at = (*end + kAlignment - 1) / kAlignment * kAlignment;
  *end = at + bytes;
  return at;
}

}  // namespace

std::vector<const ir::Program*> ProgramsOf(const ir::ModelPlan& model) {
  std::vector<const ir::Program*> programs;
  if (model.program != nullptr) programs.push_back(model.program.get());
  for (size_t i = 0; i < programs.size(); ++i) {
    for (const auto& subprogram : programs[i]->subprograms) programs.push_back(subprogram.get());
  }
  return programs;
}

WeightLayout LayOutWeights(const ir::ModelPlan& model) {
  WeightLayout layout;
  for (const ir::ExecutionPlan& fragment : model.fragments) {
    const int64_t bytes = fragment.weight_bytes;
    layout.fragments.push_back(bytes == 0 ? 0 : Place(bytes, &layout.bytes));
  }
  for (const ir::Program* program : ProgramsOf(model)) {
    std::vector<int64_t>& offsets = layout.constants[program];
    offsets.assign(program->constants.size(), -1);
    for (const ir::Slot& slot : program->slots) {
      if (slot.constant < 0 || slot.constant >= program->constants.size()) continue;
      const ir::HostTensor& tensor = program->constants.Get(slot.constant);
      const int64_t bytes = tensor.num_elements() * ir::SizeOf(tensor.dtype());
      if (bytes == 0 || offsets[slot.constant] >= 0) continue;
      offsets[slot.constant] = Place(bytes, &layout.bytes);
    }
  }
  return layout;
}

}  // namespace sinter::codegen
