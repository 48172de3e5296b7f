#include "compiler_core/codegen/testing/program_runner.h"

#include <dlfcn.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "gtest/gtest.h"

namespace sinter::codegen {
namespace {

void* NewBlock(uint64_t bytes) {
  const uint64_t rounded = (bytes + SINTER_ALIGNMENT - 1) / SINTER_ALIGNMENT * SINTER_ALIGNMENT;
  void* block = std::aligned_alloc(SINTER_ALIGNMENT, std::max<uint64_t>(rounded, SINTER_ALIGNMENT));
  if (block != nullptr) std::memset(block, 0xa5, bytes);
  return block;
}

template <typename T>
std::vector<T> ElementsOf(const sinter_value& value, sinter_dtype dtype) {
  EXPECT_EQ(value.kind, SINTER_TENSOR);
  EXPECT_EQ(value.dtype, dtype);
  int64_t count = 1;
  for (int i = 0; i < value.rank; ++i) count *= value.dims[i];
  const T* data = static_cast<const T*>(value.data);
  return std::vector<T>(data, data + count);
}

}  // namespace

ProgramRunner::ProgramRunner(const std::string& library) {
  handle_ = dlopen(library.c_str(), RTLD_NOW | RTLD_LOCAL);
  EXPECT_NE(handle_, nullptr) << dlerror();
  model_ = reinterpret_cast<sinter_model_v1_fn>(dlsym(handle_, SINTER_MODEL_SYMBOL))();
  context_.struct_size = sizeof(context_);
  context_.num_threads = 1;
  context_.allocate = Allocate;
  context_.release = Release;
  context_.memory = this;
  context_.on_kernel = OnKernel;
  context_.on_kernel_user = this;
  context_.on_call = OnCall;
  context_.on_call_user = this;
  context_.failure = &failure_;
}

ProgramRunner::~ProgramRunner() {
  FreeOutputs();
  EXPECT_EQ(in_use_, 0);
  for (void* block : blocks_) std::free(block);
  dlclose(handle_);
}

void* ProgramRunner::Allocate(void* self, uint64_t bytes) {
  auto* runner = static_cast<ProgramRunner*>(self);
  if (runner->remaining_ == 0) return nullptr;
  if (runner->remaining_ > 0) --runner->remaining_;
  runner->peak_ = std::max(runner->peak_, ++runner->in_use_);
  return NewBlock(bytes);
}

void ProgramRunner::Release(void* self, void* block) {
  --static_cast<ProgramRunner*>(self)->in_use_;
  std::free(block);
}

void ProgramRunner::OnKernel(void* self, int32_t call) {
  static_cast<ProgramRunner*>(self)->kernel_calls_.push_back(call);
}

void ProgramRunner::OnCall(void* self, int32_t call, const sinter_work* work) {
  std::string text = std::to_string(call);
  if (work != nullptr) {
    text +=
        ": " + std::to_string(work->flops) + " flops, " + std::to_string(work->bytes) + " bytes";
  }
  static_cast<ProgramRunner*>(self)->profile_.push_back(std::move(text));
}

void ProgramRunner::FreeOutputs() {
  model_->free_values(outputs_.data(), static_cast<int32_t>(outputs_.size()), &context_);
  outputs_.clear();
}

sinter_value ProgramRunner::Tensor(sinter_dtype dtype, const std::vector<int64_t>& dims,
                                   const void* data, size_t bytes) {
  sinter_value value = {};
  value.kind = SINTER_TENSOR;
  value.dtype = dtype;
  value.rank = static_cast<int32_t>(dims.size());
  std::copy(dims.begin(), dims.end(), value.dims);
  if (bytes == 0) return value;
  value.data = NewBlock(bytes);
  blocks_.push_back(value.data);
  std::memcpy(value.data, data, bytes);
  return value;
}

sinter_value ProgramRunner::Floats(const std::vector<int64_t>& dims,
                                   const std::vector<float>& values) {
  return Tensor(1, dims, values.data(), values.size() * sizeof(float));
}

sinter_value ProgramRunner::Ints(const std::vector<int64_t>& dims,
                                 const std::vector<int64_t>& values) {
  return Tensor(7, dims, values.data(), values.size() * sizeof(int64_t));
}

sinter_value ProgramRunner::Bool(bool value) {
  const char byte = value ? 1 : 0;
  return Tensor(9, {}, &byte, 1);
}

sinter_value ProgramRunner::Sequence(const std::vector<sinter_value>& items) {
  items_.push_back(items);
  sinter_value value = {};
  value.kind = SINTER_SEQUENCE;
  value.count = static_cast<int64_t>(items.size());
  value.items = items_.back().data();
  return value;
}

int32_t ProgramRunner::Run(const std::vector<sinter_value>& inputs) {
  FreeOutputs();
  EXPECT_EQ(in_use_, 0);
  EXPECT_EQ(inputs.size(), static_cast<size_t>(model_->num_inputs));
  kernel_calls_.clear();
  profile_.clear();
  std::vector<sinter_value> outputs(model_->num_outputs);
  std::memset(outputs.data(), 0xa5, outputs.size() * sizeof(sinter_value));
  const int32_t status = model_->run_values(inputs.data(), outputs.data(), &context_);
  if (status == SINTER_OK)
    outputs_ = outputs;
  else
    EXPECT_EQ(in_use_, 0) << "after an error there are no outputs";
  return status;
}

int ProgramRunner::RunShortOfMemory(const std::vector<sinter_value>& inputs) {
  for (int allocations = 0;; ++allocations) {
    remaining_ = allocations;
    const int32_t status = Run(inputs);
    remaining_ = -1;
    if (status == SINTER_OK) return allocations;
    EXPECT_EQ(status, SINTER_NO_MEMORY)
        << (failure_.node == nullptr ? "" : failure_.node) << ": " << failure_.message;
    EXPECT_NE(failure_.message, nullptr);
    EXPECT_EQ(failure_.bad_input, -1);
    if (status != SINTER_NO_MEMORY) return -1;
  }
}

std::vector<int64_t> DimsOf(const sinter_value& value) {
  return std::vector<int64_t>(value.dims, value.dims + value.rank);
}

std::vector<float> FloatsOf(const sinter_value& value) { return ElementsOf<float>(value, 1); }

std::vector<int64_t> IntsOf(const sinter_value& value) { return ElementsOf<int64_t>(value, 7); }

std::vector<std::string> StringsOf(const sinter_value& value) {
  std::vector<std::string> strings;
  for (const sinter_string& text : ElementsOf<sinter_string>(value, SINTER_STRING)) {
    strings.emplace_back(text.data, text.size);
  }
  return strings;
}

}  // namespace sinter::codegen
