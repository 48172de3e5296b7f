// Runs independent pieces of one compile on all the processors this process may use.
#ifndef SINTER_SERVER_WORKER_PARALLEL_FOR_H_
#define SINTER_SERVER_WORKER_PARALLEL_FOR_H_

#include <functional>

namespace sinter::server {

// Calls task(0) ... task(count - 1), each once, in no order, from several threads (the caller's
// among them), and returns when all are done.
void ParallelFor(int count, const std::function<void(int)>& task);

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_PARALLEL_FOR_H_
