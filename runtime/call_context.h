// The sinter_context of a call: threads and profile. For both kinds of session.
#ifndef SINTER_RUNTIME_CALL_CONTEXT_H_
#define SINTER_RUNTIME_CALL_CONTEXT_H_

#include "runtime/kernel_profile.h"
#include "runtime/sinter_abi.h"
#include "runtime/thread_pool.h"

namespace sinter::runtime {

// Both may be null; they must outlive the call. Starts the profile's clock.
inline sinter_context MakeCallContext(ThreadPool* pool, KernelProfile* profile) {
  sinter_context context = {};
  context.struct_size = sizeof(context);
  context.num_threads = pool != nullptr ? pool->num_threads() : 1;
  context.pool = pool;
  context.parallel_for = pool != nullptr ? &ThreadPool::ParallelForAbi : nullptr;
  if (profile != nullptr) {
    context.on_kernel = &KernelProfile::OnKernel;
    context.on_kernel_user = profile;
    profile->Begin();
  }
  return context;
}

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_CALL_CONTEXT_H_
