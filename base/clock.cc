#include "base/clock.h"

#include <chrono>

namespace sinter::base {

absl::Duration RealClock::Elapsed() const {
  return absl::FromChrono(std::chrono::steady_clock::now().time_since_epoch());
}

}  // namespace sinter::base
