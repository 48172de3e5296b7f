// The time in which a run of load takes place, so that tests can let it pass as they like.
#ifndef SINTER_BENCHMARKS_LOAD_TIMELINE_H_
#define SINTER_BENCHMARKS_LOAD_TIMELINE_H_

#include <cstdint>

namespace sinter::load {

// Nanoseconds since some fixed moment. Thread-safe.
class Timeline {
 public:
  virtual ~Timeline() = default;
  virtual int64_t Now() = 0;
  // Returns at once if that moment has passed.
  virtual void SleepUntil(int64_t moment) = 0;
};

// The machine's monotonic clock.
class RealTimeline final : public Timeline {
 public:
  int64_t Now() override;
  // Wakes up as soon after `moment` as the kernel can: the calling thread's timer slack, by which
  // it would save power, is taken away.
  void SleepUntil(int64_t moment) override;
};

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_TIMELINE_H_
