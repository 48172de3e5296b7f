// The command line of sinter-bench-load; `--help` prints it.
#ifndef SINTER_BENCHMARKS_LOAD_LOAD_FLAGS_H_
#define SINTER_BENCHMARKS_LOAD_LOAD_FLAGS_H_

#include <cstddef>
#include <optional>
#include <string>

#include "benchmarks/load/scenario.h"

namespace sinter::load {

inline constexpr int kExitUsage = 2;
inline constexpr int kExitUnavailable = 4;

struct LoadFlags {
  std::string scenario;
  ScenarioOptions options;
  int connections = 1;
  double rate = 0;  // 0: closed loop
  double warmup_s = 0.5;
  double duration_s = 2;
  double patience_s = 5;
  size_t max_samples = 200'000;
};

// Fills in `flags`. RETURNS: the exit code if the program is to end here: after --help, or a
// mistake that was said on stderr.
std::optional<int> ParseLoadFlags(int argc, char** argv, LoadFlags& flags);

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_LOAD_FLAGS_H_
