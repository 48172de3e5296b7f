#include "compiler_core/library/testing/call.h"

#include <cstdlib>

#include "gtest/gtest.h"

namespace sinter::library {

Heap::Heap() {
  context_.struct_size = sizeof(context_);
  context_.num_threads = 1;
  context_.allocate = Allocate;
  context_.release = Release;
  context_.memory = this;
}

Heap::~Heap() { SINTER_CHECK(blocks_ == 0) << "blocks that were not released"; }

void* Heap::Allocate(void* heap, uint64_t bytes) {
  Heap* self = static_cast<Heap*>(heap);
  if (self->remaining_ == 0 || bytes > (uint64_t{1} << 32)) return nullptr;
  if (self->remaining_ > 0) --self->remaining_;
  const uint64_t whole = (bytes + SINTER_ALIGNMENT - 1) / SINTER_ALIGNMENT * SINTER_ALIGNMENT;
  void* block = std::aligned_alloc(SINTER_ALIGNMENT, whole);
  std::memset(block, 0xa5, whole);
  ++self->blocks_;
  return block;
}

void Heap::Release(void* heap, void* block) {
  --static_cast<Heap*>(heap)->blocks_;
  std::free(block);
}

template <>
sinter_dtype DtypeOf<float>() {
  return SINTER_F32;
}
template <>
sinter_dtype DtypeOf<double>() {
  return SINTER_F64;
}
template <>
sinter_dtype DtypeOf<uint8_t>() {
  return SINTER_U8;
}
template <>
sinter_dtype DtypeOf<int8_t>() {
  return SINTER_I8;
}
template <>
sinter_dtype DtypeOf<uint16_t>() {
  return SINTER_U16;
}
template <>
sinter_dtype DtypeOf<int16_t>() {
  return SINTER_I16;
}
template <>
sinter_dtype DtypeOf<uint32_t>() {
  return SINTER_U32;
}
template <>
sinter_dtype DtypeOf<int32_t>() {
  return SINTER_I32;
}
template <>
sinter_dtype DtypeOf<uint64_t>() {
  return SINTER_U64;
}
template <>
sinter_dtype DtypeOf<int64_t>() {
  return SINTER_I64;
}
template <>
sinter_dtype DtypeOf<bool>() {
  return SINTER_BOOL;
}

Call::Call(sinter_op op, int32_t version) : op_(op), version_(version) { Outputs(1); }

Call::~Call() { ReleaseOutputs(); }

void* Call::Keep(const void* data, size_t bytes) {
  kept_.push_back(std::make_unique<char[]>(bytes + SINTER_ALIGNMENT));
  const uintptr_t start = reinterpret_cast<uintptr_t>(kept_.back().get());
  void* aligned =
      reinterpret_cast<void*>((start + SINTER_ALIGNMENT - 1) / SINTER_ALIGNMENT * SINTER_ALIGNMENT);
  if (bytes > 0) std::memcpy(aligned, data, bytes);
  return aligned;
}

const sinter_string* Call::KeepStrings(const std::vector<std::string>& values) {
  std::vector<sinter_string> strings;
  for (const std::string& value : values) {
    strings.push_back(
        {static_cast<char*>(Keep(value.data(), value.size())), static_cast<int64_t>(value.size())});
  }
  return static_cast<sinter_string*>(Keep(strings.data(), strings.size() * sizeof(sinter_string)));
}

sinter_value Call::Bytes(const std::vector<int64_t>& dims, sinter_dtype dtype,
                         const std::string& bytes) {
  sinter_value value = {};
  value.kind = SINTER_TENSOR;
  value.dtype = dtype;
  value.rank = static_cast<int32_t>(dims.size());
  for (size_t i = 0; i < dims.size(); ++i) value.dims[i] = dims[i];
  SINTER_CHECK(static_cast<int64_t>(bytes.size()) ==
               sinter_num_elements(&value) * sinter_element_size(dtype));
  if (!bytes.empty()) value.data = Keep(bytes.data(), bytes.size());
  return value;
}

sinter_value Call::StringTensor(const std::vector<int64_t>& dims,
                                const std::vector<std::string>& values) {
  const sinter_string* strings = KeepStrings(values);
  return Bytes(
      dims, SINTER_STRING,
      std::string(reinterpret_cast<const char*>(strings), values.size() * sizeof(sinter_string)));
}

sinter_value Call::Sequence(const std::vector<sinter_value>& items) {
  sinter_value value = {};
  value.kind = SINTER_SEQUENCE;
  value.count = static_cast<int64_t>(items.size());
  value.items = static_cast<sinter_value*>(Keep(items.data(), items.size() * sizeof(sinter_value)));
  return value;
}

sinter_value Call::Map(const sinter_value& keys, const sinter_value& values) {
  sinter_value value = Sequence({keys, values});
  value.kind = SINTER_MAP;
  return value;
}

Call& Call::Input(const sinter_value& value) {
  values_.push_back(value);
  inputs_.push_back(&values_.back());
  return *this;
}

Call& Call::NoInput() {
  inputs_.push_back(nullptr);
  return *this;
}

sinter_attr* Call::AddAttr(const std::string& name, int64_t count) {
  sinter_attr attr = {};
  attr.name = static_cast<char*>(Keep(name.c_str(), name.size() + 1));
  attr.count = count;
  attrs_.push_back(attr);
  return &attrs_.back();
}

Call& Call::Ints(const std::string& name, const std::vector<int64_t>& values) {
  AddAttr(name, values.size())->ints =
      static_cast<int64_t*>(Keep(values.data(), values.size() * sizeof(int64_t)));
  return *this;
}

Call& Call::Floats(const std::string& name, const std::vector<float>& values) {
  AddAttr(name, values.size())->floats =
      static_cast<float*>(Keep(values.data(), values.size() * sizeof(float)));
  return *this;
}

Call& Call::StringList(const std::string& name, const std::vector<std::string>& values) {
  AddAttr(name, values.size())->strings = KeepStrings(values);
  return *this;
}

Call& Call::TensorAttr(const std::string& name, const sinter_value& value) {
  AddAttr(name, 1)->tensors = static_cast<sinter_value*>(Keep(&value, sizeof(value)));
  return *this;
}

Call& Call::Outputs(int32_t count) {
  outputs_.assign(count, sinter_value{});
  wanted_.assign(count, true);
  return *this;
}

Call& Call::NoOutput(int32_t index) {
  wanted_[index] = false;
  return *this;
}

void Call::ReleaseOutputs() {
  for (sinter_value& output : outputs_) sinter_release(heap_.context(), &output);
}

int32_t Call::RunOnce() {
  ReleaseOutputs();
  const int64_t blocks = heap_.blocks();
  std::vector<sinter_value*> outputs;
  for (size_t i = 0; i < outputs_.size(); ++i) {
    outputs.push_back(wanted_[i] ? &outputs_[i] : nullptr);
  }
  const char* message = "";
  sinter_op_call call = {};
  call.version = version_;
  call.num_inputs = static_cast<int32_t>(inputs_.size());
  call.num_outputs = static_cast<int32_t>(outputs.size());
  call.num_attrs = static_cast<int32_t>(attrs_.size());
  call.attrs = attrs_.data();
  call.inputs = inputs_.data();
  call.outputs = outputs.data();
  call.context = heap_.context();
  call.message = &message;
  const int32_t status = op_(&call);
  message_ = message;
  EXPECT_EQ(status != SINTER_OK, !message_.empty()) << "an error has a message, and it alone";
  if (status != SINTER_OK) {
    ReleaseOutputs();
    EXPECT_EQ(heap_.blocks(), blocks) << "memory was not released";
  }
  return status;
}

int32_t Call::Run() {
  ReleaseOutputs();
  const int64_t blocks = heap_.blocks();
  int32_t status = SINTER_NO_MEMORY;
  for (int64_t allowed = 0; allowed < 100 && status == SINTER_NO_MEMORY; ++allowed) {
    heap_.SetRemaining(allowed);
    status = RunOnce();
    ReleaseOutputs();
    EXPECT_EQ(heap_.blocks(), blocks) << "scratch memory was not released";
  }
  heap_.SetRemaining(-1);
  return RunOnce();
}

std::vector<double> Call::Numbers(int32_t i) const {
  std::vector<double> numbers;
  const int64_t count = sinter_num_elements(&outputs_[i]);
  for (int64_t k = 0; k < count; ++k) numbers.push_back(sinter_number_at(&outputs_[i], k));
  return numbers;
}

std::vector<int64_t> Call::DimsOf(const sinter_value& value) {
  SINTER_CHECK(value.kind == SINTER_TENSOR);
  return std::vector<int64_t>(value.dims, value.dims + value.rank);
}

std::vector<std::string> Call::StringsOf(const sinter_value& value) {
  SINTER_CHECK(value.kind == SINTER_TENSOR && value.dtype == SINTER_STRING);
  const sinter_string* strings = static_cast<const sinter_string*>(value.data);
  std::vector<std::string> result;
  for (int64_t i = 0; i < sinter_num_elements(&value); ++i) {
    result.emplace_back(strings[i].data == nullptr ? "" : strings[i].data, strings[i].size);
  }
  return result;
}

}  // namespace sinter::library
