// For tests: runs a library that has run_values, with memory that is counted and can run out.
#ifndef SINTER_COMPILER_CORE_CODEGEN_TESTING_PROGRAM_RUNNER_H_
#define SINTER_COMPILER_CORE_CODEGEN_TESTING_PROGRAM_RUNNER_H_

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "runtime/sinter_abi.h"

namespace sinter::codegen {

// Not thread-safe. Expects, when it goes, that all memory was given back.
class ProgramRunner {
 public:
  explicit ProgramRunner(const std::string& library);
  ~ProgramRunner();
  ProgramRunner(const ProgramRunner&) = delete;
  ProgramRunner& operator=(const ProgramRunner&) = delete;

  const sinter_model& model() const { return *model_; }

  // Values of the caller's; their elements live as long as this does.
  sinter_value Floats(const std::vector<int64_t>& dims, const std::vector<float>& values);
  sinter_value Ints(const std::vector<int64_t>& dims, const std::vector<int64_t>& values);
  sinter_value Bool(bool value);
  sinter_value Sequence(const std::vector<sinter_value>& items);

  // RETURNS: what run_values() does; the outputs of the last run are given back first.
  int32_t Run(const std::vector<sinter_value>& inputs);
  // Runs with the first, the second, ... allocation failing, until one run needs no more; that has
  // to succeed, and all others to fail for lack of memory and to give all memory back.
  // RETURNS: how many allocations the model makes.
  int RunShortOfMemory(const std::vector<sinter_value>& inputs);

  const sinter_value& output(int i) const { return outputs_[i]; }
  const sinter_failure& failure() const { return failure_; }
  const std::vector<int32_t>& kernel_calls() const { return kernel_calls_; }
  // What on_call was told in the last run: the begin of a call as its number, the end as
  // "NUMBER: FLOPS flops, BYTES bytes".
  const std::vector<std::string>& profile() const { return profile_; }
  // Kernels are no longer noted.
  void ForgetKernels() {
    context_.on_kernel = nullptr;
    context_.on_call = nullptr;
  }
  // The most blocks that were in use at a time, ever.
  int64_t peak_blocks() const { return peak_; }

 private:
  static void* Allocate(void* self, uint64_t bytes);
  static void Release(void* self, void* block);
  static void OnKernel(void* self, int32_t call);
  static void OnCall(void* self, int32_t call, const sinter_work* work);
  void FreeOutputs();
  sinter_value Tensor(sinter_dtype dtype, const std::vector<int64_t>& dims, const void* data,
                      size_t bytes);

  void* handle_ = nullptr;
  const sinter_model* model_ = nullptr;
  sinter_context context_ = {};
  sinter_failure failure_ = {};
  std::vector<sinter_value> outputs_;
  std::vector<int32_t> kernel_calls_;
  std::vector<std::string> profile_;
  std::vector<void*> blocks_;  // of the inputs
  std::deque<std::vector<sinter_value>> items_;
  int64_t in_use_ = 0, peak_ = 0;
  int64_t remaining_ = -1;  // allocations before memory runs out; -1: it does not
};

std::vector<int64_t> DimsOf(const sinter_value& value);
std::vector<float> FloatsOf(const sinter_value& value);
std::vector<int64_t> IntsOf(const sinter_value& value);
std::vector<std::string> StringsOf(const sinter_value& value);

}  // namespace sinter::codegen

#endif  // SINTER_COMPILER_CORE_CODEGEN_TESTING_PROGRAM_RUNNER_H_
