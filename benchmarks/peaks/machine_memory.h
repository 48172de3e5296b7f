// How large this machine's caches and memory are.
#ifndef SINTER_BENCHMARKS_PEAKS_MACHINE_MEMORY_H_
#define SINTER_BENCHMARKS_PEAKS_MACHINE_MEMORY_H_

#include <cstdint>
#include <string>

namespace sinter::benchmarks {

// In bytes; a usual size where the system does not tell.
struct MachineMemory {
  int64_t level1 = int64_t{32} << 10;      // data cache of one core
  int64_t level2 = int64_t{512} << 10;     // of one core
  int64_t last_level = int64_t{32} << 20;  // the largest cache
  int64_t free = int64_t{1} << 30;         // memory that nobody uses now
};

// Reads Linux's description of the first processor's caches: `folder` has index0, index1, ...
MachineMemory ReadMachineMemory(const std::string& folder = "/sys/devices/system/cpu/cpu0/cache");

}  // namespace sinter::benchmarks

#endif  // SINTER_BENCHMARKS_PEAKS_MACHINE_MEMORY_H_
