// How long each kernel of a model takes: what `Session` fills in when a caller asks for a profile.
//
// One thread at a time. Times are those between the ends of consecutive kernels.
#ifndef SINTER_RUNTIME_KERNEL_PROFILE_H_
#define SINTER_RUNTIME_KERNEL_PROFILE_H_

#include <chrono>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "runtime/loaded_model.h"

namespace sinter::runtime {

class KernelProfile {
 public:
  struct Row {
    std::string kernel;  // its symbol
    std::string nodes;   // the ONNX nodes it computes, comma-separated
    int64_t calls = 0;
    int64_t total_ns = 0;
  };

  // One row for each kernel call of `model`, in execution order.
  explicit KernelProfile(const LoadedModel& model);

  const std::vector<Row>& rows() const { return rows_; }

  // Starts the clock of the first kernel of a run.
  void Begin() { last_ = std::chrono::steady_clock::now(); }
  // The hook of sinter_context; `user` is a KernelProfile.
  static void OnKernel(void* user, int32_t kernel_call);

 private:
  std::vector<Row> rows_;
  std::chrono::steady_clock::time_point last_;
};

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_KERNEL_PROFILE_H_
