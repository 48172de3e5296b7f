// The threads behind a compiled model's `parallel_for`: few, quick to start, no queue.
//
//   ThreadPool pool(ThreadPool::PhysicalCores());
//   pool.ParallelFor(rows, 16, [&](int64_t begin, int64_t end) { ... });
//
// Thread-safe. One loop at a time is split over the threads; a loop that starts while another one
// runs (from a second caller, or from inside a task) runs whole in the thread that asked, so loops
// nest freely and can't deadlock. Idle threads watch for work for a moment, since a model's kernels
// follow each other closely, and then sleep.
//
// After fork() the child has the pool but not its threads: loops still complete, in the calling
// thread. Make a new pool in the child to use more. Don't fork inside a task.
#ifndef SINTER_RUNTIME_THREAD_POOL_H_
#define SINTER_RUNTIME_THREAD_POOL_H_

#include <pthread.h>
#include <sys/types.h>

#include <atomic>
#include <cstdint>
#include <type_traits>
#include <vector>

#include "runtime/sinter_abi.h"

namespace sinter::runtime {

class ThreadPool {
 public:
  // Starts `num_threads` - 1 threads: the caller of a loop is one of them. Fewer than 1 counts as
  // 1; if the machine refuses a thread, the pool does with those it got.
  explicit ThreadPool(int num_threads);
  // REQUIRES: no loop is running.
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  // How many of the processor's cores this process may use; two hardware threads of one core count
  // once. At least 1.
  static int PhysicalCores();

  int num_threads() const { return static_cast<int>(threads_.size()) + 1; }

  // Calls task(closure, begin, end) for ranges that cover [0, count), each at least `grain` long
  // but the last, and returns when all have returned. Effects of the tasks are visible then.
  void ParallelFor(int64_t count, int64_t grain, sinter_task task, void* closure);

  // The same for a callable of (int64_t begin, int64_t end).
  template <typename Body>
  void ParallelFor(int64_t count, int64_t grain, Body&& body) {
    using Plain = std::remove_reference_t<Body>;
    const sinter_task call = [](void* closure, int64_t begin, int64_t end) {
      (*static_cast<Plain*>(closure))(begin, end);
    };
    ParallelFor(count, grain, call, const_cast<std::remove_const_t<Plain>*>(&body));
  }

  // The function for sinter_context.parallel_for; `pool` is a ThreadPool.
  static void ParallelForAbi(void* pool, int64_t count, int64_t grain, sinter_task task,
                             void* closure);

 private:
  // The loop that is being run. Written by its caller while the gate is shut, and read only by
  // threads inside of the gate.
  struct Loop {
    sinter_task task = nullptr;
    void* closure = nullptr;
    int64_t count = 0;
    int64_t chunk = 0;
  };

  static void* ThreadMain(void* pool);
  void Serve();
  uint32_t AwaitNewLoop(uint32_t seen);
  void Help();
  void TakeChunks();
  void OpenGate(int64_t chunks);
  void ShutGateAndWait();

  std::vector<pthread_t> threads_;
  pid_t owner_ = 0;     // the process that has the threads
  bool spins_ = false;  // whether every thread has a processor to itself
  Loop loop_;

  // Each on its own cache line: they are written by different threads.
  alignas(64) std::atomic<bool> busy_{false};        // a loop has the threads
  alignas(64) std::atomic<int64_t> next_{0};         // first iteration nobody has taken
  alignas(64) std::atomic<uint32_t> gate_{0};        // flags and how many threads are inside
  alignas(64) std::atomic<uint32_t> generation_{0};  // counts loops; threads sleep on it
  alignas(64) std::atomic<int> sleepers_{0};
  std::atomic<bool> stop_{false};
};

}  // namespace sinter::runtime

#endif  // SINTER_RUNTIME_THREAD_POOL_H_
