#include "reference/registry.h"

#include "reference/ops/categories.h"

namespace sinter::reference {
namespace {

std::vector<absl::Span<const Operator>> Categories() {
  return {
      AttentionOperators(),
      BinaryOperators(),
      CastOperators(),
      ConstantOperators(),
      ContribActivationOperators(),
      ContribAttentionOperators(),
      ContribLstmOperators(),
      ContribNormOperators(),
      ContribProductOperators(),
      ContribQLinearOperators(),
      ContribQuantizedProductOperators(),
      ContribRotaryOperators(),
      ControlFlowOperators(),
      ConvOperators(),
      DetectionOperators(),
      ExtentOperators(),
      GatherOperators(),
      GatingOperators(),
      GridOperators(),
      GroupQueryAttentionOperators(),
      LayoutOperators(),
      LinearOperators(),
      MlFeatureOperators(),
      MlLabelOperators(),
      MlLinearOperators(),
      MlMapOperators(),
      MlSvmOperators(),
      MlTreeOperators(),
      NormalizationOperators(),
      OrderOperators(),
      PoolingOperators(),
      QuantizeOperators(),
      QuantizedOperators(),
      RandomOperators(),
      RecurrentOperators(),
      ReductionOperators(),
      ReshapeOperators(),
      ResizeOperators(),
      ScatterOperators(),
      SequenceOperators(),
      SignalOperators(),
      SoftmaxOperators(),
      StringOperators(),
      TfIdfOperators(),
      UnaryOperators(),
  };
}

}  // namespace

OperatorTable::OperatorTable() {
  for (const absl::Span<const Operator> category : Categories()) {
    for (const Operator& row : category) rows_[{row.domain, row.name}].push_back(&row);
  }
}

const Operator* OperatorTable::Find(const std::string& domain, const std::string& name,
                                    int version) const {
  const auto found = rows_.find({domain, name});
  if (found == rows_.end()) return nullptr;
  const Operator* best = nullptr;
  for (const Operator* row : found->second) {
    if (row->since <= version && (best == nullptr || row->since > best->since)) best = row;
  }
  return best;
}

}  // namespace sinter::reference
