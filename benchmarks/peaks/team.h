// Several threads that start at the same moment, and how long the last of them takes.
#ifndef SINTER_BENCHMARKS_PEAKS_TEAM_H_
#define SINTER_BENCHMARKS_PEAKS_TEAM_H_

#include <functional>

#include "absl/time/time.h"

namespace sinter::benchmarks {

// Calls task(0) ... task(threads - 1), each on a thread of its own, all begun together.
// RETURNS: the time from the first one's begin to the last one's end.
absl::Duration TimeTogether(int threads, const std::function<void(int)>& task);

}  // namespace sinter::benchmarks

#endif  // SINTER_BENCHMARKS_PEAKS_TEAM_H_
