#include "benchmarks/load/load_program.h"

#include <sys/resource.h>

#include <cstdio>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "base/status_macros.h"
#include "benchmarks/load/load_report.h"
#include "benchmarks/load/load_run.h"
#include "benchmarks/load/timeline.h"
#include "nlohmann/json.hpp"

namespace sinter::load {
namespace {

int64_t Nanoseconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

absl::StatusOr<std::unique_ptr<Scenario>> MakeScenario(const LoadFlags& flags) {
  for (const ScenarioKind& kind : AllScenarios()) {
    if (flags.scenario == kind.name) return kind.make(flags.options);
  }
  return absl::InvalidArgumentError("no such scenario");
}

absl::StatusOr<nlohmann::json> Run(const LoadFlags& flags, Scenario& scenario) {
  SINTER_ASSIGN_OR_RETURN(nlohmann::json prepared, scenario.Prepare());
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < flags.connections; ++i) {
    SINTER_ASSIGN_OR_RETURN(std::unique_ptr<Caller> caller, scenario.Connect());
    callers.push_back(std::move(caller));
  }
  const LoadPlan plan{flags.rate, Nanoseconds(flags.warmup_s), Nanoseconds(flags.duration_s),
                      Nanoseconds(flags.patience_s), flags.options.seed};
  RealTimeline timeline;
  const double cpu_before = CpuSeconds();
  LoadResult result = RunLoad(plan, std::move(callers), timeline);
  const double cpu_s = CpuSeconds() - cpu_before;
  nlohmann::json report = ReportLoad(plan, std::move(result), flags.max_samples);
  report["scenario"] = flags.scenario;
  report["connections"] = flags.connections;
  report["rate"] = flags.rate > 0 ? nlohmann::json(flags.rate) : nlohmann::json();
  report["warmup_s"] = flags.warmup_s;
  report["duration_s"] = flags.duration_s;
  report["seed"] = flags.options.seed;
  report["prepared"] = std::move(prepared);
  report["generator_cpu_s"] = cpu_s;
  return report;
}

}  // namespace

int RunLoadProgram(const LoadFlags& flags) {
  const auto scenario = MakeScenario(flags);
  if (!scenario.ok()) {
    std::fprintf(stderr, "sinter-bench-load: %s\n",
                 std::string(scenario.status().message()).c_str());
    return kExitUsage;
  }
  const auto report = Run(flags, **scenario);
  if (!report.ok()) {
    std::fprintf(stderr, "sinter-bench-load: %s\n", report.status().ToString().c_str());
    return kExitUnavailable;
  }
  std::printf("%s\n", report->dump().c_str());
  return 0;
}

}  // namespace sinter::load
