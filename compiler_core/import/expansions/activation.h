// The activation functions that recurrent ops and fused convolutions name.
#ifndef SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_ACTIVATION_H_
#define SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_ACTIVATION_H_

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/import/expansions/body.h"

namespace sinter::import::expansions {

struct Activation {
  std::string name;  // as ONNX spells the op
  double alpha = 0, beta = 0;
};

// Attributes activations, activation_alpha and activation_beta of a recurrent op: as many as
// `defaults`, for each of `directions`. ERRORS: UNIMPLEMENTED, INVALID_ARGUMENT.
absl::StatusOr<std::vector<Activation>> ReadActivations(const Body& body,
                                                        const std::vector<std::string>& defaults,
                                                        int64_t directions);

// The function by its name, in any case, with parameters from `alphas` and `betas`: those that it
// takes are removed there. ERRORS: UNIMPLEMENTED.
absl::StatusOr<Activation> ReadActivation(const std::string& name, std::vector<double>& alphas,
                                          std::vector<double>& betas);

// The function of `x`, a tensor of `dtype`.
Name Apply(Body& body, const Activation& activation, const Name& x, ir::DType dtype);

}  // namespace sinter::import::expansions

#endif  // SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_ACTIVATION_H_
