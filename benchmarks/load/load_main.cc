// sinter-bench-load: puts load on a server over gRPC and prints what came of it as one JSON object.
//
//   sinter-bench-load --server=HOST:PORT --scenario=hit --model=FILE.onnx --connections=16
//   --rate=500
//
// Exit code: 0 if the load ran, even if every request failed (that is in the report); 2 for a wrong
// command line; 4 if the server can't be brought into the state that the scenario needs.
#include <sys/resource.h>

#include <cstdio>
#include <string>
#include <utility>
#include <vector>

#include "CLI/CLI.hpp"
#include "benchmarks/load/load_report.h"
#include "benchmarks/load/load_run.h"
#include "benchmarks/load/scenario.h"

namespace sinter::load {
namespace {

constexpr int kExitUsage = 2;
constexpr int kExitUnavailable = 4;

struct Flags {
  std::string scenario;
  ScenarioOptions options;
  int connections = 1;
  double rate = 0, warmup_s = 0.5, duration_s = 2, patience_s = 5, timeout_s = 60;
  size_t max_samples = 200'000;
};

std::vector<ScenarioKind> AllKinds() {
  std::vector<ScenarioKind> kinds = SinterScenarios();
  for (const ScenarioKind& kind : CasScenarios()) kinds.push_back(kind);
  return kinds;
}

void Declare(CLI::App& app, Flags& flags) {
  std::vector<std::string> names;
  std::string help = "what a request is";
  for (const ScenarioKind& kind : AllKinds()) {
    names.emplace_back(kind.name);
    help += std::string("\n") + kind.name + ": " + kind.help;
  }
  app.add_option("--scenario", flags.scenario, help)->required()->check(CLI::IsMember(names));
  app.add_option("--server", flags.options.server, "HOST:PORT")->required();
  app.add_option("--model", flags.options.model, "an ONNX file");
  app.add_option("--blob", flags.options.blob, "a file to store and read");
  app.add_option("--digest", flags.options.digest, "HASH/SIZE of a blob that is there already");
  app.add_option("--connections", flags.connections, "each with a thread of its own")
      ->check(CLI::Range(1, 1024));
  app.add_option("--rate", flags.rate, "requests a second offered; 0: as many as are answered")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--warmup", flags.warmup_s, "seconds before anything counts")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--duration", flags.duration_s, "seconds that count")->check(CLI::PositiveNumber);
  app.add_option("--patience", flags.patience_s, "seconds after that in which late ones are sent")
      ->check(CLI::NonNegativeNumber);
  app.add_option("--timeout", flags.timeout_s, "seconds for one request")
      ->check(CLI::PositiveNumber);
  app.add_option("--seed", flags.options.seed, "of arrivals, and of what is distinct in requests");
  app.add_option("--max-samples", flags.max_samples, "beyond these, latencies are a histogram");
}

int64_t Nanoseconds(double seconds) { return static_cast<int64_t>(seconds * 1e9); }

double CpuSeconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

absl::StatusOr<std::unique_ptr<Scenario>> MakeScenario(const Flags& flags) {
  for (const ScenarioKind& kind : AllKinds()) {
    if (flags.scenario == kind.name) return kind.make(flags.options);
  }
  return absl::InvalidArgumentError("no such scenario");
}

absl::StatusOr<nlohmann::json> Run(const Flags& flags, Scenario& scenario) {
  auto prepared = scenario.Prepare();
  if (!prepared.ok()) return prepared.status();
  std::vector<std::unique_ptr<Caller>> callers;
  for (int i = 0; i < flags.connections; ++i) {
    auto caller = scenario.Connect();
    if (!caller.ok()) return caller.status();
    callers.push_back(*std::move(caller));
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
  report["prepared"] = *std::move(prepared);
  report["generator_cpu_s"] = cpu_s;
  return report;
}

int Main(int argc, char** argv) {
  CLI::App app("Puts load on a server and measures latencies", "sinter-bench-load");
  Flags flags;
  Declare(app, flags);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  flags.options.timeout = absl::Seconds(flags.timeout_s);
  auto scenario = MakeScenario(flags);
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

}  // namespace
}  // namespace sinter::load

int main(int argc, char** argv) { return sinter::load::Main(argc, argv); }
