#include "compiler_core/import/expansions/activation.h"

#include <cmath>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import::expansions {
namespace {

// A parameter that an activation does not take; and one that it takes but that has no default.
constexpr double kNone = -1e300;
constexpr double kNeeded = 1e300;

struct Row {
  const char* name;
  double alpha = kNone, beta = kNone;  // defaults
};

constexpr Row kRows[] = {
    {"Relu"},
    {"Tanh"},
    {"Sigmoid"},
    {"Softsign"},
    {"Softplus"},
    {"Elu", 1},
    {"LeakyRelu", 0.01},
    {"ThresholdedRelu", 1},
    {"HardSigmoid", 0.2, 0.5},
    {"Affine", kNeeded, kNeeded},
    {"ScaledTanh", kNeeded, kNeeded},
};

absl::Status TakeParameter(const Row& row, double standard, std::vector<double>& given,
                           double& value) {
  if (standard == kNone) return absl::OkStatus();
  if (!given.empty()) {
    value = given.front();
    given.erase(given.begin());
    return absl::OkStatus();
  }
  if (standard == kNeeded) {
    return UnsupportedForm(absl::StrCat("activation `", row.name, "` without its parameters"));
  }
  value = standard;
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<Activation> ReadActivation(const std::string& name, std::vector<double>& alphas,
                                          std::vector<double>& betas) {
  for (const Row& row : kRows) {
    if (!absl::EqualsIgnoreCase(row.name, name)) continue;
    Activation activation{row.name};
    SINTER_RETURN_IF_ERROR(TakeParameter(row, row.alpha, alphas, activation.alpha));
    SINTER_RETURN_IF_ERROR(TakeParameter(row, row.beta, betas, activation.beta));
    return activation;
  }
  return UnsupportedForm(absl::StrCat("activation `", name, "`"));
}

absl::StatusOr<std::vector<Activation>> ReadActivations(const Body& body,
                                                        const std::vector<std::string>& defaults,
                                                        int64_t directions) {
  std::vector<std::string> names = body.Texts("activations");
  for (int64_t d = 0; d < directions && !body.HasAttr("activations"); ++d) {
    names.insert(names.end(), defaults.begin(), defaults.end());
  }
  if (names.size() != defaults.size() * directions) {
    return ir::Error(ir::DiagnosticKind::kMalformedModel,
                     absl::StrCat("attribute `activations` has ", names.size(),
                                  " elements, but needs ", defaults.size() * directions));
  }
  std::vector<double> alphas = body.Floats("activation_alpha");
  std::vector<double> betas = body.Floats("activation_beta");
  std::vector<Activation> activations;
  for (const std::string& name : names) {
    SINTER_ASSIGN_OR_RETURN(Activation activation, ReadActivation(name, alphas, betas));
    activations.push_back(std::move(activation));
  }
  if (alphas.empty() && betas.empty()) return activations;
  return UnsupportedForm("more parameters than the activations take");
}

Name Apply(Body& b, const Activation& activation, const Name& x, ir::DType dtype) {
  const double alpha = activation.alpha, beta = activation.beta;
  if (activation.name == "Affine") {
    return b.Add(b.Mul(x, b.Number(alpha, dtype)), b.Number(beta, dtype));
  }
  if (activation.name == "ScaledTanh") {
    const Name inner = b.Op("Tanh", {b.Mul(x, b.Number(beta, dtype))});
    return b.Mul(inner, b.Number(alpha, dtype));
  }
  if (activation.name == "HardSigmoid") {
    return b.Op("HardSigmoid", {x}, {{"alpha", alpha}, {"beta", beta}});
  }
  const bool has_alpha = activation.name == "Elu" || activation.name == "LeakyRelu" ||
                         activation.name == "ThresholdedRelu";
  return has_alpha ? b.Op(activation.name, {x}, {{"alpha", alpha}}) : b.Op(activation.name, {x});
}

}  // namespace sinter::import::expansions
