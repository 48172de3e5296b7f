// What each kernel of a model does and how long it takes: what a session fills in when a caller
// asks for a profile (`set_profile`). Without one, running costs nothing more.
//
// One thread at a time; tasks of a run may come from any. Models of before sinter_context.on_call
// have times only, those between the ends of consecutive kernels.
#ifndef SINTER_RUNTIME_KERNEL_PROFILE_H_
#define SINTER_RUNTIME_KERNEL_PROFILE_H_

#include <pthread.h>

#include <cstdint>
#include <mutex>
#include <string>
#include <vector>

#include "absl/types/optional.h"
#include "runtime/dtype.h"
#include "runtime/loaded_model.h"
#include "runtime/sinter_abi.h"
#include "runtime/thread_pool.h"

namespace sinter::runtime {

class KernelProfile {
 public:
  // An ONNX node that a kernel computes, alone or with others.
  struct Node {
    std::string name;
    std::string op;                 // "" if not known
    absl::optional<int64_t> flops;  // of all calls
  };
  // A kernel call of the model, or one of its calls of the library's functions. Sums over all times
  // that it was made; what it does is as in sinter_work.
  struct Row {
    std::string kernel;  // its symbol
    std::string nodes;   // the ONNX nodes it computes, comma-separated
    std::vector<Node> each_node;
    int64_t calls = 0;
    int64_t total_ns = 0;
    int64_t self_ns = 0;  // without the calls within it
    absl::optional<int64_t> flops, bytes;
    Dtype dtype = Dtype::kUndefined;  // of the last call
    bool is_function() const { return kernel.rfind("sinter_op_", 0) == 0; }
  };
  // Something that took time. Those of a track lie within or beside one another.
  struct Event {
    enum class Kind { kRun, kCall, kTask };
    Kind kind = Kind::kRun;
    int row = -1;                      // of kCall and kTask
    int track = 0;                     // 0 is the thread that runs the model
    int64_t begin_ns = 0, end_ns = 0;  // since the profile was made
    int64_t flops = -1, bytes = -1;    // of kCall, if known
    int64_t first = 0, last = 0;       // of kTask: the kernel's iterations [first, last)
  };

  // One row for each kernel call of `model`, in the model's order. `keep_events`: for a trace;
  // tasks on other threads are then noted as well.
  explicit KernelProfile(const LoadedModel& model, bool keep_events = false);
  KernelProfile(const KernelProfile&) = delete;
  KernelProfile& operator=(const KernelProfile&) = delete;

  const std::vector<Row>& rows() const { return rows_; }
  // In the order in which they ended.
  const std::vector<Event>& events() const { return events_; }
  int num_tracks() const { return static_cast<int>(threads_.size()); }
  int64_t runs() const { return runs_; }
  // Of all runs: more than the calls' own times, by what the model does between them.
  int64_t run_ns() const { return run_ns_; }

  // --- For sessions ---

  // Before a run: sets `context`'s hooks and starts the clock. After one that succeeded: End().
  void Begin(sinter_context& context);
  void End();

 private:
  struct OpenCall {
    int row;
    int64_t begin_ns;
    int64_t within_ns;  // of the calls within it
  };
  struct Task;

  static void OnKernel(void* self, int32_t call);
  static void OnCall(void* self, int32_t call, const sinter_work* work);
  static void ParallelFor(void* self, int64_t count, int64_t grain, sinter_task task,
                          void* closure);
  static void RunTask(void* task, int64_t begin, int64_t end);
  static int64_t Now();

  void EndCall(const sinter_work& work);
  void AddWork(Row& row, const sinter_work& work);
  void AddTask(int row, int64_t begin_ns, int64_t first, int64_t last);

  const bool has_calls_;  // the model knows on_call
  const bool keep_events_;
  const int64_t start_ns_;
  std::vector<Row> rows_;
  int64_t runs_ = 0;
  int64_t run_ns_ = 0;
  int64_t run_begin_ns_ = 0;
  int64_t last_ns_ = 0;  // the end of the last kernel, for models without on_call
  std::vector<OpenCall> open_;
  // The context's own, which ParallelFor() hands on to.
  void* pool_ = nullptr;
  decltype(sinter_context::parallel_for) parallel_for_ = nullptr;
  // Guards what tasks add to.
  std::mutex mutex_;
  std::vector<Event> events_;
  std::vector<pthread_t> threads_;  // by track
};

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_KERNEL_PROFILE_H_
