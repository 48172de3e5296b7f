// Reductions of constants.
#include <algorithm>
#include <cmath>
#include <limits>

#include "compiler_core/import/const_eval.h"
#include "compiler_core/import/elements.h"

namespace sinter::import {
namespace {

using ir::HostTensor;

struct ReduceRow {
  absl::string_view op;
  double init;
  double (*combine)(double sum, double x);
  double (*finish)(double sum, double count);
};

constexpr double kInfinity = std::numeric_limits<double>::infinity();
double Keep(double sum, double) { return sum; }

constexpr ReduceRow kReductions[] = {
    {"ReduceL1", 0, [](double s, double x) { return s + std::fabs(x); }, Keep},
    {"ReduceL2", 0, [](double s, double x) { return s + x * x; },
     [](double s, double) { return std::sqrt(s); }},
    {"ReduceMax", -kInfinity, [](double s, double x) { return std::isnan(x) || x > s ? x : s; },
     Keep},
    {"ReduceMean", 0, [](double s, double x) { return s + x; },
     [](double s, double count) { return s / count; }},
    {"ReduceMin", kInfinity, [](double s, double x) { return std::isnan(x) || x < s ? x : s; },
     Keep},
    {"ReduceProd", 1, [](double s, double x) { return s * x; }, Keep},
    {"ReduceSum", 0, [](double s, double x) { return s + x; }, Keep},
    {"ReduceSumSquare", 0, [](double s, double x) { return s + x * x; }, Keep},
};

// Which dimensions are reduced, by what the shape rule made of them.
std::vector<bool> ReducedDims(const EvalNode& e) {
  const size_t rank = e.In(0).dims().size();
  std::vector<bool> reduced(rank, false);
  absl::StatusOr<std::optional<std::vector<int64_t>>> axes = e.node.Axes(1);
  if (!axes.ok() || !*axes || (*axes)->empty()) {
    return std::vector<bool>(rank, e.node.Int("noop_with_empty_axes", 0) == 0);
  }
  for (int64_t axis : **axes) reduced[axis < 0 ? axis + rank : axis] = true;
  return reduced;
}

Evaluation EvaluateReduce(const ReduceRow& row, const EvalNode& e) {
  const HostTensor& in = e.In(0);
  // Sums of integers in double would lose bits beyond 2^53.
  if (in.num_elements() == 0 || !(IsFloat(in.dtype()) || IsInteger(in.dtype())))
    return std::nullopt;
  const std::vector<bool> reduced = ReducedDims(e);
  TensorWriter writer(e.OutType(), e.OutDims());
  std::vector<double> sums(writer.size(), row.init);
  for (int64_t i = 0; i < in.num_elements(); ++i) {
    int64_t rest = i, to = 0, scale = 1;
    for (size_t axis = in.dims().size(); axis-- > 0;) {
      const int64_t at = rest % in.dims()[axis];
      rest /= in.dims()[axis];
      if (reduced[axis]) continue;
      to += at * scale;
      scale *= in.dims()[axis];
    }
    sums[to] = row.combine(sums[to], in.AsDouble(i));
  }
  const double count = static_cast<double>(in.num_elements()) / std::max<int64_t>(writer.size(), 1);
  for (int64_t i = 0; i < writer.size(); ++i) {
    const double value = row.finish(sums[i], count);
    if (!IsFloat(e.OutType()) && std::fabs(value) >= 0x1p53) return std::nullopt;
    writer.SetDouble(i, value);
  }
  return std::vector<HostTensor>{writer.Take()};
}

Evaluation EvaluateCumSum(const EvalNode& e) {
  const HostTensor& in = e.In(0);
  const int64_t rank = static_cast<int64_t>(in.dims().size());
  if (e.In(1).num_elements() != 1) return std::nullopt;
  int64_t axis = e.In(1).AsInt(0);
  if (axis < 0) axis += rank;
  if (axis < 0 || axis >= rank || !(IsFloat(in.dtype()) || IsInteger(in.dtype()))) {
    return std::nullopt;
  }
  int64_t inner = 1;
  for (int64_t i = axis + 1; i < rank; ++i) inner *= in.dims()[i];
  const int64_t length = in.dims()[axis];
  const bool exclusive = e.node.Int("exclusive", 0) != 0, reverse = e.node.Int("reverse", 0) != 0;
  TensorWriter writer(in.dtype(), in.dims());
  for (int64_t line = 0; line < writer.size() / std::max<int64_t>(length, 1); ++line) {
    double sum = 0;
    for (int64_t step = 0; step < length; ++step) {
      const int64_t at = reverse ? length - 1 - step : step;
      const int64_t i = line / inner * inner * length + at * inner + line % inner;
      if (exclusive) writer.SetDouble(i, sum);
      sum += in.AsDouble(i);
      if (!exclusive) writer.SetDouble(i, sum);
    }
  }
  return std::vector<HostTensor>{writer.Take()};
}

}  // namespace

Evaluation EvaluateReduction(absl::string_view op, const EvalNode& node) {
  if (op == "CumSum") return EvaluateCumSum(node);
  for (const ReduceRow& row : kReductions) {
    if (row.op == op) return EvaluateReduce(row, node);
  }
  return std::nullopt;
}

}  // namespace sinter::import
