// Calls of the library's operators as tests write them:
//
//   Call call(sinter_op_Expand, 13);
//   call.Input<float>({1, 2}, {1, 2}).Input<int64_t>({2}, {2, 2});
//   ASSERT_EQ(call.Run(), SINTER_OK);
//   EXPECT_EQ(call.Dims(0), (std::vector<int64_t>{2, 2}));
//   EXPECT_EQ(call.Values<float>(0), (std::vector<float>{1, 2, 1, 2}));
//
// Each Run() first runs the operator with the first, second, ... allocation failing, and expects
// SINTER_NO_MEMORY; and each run must give back all its scratch memory, and what the outputs hold
// when they are released. Not thread-safe.
#ifndef SINTER_COMPILER_CORE_LIBRARY_TESTING_CALL_H_
#define SINTER_COMPILER_CORE_LIBRARY_TESTING_CALL_H_

#include <cstdint>
#include <cstring>
#include <deque>
#include <memory>
#include <string>
#include <vector>

#include "base/check.h"
#include "compiler_core/library/dtype.h"
#include "compiler_core/library/library.h"
#include "runtime/sinter_abi.h"

namespace sinter::library {

// Memory for run_values(), which counts its blocks and can run out. What it gives is filled with
// 0xa5, so that reading it unset shows.
class Heap {
 public:
  Heap();
  ~Heap();  // checks that all was given back
  Heap(const Heap&) = delete;
  Heap& operator=(const Heap&) = delete;

  const sinter_context* context() const { return &context_; }
  int64_t blocks() const { return blocks_; }
  // Only that many more allocations succeed; -1: all.
  void SetRemaining(int64_t allocations) { remaining_ = allocations; }

 private:
  static void* Allocate(void* heap, uint64_t bytes);
  static void Release(void* heap, void* block);

  sinter_context context_ = {};
  int64_t blocks_ = 0;
  int64_t remaining_ = -1;
};

// The element type of a C++ type. Half and others have none: give their bits and the type by name.
template <typename T>
sinter_dtype DtypeOf();

class Call {
 public:
  explicit Call(sinter_op op, int32_t version = 0);
  ~Call();
  Call(const Call&) = delete;
  Call& operator=(const Call&) = delete;

  template <typename T>
  Call& Input(const std::vector<int64_t>& dims, const std::vector<T>& values,
              sinter_dtype dtype = DtypeOf<T>()) {
    return Input(Tensor(dims, values, dtype));
  }
  Call& Strings(const std::vector<int64_t>& dims, const std::vector<std::string>& values) {
    return Input(StringTensor(dims, values));
  }
  // Any value; what it points at is borrowed until the call is gone.
  Call& Input(const sinter_value& value);
  Call& NoInput();

  Call& Int(const std::string& name, int64_t value) { return Ints(name, {value}); }
  Call& Ints(const std::string& name, const std::vector<int64_t>& values);
  Call& Float(const std::string& name, float value) { return Floats(name, {value}); }
  Call& Floats(const std::string& name, const std::vector<float>& values);
  Call& String(const std::string& name, const std::string& value) {
    return StringList(name, {value});
  }
  Call& StringList(const std::string& name, const std::vector<std::string>& values);
  Call& TensorAttr(const std::string& name, const sinter_value& value);

  // One output unless told otherwise. NoOutput(): nobody wants that one.
  Call& Outputs(int32_t count);
  Call& NoOutput(int32_t index);

  int32_t Run();

  // What the last Run() left.
  const std::string& message() const { return message_; }
  const sinter_value& output(int32_t i) const { return outputs_[i]; }
  std::vector<int64_t> Dims(int32_t i) const { return DimsOf(outputs_[i]); }
  template <typename T>
  std::vector<T> Values(int32_t i) const {
    return ValuesOf<T>(outputs_[i]);
  }
  std::vector<std::string> StringValues(int32_t i) const { return StringsOf(outputs_[i]); }
  // All elements of a tensor of any numeric type.
  std::vector<double> Numbers(int32_t i) const;

  static std::vector<int64_t> DimsOf(const sinter_value& value);
  static std::vector<std::string> StringsOf(const sinter_value& value);
  template <typename T>
  static std::vector<T> ValuesOf(const sinter_value& value) {
    SINTER_CHECK(value.kind == SINTER_TENSOR);
    SINTER_CHECK(sinter_element_size(value.dtype) == sizeof(T));
    const T* data = static_cast<const T*>(value.data);
    return std::vector<T>(data, data + sinter_num_elements(&value));
  }

  // Values of the caller's own (owner null), which live as long as the call.
  template <typename T>
  sinter_value Tensor(const std::vector<int64_t>& dims, const std::vector<T>& values,
                      sinter_dtype dtype = DtypeOf<T>()) {
    std::string bytes(values.size() * sizeof(T), '\0');
    for (size_t i = 0; i < values.size(); ++i) {
      const T value = values[i];
      std::memcpy(&bytes[i * sizeof(T)], &value, sizeof(T));
    }
    return Bytes(dims, dtype, bytes);
  }
  sinter_value StringTensor(const std::vector<int64_t>& dims,
                            const std::vector<std::string>& values);
  sinter_value Sequence(const std::vector<sinter_value>& items);
  sinter_value Map(const sinter_value& keys, const sinter_value& values);
  sinter_value None() const { return sinter_value{}; }
  // A tensor out of its elements' bytes.
  sinter_value Bytes(const std::vector<int64_t>& dims, sinter_dtype dtype,
                     const std::string& bytes);

  Heap& heap() { return heap_; }

 private:
  int32_t RunOnce();
  void ReleaseOutputs();
  sinter_attr* AddAttr(const std::string& name, int64_t count);
  const sinter_string* KeepStrings(const std::vector<std::string>& values);
  void* Keep(const void* data, size_t bytes);

  Heap heap_;
  sinter_op op_;
  int32_t version_;
  std::vector<std::unique_ptr<char[]>> kept_;
  std::deque<sinter_value> values_;
  std::vector<const sinter_value*> inputs_;
  std::vector<sinter_attr> attrs_;
  std::vector<sinter_value> outputs_;
  std::vector<bool> wanted_;
  std::string message_;
};

}  // namespace sinter::library

#endif  // SINTER_COMPILER_CORE_LIBRARY_TESTING_CALL_H_
