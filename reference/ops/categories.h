// The tables of operators: one function a category, defined in the file of that name.
#ifndef SINTER_REFERENCE_OPS_CATEGORIES_H_
#define SINTER_REFERENCE_OPS_CATEGORIES_H_

#include "absl/types/span.h"
#include "reference/operator.h"

namespace sinter::reference {

absl::Span<const Operator> AttentionOperators();
absl::Span<const Operator> BinaryOperators();
absl::Span<const Operator> CastOperators();
absl::Span<const Operator> ConstantOperators();
absl::Span<const Operator> ContribActivationOperators();
absl::Span<const Operator> ContribAttentionOperators();
absl::Span<const Operator> ContribLstmOperators();
absl::Span<const Operator> ContribNormOperators();
absl::Span<const Operator> ContribProductOperators();
absl::Span<const Operator> ContribQLinearOperators();
absl::Span<const Operator> ContribQuantizedProductOperators();
absl::Span<const Operator> ContribRotaryOperators();
absl::Span<const Operator> ControlFlowOperators();
absl::Span<const Operator> ConvOperators();
absl::Span<const Operator> DetectionOperators();
absl::Span<const Operator> ExtentOperators();
absl::Span<const Operator> GatherOperators();
absl::Span<const Operator> GatingOperators();
absl::Span<const Operator> GridOperators();
absl::Span<const Operator> GroupQueryAttentionOperators();
absl::Span<const Operator> LayoutOperators();
absl::Span<const Operator> LinearOperators();
absl::Span<const Operator> MlFeatureOperators();
absl::Span<const Operator> MlLabelOperators();
absl::Span<const Operator> MlLinearOperators();
absl::Span<const Operator> MlMapOperators();
absl::Span<const Operator> MlSvmOperators();
absl::Span<const Operator> MlTreeOperators();
absl::Span<const Operator> NormalizationOperators();
absl::Span<const Operator> OrderOperators();
absl::Span<const Operator> PoolingOperators();
absl::Span<const Operator> QuantizeOperators();
absl::Span<const Operator> QuantizedOperators();
absl::Span<const Operator> RandomOperators();
absl::Span<const Operator> RecurrentOperators();
absl::Span<const Operator> ReductionOperators();
absl::Span<const Operator> ReshapeOperators();
absl::Span<const Operator> ResizeOperators();
absl::Span<const Operator> ScatterOperators();
absl::Span<const Operator> SequenceOperators();
absl::Span<const Operator> SignalOperators();
absl::Span<const Operator> SoftmaxOperators();
absl::Span<const Operator> StringOperators();
absl::Span<const Operator> TfIdfOperators();
absl::Span<const Operator> UnaryOperators();

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_CATEGORIES_H_
