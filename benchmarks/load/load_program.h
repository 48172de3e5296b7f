// sinter-bench-load, after its command line was read.
#ifndef SINTER_BENCHMARKS_LOAD_LOAD_PROGRAM_H_
#define SINTER_BENCHMARKS_LOAD_LOAD_PROGRAM_H_

#include "benchmarks/load/load_flags.h"

namespace sinter::load {

// Brings the server into the state that the scenario needs, puts the load on it, and prints the
// report. RETURNS: the exit code; what went wrong was said on stderr.
int RunLoadProgram(const LoadFlags& flags);

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_LOAD_PROGRAM_H_
