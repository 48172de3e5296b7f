// Time as a dependency, so that tests can say what time it is.
#ifndef SINTER_BASE_CLOCK_H_
#define SINTER_BASE_CLOCK_H_

#include "absl/time/clock.h"
#include "absl/time/time.h"

namespace sinter::base {

// Thread-safe. Owned by main, which passes it to whatever asks for the time.
class Clock {
 public:
  virtual ~Clock() = default;

  // What the wall clock shows: for time stamps. It may jump.
  virtual absl::Time Now() const = 0;

  // Time since some fixed moment: for durations. It never goes back.
  virtual absl::Duration Elapsed() const = 0;
};

// The machine's clocks.
class RealClock final : public Clock {
 public:
  absl::Time Now() const override { return absl::Now(); }
  absl::Duration Elapsed() const override;
};

}  // namespace sinter::base

#endif  // SINTER_BASE_CLOCK_H_
