#include "runtime/kernel_profile.h"

namespace sinter::runtime {

KernelProfile::KernelProfile(const LoadedModel& model) {
  const sinter_model& abi = model.abi();
  for (int i = 0; i < abi.num_kernel_calls; ++i) {
    const sinter_kernel_call_info& call = abi.kernel_calls[i];
    Row row;
    row.kernel = call.kernel != nullptr ? call.kernel : "";
    row.nodes = call.nodes != nullptr ? call.nodes : "";
    rows_.push_back(std::move(row));
  }
}

void KernelProfile::OnKernel(void* user, int32_t kernel_call) {
  KernelProfile* const self = static_cast<KernelProfile*>(user);
  const auto now = std::chrono::steady_clock::now();
  if (kernel_call >= 0 && kernel_call < static_cast<int32_t>(self->rows_.size())) {
    Row& row = self->rows_[kernel_call];
    ++row.calls;
    row.total_ns += std::chrono::nanoseconds(now - self->last_).count();
  }
  self->last_ = now;
}

}  // namespace sinter::runtime
