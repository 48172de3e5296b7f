#include "compiler_core/import/const_eval.h"

#include "compiler_core/dialect/onnx/shape_rules.h"
#include "compiler_core/import/elements.h"

namespace sinter::import {

using ir::HostTensor;

namespace {

std::vector<HostTensor> One(HostTensor tensor) { return {std::move(tensor)}; }

Evaluation EvaluateSlice(const EvalNode& e) {
  absl::StatusOr<onnx::SliceArguments> arguments = onnx::ReadSliceArguments(e.node);
  if (!arguments.ok()) return std::nullopt;
  const HostTensor& in = e.In(0);
  std::vector<int64_t> offsets(in.dims().size(), 0), steps(in.dims().size(), 1);
  for (size_t i = 0; i < arguments->axes.size(); ++i) {
    const int64_t axis = arguments->axes[i];
    absl::StatusOr<onnx::SliceDim> part = onnx::ResolveSlice(
        arguments->starts[i], arguments->ends[i], arguments->steps[i], in.dims()[axis]);
    if (!part.ok() || !part->offset.IsConstant()) return std::nullopt;
    offsets[axis] = *part->offset.AsConstant();
    steps[axis] = arguments->steps[i];
  }
  return One(in.Sliced(offsets, e.OutDims(), steps));
}

Evaluation EvaluateSplit(const EvalNode& e) {
  const HostTensor& in = e.In(0);
  const int64_t rank = static_cast<int64_t>(in.dims().size());
  absl::StatusOr<int64_t> axis = onnx::ShapeContext::NormalizeAxis(e.node.Int("axis", 0), rank);
  if (!axis.ok()) return std::nullopt;
  std::vector<int64_t> offsets(rank, 0);
  const std::vector<int64_t> steps(rank, 1);
  std::vector<HostTensor> parts;
  for (size_t i = 0; i < e.outputs.size(); ++i) {
    const std::vector<int64_t> sizes = e.OutDims(static_cast<int>(i));
    parts.push_back(in.Sliced(offsets, sizes, steps));
    offsets[*axis] += sizes[*axis];
  }
  return parts;
}

Evaluation EvaluateTranspose(const EvalNode& e) {
  std::vector<int64_t> permutation;
  for (size_t i = e.In(0).dims().size(); i-- > 0;) permutation.push_back(static_cast<int64_t>(i));
  return One(e.In(0).Transposed(e.node.Ints("perm").value_or(permutation)));
}

Evaluation EvaluateCast(const EvalNode& e) {
  const HostTensor& in = e.In(0);
  const ir::DType to = e.OutType();
  if (in.dtype() == to) return One(in);
  // Numbers of a byte and less can be read, but how to convert to them is up to attributes.
  const bool narrow_integer = in.dtype() == ir::DType::kInt4 || in.dtype() == ir::DType::kUInt4 ||
                              in.dtype() == ir::DType::kInt2 || in.dtype() == ir::DType::kUInt2;
  const bool integer = IsInteger(in.dtype()) || in.dtype() == ir::DType::kBool || narrow_integer;
  // The evaluator's integers are signed.
  if (in.dtype() == ir::DType::kUInt64 && IsFloat(to)) return std::nullopt;
  if (!IsFloat(to) && !IsInteger(to) && to != ir::DType::kBool) return std::nullopt;
  TensorWriter writer(to, in.dims());
  for (int64_t i = 0; i < writer.size(); ++i) {
    if (integer) {
      writer.SetInt(i, in.AsInt(i));
    } else {
      writer.SetDouble(i, in.AsDouble(i));
    }
  }
  return One(writer.Take());
}

Evaluation Reshaped(const EvalNode& e) { return One(e.In(0).Reshaped(e.OutDims())); }
Evaluation Itself(const EvalNode& e) { return One(e.In(0)); }
Evaluation Broadcast(const EvalNode& e) { return One(e.In(0).BroadcastTo(e.OutDims())); }

struct ViewRow {
  absl::string_view op;
  Evaluation (*evaluate)(const EvalNode&);
};

constexpr ViewRow kViews[] = {
    {"Cast", EvaluateCast},   {"CastLike", EvaluateCast},
    {"Expand", Broadcast},    {"Flatten", Reshaped},
    {"Identity", Itself},     {"Reshape", Reshaped},
    {"Slice", EvaluateSlice}, {"Split", EvaluateSplit},
    {"Squeeze", Reshaped},    {"Transpose", EvaluateTranspose},
    {"Unsqueeze", Reshaped},
};

}  // namespace

std::vector<int64_t> EvalNode::OutDims(int i) const { return ConstantDims(outputs[i].shape); }

Evaluation EvaluateView(absl::string_view op, const EvalNode& node) {
  for (const ViewRow& row : kViews) {
    if (row.op == op) return row.evaluate(node);
  }
  return std::nullopt;
}

Evaluation Evaluate(absl::string_view op, const EvalNode& node) {
  for (auto family : {EvaluateView, EvaluateMovement, EvaluateElementwise, EvaluateReduction,
                      EvaluateGenerator}) {
    if (Evaluation result = family(op, node)) return result;
  }
  return std::nullopt;
}

}  // namespace sinter::import
