#include "compiler_core/codegen/testing/program_builder.h"

#include "absl/strings/ascii.h"

namespace sinter::codegen {
namespace {

// out[i] = a[i] + b[i * stride].
constexpr char kAddLoops[] = R"(
func.func @kernel(%a: memref<?xf32>, %b: memref<?xf32>, %out: memref<?xf32>, %stride: index,
                  %begin: index, %end: index) {
  %c1 = arith.constant 1 : index
  scf.for %i = %begin to %end step %c1 {
    %j = arith.muli %i, %stride : index
    %x = memref.load %a[%i] : memref<?xf32>
    %y = memref.load %b[%j] : memref<?xf32>
    %z = arith.addf %x, %y : f32
    memref.store %z, %out[%i] : memref<?xf32>
  }
  return
})";

constexpr char kNotZeroLoops[] = R"(
func.func @kernel(%x: memref<?xf32>, %out: memref<?xi8>, %begin: index, %end: index) {
  %c1 = arith.constant 1 : index
  %zero = arith.constant 0.0 : f32
  scf.for %i = %begin to %end step %c1 {
    %a = memref.load %x[%i] : memref<?xf32>
    %differs = arith.cmpf une, %a, %zero : f32
    %byte = arith.extui %differs : i1 to i8
    memref.store %byte, %out[%i] : memref<?xi8>
  }
  return
})";

ir::BufferRef Buffer(ir::BufferRef::Space space, int index = 0) {
  ir::BufferRef buffer;
  buffer.space = space;
  buffer.index = index;
  return buffer;
}

using Space = ir::BufferRef::Space;

}  // namespace

ir::SlotType TensorType(ir::DType dtype, ir::SymShape shape) {
  ir::SlotType type;
  type.dtype = dtype;
  type.ranked = true;
  type.shape = std::move(shape);
  return type;
}

ir::SlotType UnrankedType(ir::DType dtype) {
  ir::SlotType type;
  type.dtype = dtype;
  return type;
}

ir::SlotType TypeOf(ir::SlotType::Kind kind, std::string text) {
  ir::SlotType type;
  type.kind = kind;
  type.text = std::move(text);
  return type;
}

ir::HostTensor StringTensorOf(std::vector<int64_t> dims, std::vector<std::string> values) {
  auto owner = std::make_shared<std::vector<std::string>>(std::move(values));
  return ir::HostTensor(ir::DType::kString, std::move(dims), owner->data(), owner);
}

ir::CallAttribute IntsAttribute(std::string name, std::vector<int64_t> values) {
  ir::CallAttribute attribute;
  attribute.name = std::move(name);
  attribute.ints = std::move(values);
  return attribute;
}

ProgramBuilder::ProgramBuilder(const std::string& name)
    : program_(std::make_unique<ir::Program>()) {
  program_->name = name;
}

int ProgramBuilder::Slot(const std::string& name, ir::SlotType type) {
  program_->slots.emplace_back();
  program_->slots.back().name = name;
  program_->slots.back().type = std::move(type);
  return static_cast<int>(program_->slots.size()) - 1;
}

int ProgramBuilder::Input(const std::string& name, ir::SlotType type) {
  const int slot = Slot(name, std::move(type));
  program_->inputs.push_back(slot);
  return slot;
}

int ProgramBuilder::Constant(const std::string& name, ir::HostTensor tensor) {
  const ir::SymShape shape(tensor.dims().begin(), tensor.dims().end());
  const int slot = Slot(name, TensorType(tensor.dtype(), shape));
  program_->slots[slot].constant = program_->constants.Add(std::move(tensor));
  return slot;
}

void ProgramBuilder::Fragment(int fragment, std::vector<int> inputs, std::vector<int> outputs) {
  program_->steps.emplace_back();
  ir::Step& step = program_->steps.back();
  step.fragment = fragment;
  step.inputs = std::move(inputs);
  step.outputs = std::move(outputs);
  step.node = "fragment";
}

ir::Step& ProgramBuilder::Library(const std::string& function, int64_t version,
                                  std::vector<int> inputs, std::vector<int> outputs) {
  program_->steps.emplace_back();
  ir::Step& step = program_->steps.back();
  step.kind = ir::Step::Kind::kLibrary;
  step.function = function;
  step.version = version;
  step.inputs = std::move(inputs);
  step.outputs = std::move(outputs);
  step.node = absl::AsciiStrToLower(function);
  return step;
}

ir::ExecutionPlan AddAmount(const ir::SymExpr& size, float amount) {
  ir::ExecutionPlan plan;
  plan.signature.inputs = {{"x", ir::DType::kFloat32, {size}}};
  plan.signature.outputs = {{"y", ir::DType::kFloat32, {size}}};
  plan.kernels = {{"k_add", kAddLoops}};
  const ir::BufferRef arena = Buffer(Space::kArena), zero = Buffer(Space::kWeights);
  ir::BufferRef weight = zero;
  weight.offset = 64;
  plan.calls = {{0, {Buffer(Space::kInput), weight, arena}, {0}, size, size, {"add"}},
                {0, {arena, zero, Buffer(Space::kOutput)}, {0}, size, size, {"copy"}}};
  plan.calls[0].work = {{size}, 0, size * 8 + 4, ir::DType::kFloat32, {"Add"}};
  plan.arena_bytes = size * 4;
  plan.weight_bytes = 68;
  plan.weights = {{0, 4, [](char* out) { std::memset(out, 0, 4); }},
                  {64, 4, [amount](char* out) { std::memcpy(out, &amount, 4); }}};
  return plan;
}

ir::ExecutionPlan AddTwo(const ir::SymExpr& size) {
  ir::ExecutionPlan plan;
  plan.signature.inputs = {{"x", ir::DType::kFloat32, {size}}, {"y", ir::DType::kFloat32, {size}}};
  plan.signature.outputs = {{"z", ir::DType::kFloat32, {size}}};
  plan.kernels = {{"k_add", kAddLoops}};
  plan.calls = {{0,
                 {Buffer(Space::kInput), Buffer(Space::kInput, 1), Buffer(Space::kOutput)},
                 {1},
                 size,
                 size,
                 {"sum"}}};
  return plan;
}

ir::ExecutionPlan IsNotZero() {
  ir::ExecutionPlan plan;
  plan.signature.inputs = {{"x", ir::DType::kFloat32, {1}}};
  plan.signature.outputs = {{"y", ir::DType::kBool, {}}};
  plan.kernels = {{"k_not_zero", kNotZeroLoops}};
  plan.calls = {{0, {Buffer(Space::kInput), Buffer(Space::kOutput)}, {}, 1, 1, {"not_zero"}}};
  return plan;
}

}  // namespace sinter::codegen
