#include "benchmarks/load/load_flags.h"

#include <vector>

#include "CLI/CLI.hpp"
#include "absl/time/time.h"

namespace sinter::load {
namespace {

void Declare(CLI::App& app, LoadFlags& flags, double& timeout_s) {
  std::vector<std::string> names;
  std::string help = "what a request is";
  for (const ScenarioKind& kind : AllScenarios()) {
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
  app.add_option("--timeout", timeout_s, "seconds for one request")->check(CLI::PositiveNumber);
  app.add_option("--seed", flags.options.seed, "of arrivals, and of what is distinct in requests");
  app.add_option("--max-samples", flags.max_samples, "beyond these, latencies are a histogram");
}

}  // namespace

std::optional<int> ParseLoadFlags(int argc, char** argv, LoadFlags& flags) {
  CLI::App app("Puts load on a server and measures latencies", "sinter-bench-load");
  double timeout_s = absl::ToDoubleSeconds(flags.options.timeout);
  Declare(app, flags, timeout_s);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : kExitUsage;
  }
  flags.options.timeout = absl::Seconds(timeout_s);
  return std::nullopt;
}

}  // namespace sinter::load
