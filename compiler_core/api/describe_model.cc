#include "compiler_core/api/describe_model.h"

#include <algorithm>
#include <string>

#include "compiler_core/codegen/model_kernels.h"
#include "compiler_core/codegen/weights/weight_layout.h"

namespace sinter::api {
namespace {

v1::ArtifactManifest::Value Tensor(const std::string& name, ir::DType dtype,
                                   const ir::SymShape& shape) {
  v1::ArtifactManifest::Value described;
  described.set_name(name);
  described.set_dtype(static_cast<int>(dtype));
  described.set_dtype_name(std::string(ir::NameOf(dtype)));
  for (const ir::SymExpr& dim : shape) described.add_dims(dim.ToString());
  return described;
}

v1::ArtifactManifest::Value Describe(const ir::Slot& slot) {
  if (slot.type.kind == ir::SlotType::Kind::kTensor) {
    v1::ArtifactManifest::Value value = Tensor(slot.name, slot.type.dtype, slot.type.shape);
    if (!slot.type.ranked) value.set_unranked(true);
    return value;
  }
  v1::ArtifactManifest::Value value;
  value.set_name(slot.name);
  value.set_type(slot.type.text);
  return value;
}

void DescribeSignature(const ir::Signature& signature, v1::ArtifactManifest& manifest) {
  manifest.set_model_name(signature.model_name);
  for (const ir::ModelValue& input : signature.inputs) {
    *manifest.add_inputs() = Tensor(input.name, input.dtype, input.shape);
  }
  for (const ir::ModelValue& output : signature.outputs) {
    *manifest.add_outputs() = Tensor(output.name, output.dtype, output.shape);
  }
}

void DescribeProgram(const ir::Program& program, v1::ArtifactManifest& manifest) {
  manifest.set_model_name(program.name);
  for (int slot : program.inputs) *manifest.add_inputs() = Describe(program.slots[slot]);
  for (int slot : program.outputs) *manifest.add_outputs() = Describe(program.slots[slot]);
}

}  // namespace

void DescribeModel(const ir::ModelPlan& model, v1::ArtifactManifest& manifest) {
  if (model.program == nullptr) {
    DescribeSignature(model.fragments[0].signature, manifest);
    manifest.set_arena_bytes(model.fragments[0].arena_bytes.ToString());
  } else {
    DescribeProgram(*model.program, manifest);
  }
  ir::SymExpr flops, bytes_moved;
  int64_t arena = 0;
  bool arena_known = true;
  int calls = 0;
  for (const ir::ExecutionPlan& fragment : model.fragments) {
    flops = flops + fragment.flops;
    bytes_moved = bytes_moved + fragment.bytes_moved;
    calls += static_cast<int>(fragment.calls.size());
    arena = std::max(arena, fragment.arena_bytes.AsConstant().value_or(0));
    arena_known &= fragment.arena_bytes.IsConstant();
  }
  if (model.program != nullptr && arena_known) manifest.set_arena_bytes(std::to_string(arena));
  manifest.set_flops(flops.AsConstant().value_or(0));
  manifest.set_bytes_moved(bytes_moved.AsConstant().value_or(0));
  manifest.set_weight_bytes(codegen::LayOutWeights(model).bytes);
  manifest.set_kernels(static_cast<int>(codegen::KernelsOf(model).size()));
  manifest.set_kernel_calls(calls);
}

}  // namespace sinter::api
