#include "runtime/thread_pool.h"

#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <cstdint>
#include <memory>
#include <set>
#include <thread>
#include <utility>
#include <vector>

#include "gtest/gtest.h"

namespace sinter::runtime {
namespace {

// How often a loop of `count` visits each iteration.
std::vector<int> Visits(ThreadPool* pool, int64_t count, int64_t grain) {
  std::vector<std::atomic<int>> visits(count);
  pool->ParallelFor(count, grain, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) ++visits[i];
  });
  return std::vector<int>(visits.begin(), visits.end());
}

TEST(ThreadPoolTest, VisitsEachIterationOnce) {
  for (const int threads : {-1, 0, 1, 2, 5}) {
    ThreadPool pool(threads);
    EXPECT_EQ(pool.num_threads(), threads < 1 ? 1 : threads);
    for (const int64_t count : {0, 1, 2, 7, 64, 1001}) {
      for (const int64_t grain : {0, 1, 10, 5000}) {
        EXPECT_EQ(Visits(&pool, count, grain), std::vector<int>(count, 1))
            << threads << " threads, count " << count << ", grain " << grain;
      }
    }
  }
}

TEST(ThreadPoolTest, RangesAreAtLeastTheGrainButTheLast) {
  ThreadPool pool(3);
  std::set<std::pair<int64_t, int64_t>> ranges;
  std::atomic_flag lock = ATOMIC_FLAG_INIT;
  pool.ParallelFor(100, 30, [&](int64_t begin, int64_t end) {
    while (lock.test_and_set()) {
    }
    ranges.emplace(begin, end);
    lock.clear();
  });
  EXPECT_EQ(ranges,
            (std::set<std::pair<int64_t, int64_t>>{{0, 30}, {30, 60}, {60, 90}, {90, 100}}));
}

// Each of two iterations waits for the other, so they must run at the same time.
TEST(ThreadPoolTest, IterationsRunAtTheSameTime) {
  ThreadPool pool(2);
  std::atomic<int> arrived{0};
  pool.ParallelFor(2, 1, [&](int64_t begin, int64_t end) {
    ++arrived;
    while (arrived.load() < 2) std::this_thread::yield();
  });
  EXPECT_EQ(arrived.load(), 2);
}

// As the one above, with threads that have long gone to sleep: the wake-up must reach them.
TEST(ThreadPoolTest, SleepingThreadsAreWoken) {
  ThreadPool crowded(40);  // more threads than processors: they sleep at once
  for (int round = 0; round < 200; ++round) {
    std::atomic<int> arrived{0};
    crowded.ParallelFor(2, 1, [&](int64_t begin, int64_t end) {
      ++arrived;
      while (arrived.load() < 2) std::this_thread::yield();
    });
    ASSERT_EQ(arrived.load(), 2);
  }
}

TEST(ThreadPoolTest, TheResultsOfTasksAreVisibleAfterwards) {
  ThreadPool pool(4);
  std::vector<int64_t> values(333);  // plain memory: a race shows under the thread sanitizer
  for (int64_t round = 1; round < 500; ++round) {
    pool.ParallelFor(values.size(), 1, [&](int64_t begin, int64_t end) {
      for (int64_t i = begin; i < end; ++i) values[i] += i * round;
    });
  }
  for (int64_t i = 0; i < 333; ++i) ASSERT_EQ(values[i], i * 499 * 500 / 2);
}

TEST(ThreadPoolTest, LoopsNest) {
  ThreadPool pool(3);
  std::atomic<int64_t> sum{0};
  pool.ParallelFor(10, 1, [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      pool.ParallelFor(10, 1, [&](int64_t from, int64_t to) {
        for (int64_t j = from; j < to; ++j) sum += i * 10 + j;
      });
    }
  });
  EXPECT_EQ(sum.load(), 99 * 100 / 2);
}

TEST(ThreadPoolTest, CallersShareIt) {
  ThreadPool pool(3);
  std::vector<std::thread> callers;
  std::atomic<int> right{0};
  for (int i = 0; i < 4; ++i) {
    callers.emplace_back([&] {
      for (int round = 0; round < 200; ++round) {
        right += Visits(&pool, 50, 1) == std::vector<int>(50, 1);
      }
    });
  }
  for (std::thread& caller : callers) caller.join();
  EXPECT_EQ(right.load(), 4 * 200);
}

// The thread sanitizer ends a forked child that starts threads.
bool ANewPoolWorks() {
#if defined(__has_feature)
#if __has_feature(thread_sanitizer)
  return true;
#endif
#endif
  ThreadPool fresh(2);
  return Visits(&fresh, 100, 1) == std::vector<int>(100, 1);
}

// The child has no threads but its own; it must neither hang in a loop nor when it ends the pool.
TEST(ThreadPoolTest, SurvivesFork) {
  auto pool = std::make_unique<ThreadPool>(3);
  ASSERT_EQ(Visits(pool.get(), 100, 1), std::vector<int>(100, 1));
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const bool right = Visits(pool.get(), 100, 1) == std::vector<int>(100, 1);
    pool.reset();
    _exit(right && ANewPoolWorks() ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 0);
  EXPECT_EQ(Visits(pool.get(), 100, 1), std::vector<int>(100, 1));
}

TEST(ThreadPoolTest, CountsAtLeastOneCore) {
  EXPECT_GE(ThreadPool::PhysicalCores(), 1);
  EXPECT_LE(ThreadPool::PhysicalCores(), static_cast<int>(std::thread::hardware_concurrency()));
}

}  // namespace
}  // namespace sinter::runtime
