// The threads' part of the sinter_context of a call. For both kinds of session.
#ifndef SINTER_RUNTIME_CALL_CONTEXT_H_
#define SINTER_RUNTIME_CALL_CONTEXT_H_

#include "runtime/sinter_abi.h"
#include "runtime/thread_pool.h"

namespace sinter::runtime {

// `pool` may be null; it must outlive the call.
inline sinter_context MakeCallContext(ThreadPool* pool) {
  sinter_context context = {};
  context.struct_size = sizeof(context);
  context.num_threads = pool != nullptr ? pool->num_threads() : 1;
  context.pool = pool;
  context.parallel_for = pool != nullptr ? &ThreadPool::ParallelForAbi : nullptr;
  return context;
}

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_CALL_CONTEXT_H_
