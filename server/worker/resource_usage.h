// What this process has used since a moment.
#ifndef SINTER_SERVER_WORKER_RESOURCE_USAGE_H_
#define SINTER_SERVER_WORKER_RESOURCE_USAGE_H_

#include <cstdint>

namespace sinter::server {

// Measures from its construction on. One at a time: it resets the kernel's mark of peak memory.
class ResourceMeter {
 public:
  ResourceMeter();

  // User and system time of all threads.
  double CpuSeconds() const;

  // The most memory resident at once since construction (since the process began, where the kernel
  // can't reset its mark). Mapped files count.
  int64_t PeakRssBytes() const;

 private:
  double cpu_at_start_;
};

}  // namespace sinter::server

#endif  // SINTER_SERVER_WORKER_RESOURCE_USAGE_H_
