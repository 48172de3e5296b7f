// The tables of operators: one function a category, defined in the file of that name.
#ifndef SINTER_REFERENCE_OPS_CATEGORIES_H_
#define SINTER_REFERENCE_OPS_CATEGORIES_H_

#include "absl/types/span.h"
#include "reference/operator.h"

namespace sinter::reference {

absl::Span<const Operator> BinaryOperators();
absl::Span<const Operator> CastOperators();
absl::Span<const Operator> ConstantOperators();
absl::Span<const Operator> ControlFlowOperators();
absl::Span<const Operator> ExtentOperators();
absl::Span<const Operator> GatherOperators();
absl::Span<const Operator> LayoutOperators();
absl::Span<const Operator> LinearOperators();
absl::Span<const Operator> OrderOperators();
absl::Span<const Operator> RandomOperators();
absl::Span<const Operator> RecurrentOperators();
absl::Span<const Operator> ReductionOperators();
absl::Span<const Operator> ReshapeOperators();
absl::Span<const Operator> ScatterOperators();
absl::Span<const Operator> SequenceOperators();
absl::Span<const Operator> SoftmaxOperators();
absl::Span<const Operator> StringOperators();
absl::Span<const Operator> TfIdfOperators();
absl::Span<const Operator> UnaryOperators();

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_CATEGORIES_H_
