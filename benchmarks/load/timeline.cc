#include "benchmarks/load/timeline.h"

#include <sys/prctl.h>
#include <time.h>

#include <cerrno>

namespace sinter::load {
namespace {

constexpr int64_t kNanoseconds = 1'000'000'000;

}  // namespace

int64_t RealTimeline::Now() {
  timespec now{};
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec * kNanoseconds + now.tv_nsec;
}

void RealTimeline::SleepUntil(int64_t moment) {
  static thread_local const int slack = prctl(PR_SET_TIMERSLACK, 1);
  static_cast<void>(slack);
  const timespec until{moment / kNanoseconds, moment % kNanoseconds};
  while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, nullptr) == EINTR) {
  }
}

}  // namespace sinter::load
