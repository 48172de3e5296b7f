#include "runtime/thread_pool.h"

#include <linux/futex.h>
#include <sched.h>
#include <signal.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <climits>
#include <cstdio>
#include <set>
#include <string>

namespace sinter::runtime {
namespace {

// gate_: threads may enter while kOpen; kWaiting says that the caller sleeps until the last left.
constexpr uint32_t kOpen = 1u << 31;
constexpr uint32_t kWaiting = 1u << 30;

// How long a thread watches before it sleeps. Waking it costs about as much.
constexpr std::chrono::microseconds kSpin(100);
// Chunks for each thread: enough to even out threads of unequal speed, few enough to be cheap.
constexpr int64_t kChunksPerThread = 4;

void Pause() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

// Watches until `done` holds or kSpin has passed. RETURNS: whether it holds.
template <typename Condition>
bool SpinUntil(const Condition& done) {
  const auto give_up = std::chrono::steady_clock::now() + kSpin;
  do {
    for (int i = 0; i < 32; ++i) {
      if (done()) return true;
      Pause();
    }
  } while (std::chrono::steady_clock::now() < give_up);
  return done();
}

void FutexWait(std::atomic<uint32_t>* word, uint32_t expected) {
  syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, expected, nullptr, nullptr, 0);
}

void FutexWake(std::atomic<uint32_t>* word, int how_many) {
  syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, how_many, nullptr, nullptr, 0);
}

cpu_set_t AllowedCpus() {
  cpu_set_t allowed;
  CPU_ZERO(&allowed);
  if (sched_getaffinity(0, sizeof(allowed), &allowed) != 0) CPU_SET(0, &allowed);
  return allowed;
}

// A name for the core that hardware thread `cpu` belongs to: the list of the core's threads.
std::string CoreOf(int cpu) {
  const std::string path =
      "/sys/devices/system/cpu/cpu" + std::to_string(cpu) + "/topology/thread_siblings_list";
  char text[256] = "";
  if (FILE* file = std::fopen(path.c_str(), "re")) {
    if (std::fgets(text, sizeof(text), file) == nullptr) text[0] = '\0';
    std::fclose(file);
  }
  return text[0] != '\0' ? text : std::to_string(cpu);
}

}  // namespace

int ThreadPool::PhysicalCores() {
  const cpu_set_t allowed = AllowedCpus();
  std::set<std::string> cores;
  for (int cpu = 0; cpu < CPU_SETSIZE; ++cpu) {
    if (CPU_ISSET(cpu, &allowed)) cores.insert(CoreOf(cpu));
  }
  return std::max<int>(1, cores.size());
}

ThreadPool::ThreadPool(int num_threads) : owner_(getpid()) {
  const cpu_set_t allowed = AllowedCpus();
  spins_ = num_threads <= CPU_COUNT(&allowed);
  // The host program's signals are for its own threads.
  sigset_t all;
  sigset_t before;
  sigfillset(&all);
  pthread_sigmask(SIG_SETMASK, &all, &before);
  threads_.reserve(std::max(0, num_threads - 1));
  for (int i = 1; i < num_threads; ++i) {
    pthread_t thread;
    if (pthread_create(&thread, nullptr, &ThreadMain, this) != 0) break;
    threads_.push_back(thread);
  }
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
}

ThreadPool::~ThreadPool() {
  // In a forked child the threads are not there to be joined.
  if (getpid() != owner_) return;
  stop_.store(true);
  generation_.fetch_add(1);
  FutexWake(&generation_, INT_MAX);
  for (const pthread_t thread : threads_) pthread_join(thread, nullptr);
}

void ThreadPool::ParallelFor(int64_t count, int64_t grain, sinter_task task, void* closure) {
  if (count <= 0) return;
  const int64_t pieces = num_threads() * kChunksPerThread;
  const int64_t chunk = std::max<int64_t>({1, grain, count / pieces + (count % pieces != 0)});
  const bool whole = threads_.empty() || chunk >= count;
  if (whole || busy_.exchange(true, std::memory_order_acquire)) {
    task(closure, 0, count);
    return;
  }
  loop_ = {task, closure, count, chunk};
  next_.store(0, std::memory_order_relaxed);
  OpenGate((count - 1) / chunk + 1);
  TakeChunks();
  ShutGateAndWait();
  busy_.store(false, std::memory_order_release);
}

void ThreadPool::ParallelForAbi(void* pool, int64_t count, int64_t grain, sinter_task task,
                                void* closure) {
  static_cast<ThreadPool*>(pool)->ParallelFor(count, grain, task, closure);
}

void* ThreadPool::ThreadMain(void* pool) {
  static_cast<ThreadPool*>(pool)->Serve();
  return nullptr;
}

void ThreadPool::Serve() {
  uint32_t seen = 0;
  while (true) {
    seen = AwaitNewLoop(seen);
    if (stop_.load(std::memory_order_acquire)) return;
    Help();
  }
}

// RETURNS: a generation other than `seen`.
uint32_t ThreadPool::AwaitNewLoop(uint32_t seen) {
  const auto changed = [&] { return generation_.load(std::memory_order_acquire) != seen; };
  if (!spins_ || !SpinUntil(changed)) {
    // Counted before the kernel compares the word, and the caller moves the word before it looks
    // at the count: one of the two sees the other.
    sleepers_.fetch_add(1);
    while (!changed()) FutexWait(&generation_, seen);
    sleepers_.fetch_sub(1);
  }
  return generation_.load(std::memory_order_acquire);
}

// Joins the loop that is open, if there still is one.
void ThreadPool::Help() {
  uint32_t gate = gate_.load(std::memory_order_relaxed);
  do {
    if ((gate & kOpen) == 0) return;
  } while (!gate_.compare_exchange_weak(gate, gate + 1, std::memory_order_acquire));
  TakeChunks();
  const uint32_t left = gate_.fetch_sub(1, std::memory_order_release) - 1;
  if (left == kWaiting) FutexWake(&gate_, 1);
}

void ThreadPool::TakeChunks() {
  const Loop loop = loop_;
  while (true) {
    const int64_t begin = next_.fetch_add(loop.chunk, std::memory_order_relaxed);
    if (begin >= loop.count) return;
    loop.task(loop.closure, begin,
              loop.count - begin < loop.chunk ? loop.count : begin + loop.chunk);
  }
}

void ThreadPool::OpenGate(int64_t chunks) {
  gate_.store(kOpen, std::memory_order_release);
  generation_.fetch_add(1);
  // The caller takes one chunk itself.
  if (sleepers_.load() > 0) FutexWake(&generation_, static_cast<int>(chunks - 1));
}

void ThreadPool::ShutGateAndWait() {
  gate_.fetch_and(~kOpen, std::memory_order_acquire);
  const auto empty = [&] { return gate_.load(std::memory_order_acquire) == 0; };
  if (spins_ && SpinUntil(empty)) return;
  uint32_t gate = gate_.fetch_or(kWaiting, std::memory_order_acquire) | kWaiting;
  while (gate != kWaiting) {
    FutexWait(&gate_, gate);
    gate = gate_.load(std::memory_order_acquire);
  }
  gate_.store(0, std::memory_order_relaxed);
}

}  // namespace sinter::runtime
