// Constants made out of shapes and numbers.
#include <algorithm>

#include "compiler_core/import/const_eval.h"
#include "compiler_core/import/elements.h"

namespace sinter::import {
namespace {

using ir::HostTensor;

Evaluation EvaluateConstantOfShape(const EvalNode& e) {
  const HostTensor& value = e.constants.Get(e.node.Int("value", 0));
  if (value.num_elements() != 1) return std::nullopt;
  // One element seen everywhere: no bytes are made.
  return std::vector<HostTensor>{value.Reshaped({}).BroadcastTo(e.OutDims())};
}

Evaluation EvaluateRange(const EvalNode& e) {
  TensorWriter writer(e.OutType(), e.OutDims());
  for (int64_t i = 0; i < writer.size(); ++i) {
    if (IsFloat(e.OutType())) {
      writer.SetDouble(i, e.In(0).AsDouble(0) + static_cast<double>(i) * e.In(2).AsDouble(0));
    } else {
      writer.SetInt(i, e.In(0).AsInt(0) + i * e.In(2).AsInt(0));
    }
  }
  return std::vector<HostTensor>{writer.Take()};
}

Evaluation EvaluateEyeLike(const EvalNode& e) {
  TensorWriter writer(e.OutType(), e.OutDims());
  const int64_t width = e.OutDims()[1], k = e.node.Int("k", 0);
  for (int64_t i = 0; i < writer.size(); ++i) writer.SetInt(i, i % width - i / width == k);
  return std::vector<HostTensor>{writer.Take()};
}

Evaluation EvaluateNonZero(const EvalNode& e) {
  const HostTensor& in = e.In(0);
  TensorWriter writer(ir::DType::kInt64, e.OutDims());
  const int64_t rank = e.OutDims()[0], count = e.OutDims()[1];
  int64_t column = 0;
  for (int64_t i = 0; i < in.num_elements(); ++i) {
    if (in.AsDouble(i) == 0) continue;
    int64_t rest = i;
    for (int64_t axis = rank; axis-- > 0;) {
      writer.SetInt(axis * count + column, rest % in.dims()[axis]);
      rest /= in.dims()[axis];
    }
    ++column;
  }
  return std::vector<HostTensor>{writer.Take()};
}

Evaluation EvaluateOneHot(const EvalNode& e) {
  const HostTensor &indices = e.In(0), values = e.In(2).RowMajor();
  if (values.num_elements() != 2) return std::nullopt;
  const std::vector<int64_t> dims = e.OutDims();
  const int64_t rank = static_cast<int64_t>(dims.size());
  int64_t axis = e.node.Int("axis", -1);
  if (axis < 0) axis += rank;
  const int64_t depth = dims[axis];
  int64_t inner = 1;
  for (int64_t i = axis + 1; i < rank; ++i) inner *= dims[i];
  TensorWriter writer(e.OutType(), dims);
  for (int64_t i = 0; i < writer.size(); ++i) {
    int64_t index = indices.AsInt(i / (inner * depth) * inner + i % inner);
    if (index < 0) index += depth;
    writer.Copy(i, values, i / inner % depth == index ? 1 : 0);
  }
  return std::vector<HostTensor>{writer.Take()};
}

struct GeneratorRow {
  absl::string_view op;
  Evaluation (*evaluate)(const EvalNode&);
};

constexpr GeneratorRow kGenerators[] = {
    {"ConstantOfShape", EvaluateConstantOfShape},
    {"EyeLike", EvaluateEyeLike},
    {"NonZero", EvaluateNonZero},
    {"OneHot", EvaluateOneHot},
    {"Range", EvaluateRange},
};

}  // namespace

Evaluation EvaluateGenerator(absl::string_view op, const EvalNode& node) {
  for (const GeneratorRow& row : kGenerators) {
    if (row.op == op) return row.evaluate(node);
  }
  return std::nullopt;
}

}  // namespace sinter::import
