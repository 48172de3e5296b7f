// The object code of single kernels, which every model that has them shares.
//
// A worker asks for kernels by their texts, and leaves the objects of those that were not here. The
// keys are made here, of the text, the target and the toolchain: a worker can't name an entry, only
// say what it compiled. That its object is the text's is taken from it, as that its artifact is the
// model's is; what a worker that was taken over could do with that, and when not to allow it, is in
// docs/decisions/0011.
#ifndef SINTER_SERVER_COORDINATOR_KERNEL_LOANS_H_
#define SINTER_SERVER_COORDINATOR_KERNEL_LOANS_H_

#include <string>
#include <vector>

#include "base/digest.h"
#include "cache/counters.h"
#include "cache/result_cache.h"
#include "proto/sinter/v1/cache_key.pb.h"
#include "proto/sinter/v1/worker.pb.h"

namespace sinter::server {

// The kernels of one compile. Used by one thread at a time. What was found stays pinned for as long
// as this lives.
class KernelLoans {
 public:
  // `spec` is the compile's. Both others outlive this.
  KernelLoans(const v1::CompileSpec& spec, cache::ResultCache& results, cache::Counters& counters)
      : spec_(spec), results_(results), counters_(counters) {}

  // Answers a worker. An object that is corrupt is not found.
  v1::WorkerRequest::KernelsFound Find(const v1::WorkerEvent::FindKernels& question);

  // Takes the objects of the kernels that were not found over from the scratch folder of a compile
  // that succeeded. What can't be stored is a miss the next time.
  void Keep(const std::string& scratch_dir);

  int found() const { return static_cast<int>(found_.size()); }

 private:
  struct Miss {
    int index = 0;  // among all kernels that were asked for
    base::Digest key;
  };

  const v1::CompileSpec spec_;
  cache::ResultCache& results_;
  cache::Counters& counters_;
  int asked_ = 0;
  std::vector<cache::OpenResult> found_;
  std::vector<Miss> misses_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_COORDINATOR_KERNEL_LOANS_H_
