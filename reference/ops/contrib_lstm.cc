// com.microsoft's DynamicQuantizeLSTM.
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/contrib_checks.h"
#include "reference/ops/quantized_math.h"
#include "reference/ops/recurrent_node.h"

namespace sinter::reference {
namespace {

// Weights [directions, k, columns] with one scale and zero point a direction, or a column of each.
absl::StatusOr<std::vector<double>> DequantizedWeights(const Call& call, int weights_input,
                                                       int scale_input) {
  const Tensor& w = call.tensor(weights_input);
  const auto parameter = [&](int input) {
    const Tensor& given = call.tensor(input);
    Dims dims = given.dims();
    dims.insert(dims.begin() + (dims.empty() ? 0 : 1), 1);
    if (given.rank() == 1) dims.push_back(1);
    return given.Reshaped(std::move(dims));
  };
  const Tensor zero = parameter(scale_input + 1);
  SINTER_ASSIGN_OR_RETURN(const Tensor real, Dequantized(w, parameter(scale_input), &zero, -1));
  return real.reals();
}

// Rows, quantized all together, times weights [k, columns] of one direction.
std::vector<double> QuantizedTimes(const std::vector<double>& rows,
                                   const std::vector<double>& weights, int64_t direction, int64_t k,
                                   int64_t columns) {
  const Tensor x(Dtype::kFloat32, {static_cast<int64_t>(rows.size())}, rows);
  const DynamicallyQuantized quantized = QuantizeDynamically(x);
  std::vector<double> product(x.count() / k * columns, 0.0);
  for (int64_t i = 0; i < x.count(); ++i) {
    const double value =
        static_cast<double>(quantized.q.integers()[i] - quantized.zero) * quantized.scale;
    const double* row = weights.data() + (direction * k + i % k) * columns;
    for (int64_t j = 0; j < columns; ++j) product[i / k * columns + j] += value * row[j];
  }
  return product;
}

absl::StatusOr<std::vector<Value>> DynamicQuantizeLstm(const Call& call) {
  SINTER_RETURN_IF_ERROR(CheckGiven(call, {0, 1, 2, 8, 9, 10, 11}));
  SINTER_RETURN_IF_ERROR(CheckFloats(call, {0, 3, 5, 6, 7, 8, 10}));
  const Dims& x = call.tensor(0).dims();
  const Dims& w = call.tensor(1).dims();
  const Dims& r = call.tensor(2).dims();
  const int64_t directions = call.String("direction", "forward") == "bidirectional" ? 2 : 1;
  const bool fits = x.size() == 3 && r.size() == 3 && r[1] > 0 && x[2] > 0 &&
                    r == Dims{directions, r[1], 4 * r[1]} && w == Dims{directions, x[2], 4 * r[1]};
  if (!fits)
    return absl::InvalidArgumentError(absl::StrCat("weights of the shapes ", Text(w), " and ",
                                                   Text(r), " do not fit an input of ", Text(x)));
  const int64_t hidden = r[1], width = x[2];
  RecurrentInputs inputs;
  inputs.initial_c = 6;
  inputs.peepholes = 7;
  SINTER_ASSIGN_OR_RETURN(const RecurrentNode node,
                          ReadRecurrentNode(call, 4, hidden, inputs, {"Sigmoid", "Tanh", "Tanh"}));
  SINTER_ASSIGN_OR_RETURN(const std::vector<double> w_real, DequantizedWeights(call, 1, 8));
  SINTER_ASSIGN_OR_RETURN(const std::vector<double> r_real, DequantizedWeights(call, 2, 10));
  const GateProducts products = {[&](int64_t d, const std::vector<double>& rows) {
                                   return QuantizedTimes(rows, w_real, d, width, 4 * hidden);
                                 },
                                 [&](int64_t d, const std::vector<double>& rows) {
                                   return QuantizedTimes(rows, r_real, d, hidden, 4 * hidden);
                                 }};
  return RunRecurrent(node, products, LstmCell(node, call.Flag("input_forget")));
}

}  // namespace

absl::Span<const Operator> ContribLstmOperators() {
  static constexpr Operator kOperators[] = {
      {"com.microsoft", "DynamicQuantizeLSTM", 1, OfNumbers<DynamicQuantizeLstm>, 3}};
  return kOperators;
}

}  // namespace sinter::reference
