#include "server/worker/resource_usage.h"

#include <sys/resource.h>

#include <fstream>
#include <string>

namespace sinter::server {
namespace {

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

double CpuNow() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return Seconds(usage.ru_utime) + Seconds(usage.ru_stime);
}

}  // namespace

ResourceMeter::ResourceMeter() : cpu_at_start_(CpuNow()) {
  // 5 resets VmHWM to what is resident now; see proc(5).
  std::ofstream("/proc/self/clear_refs") << "5";
}

double ResourceMeter::CpuSeconds() const { return CpuNow() - cpu_at_start_; }

int64_t ResourceMeter::PeakRssBytes() const {
  std::ifstream status("/proc/self/status");
  for (std::string word; status >> word;) {
    int64_t kib = 0;
    if (word == "VmHWM:" && status >> kib) return kib * 1024;
  }
  return 0;
}

}  // namespace sinter::server
