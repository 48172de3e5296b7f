// What requests a run of load consists of. Two families: `sinter` scenarios are calls as the
// project's client makes them; `cas` scenarios are plain Remote Execution API, for servers of that
// API, and where our daemon speaks it too.
#ifndef SINTER_BENCHMARKS_LOAD_SCENARIO_H_
#define SINTER_BENCHMARKS_LOAD_SCENARIO_H_

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/time/time.h"
#include "benchmarks/load/caller.h"
#include "nlohmann/json.hpp"

namespace sinter::load {

struct ScenarioOptions {
  std::string server;  // HOST:PORT
  std::string model;   // path of an ONNX file; `sinter` scenarios that compile
  std::string blob;    // path of a file to store and read; `cas` scenarios
  std::string digest;  // HASH/SIZE of a blob that the server has; instead of `blob`
  uint64_t seed = 0;   // makes what is distinct in this run distinct from other runs
  absl::Duration timeout = absl::Seconds(60);  // of one request
};

class Scenario {
 public:
  virtual ~Scenario() = default;

  // Brings the server into the state that the requests are about: the model compiled, the blob
  // stored. Called once, before Connect().
  // RETURNS: facts for the report, such as the sizes of what is fetched.
  virtual absl::StatusOr<nlohmann::json> Prepare() = 0;

  // Opens one more connection. The scenario must outlive the caller.
  virtual absl::StatusOr<std::unique_ptr<Caller>> Connect() = 0;
};

// One kind of scenario.
struct ScenarioKind {
  const char* name;
  const char* help;
  // ERRORS: INVALID_ARGUMENT if an option is missing; those of reading files.
  absl::StatusOr<std::unique_ptr<Scenario>> (*make)(const ScenarioOptions& options);
};

// The kinds of either family, and of both. To add one: a row there.
std::vector<ScenarioKind> SinterScenarios();
std::vector<ScenarioKind> CasScenarios();
std::vector<ScenarioKind> AllScenarios();

}  // namespace sinter::load

#endif  // SINTER_BENCHMARKS_LOAD_SCENARIO_H_
