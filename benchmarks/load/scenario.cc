#include "benchmarks/load/scenario.h"

namespace sinter::load {

std::vector<ScenarioKind> AllScenarios() {
  std::vector<ScenarioKind> kinds = SinterScenarios();
  for (const ScenarioKind& kind : CasScenarios()) kinds.push_back(kind);
  return kinds;
}

}  // namespace sinter::load
