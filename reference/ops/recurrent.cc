// RNN, GRU and LSTM.
#include <cstdint>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "reference/ops/categories.h"
#include "reference/ops/recurrent_node.h"

namespace sinter::reference {
namespace {

// The hidden size by the recurrence weights [directions, gates * hidden, hidden], after both
// weights have been checked.
absl::StatusOr<int64_t> HiddenSize(const Call& call, int64_t gates) {
  const Dims& x = call.tensor(0).dims();
  const Dims& w = call.tensor(1).dims();
  const Dims& r = call.tensor(2).dims();
  const int64_t directions = call.String("direction", "forward") == "bidirectional" ? 2 : 1;
  if (x.size() == 3 && r.size() == 3 && r[2] > 0 && r == Dims{directions, gates * r[2], r[2]} &&
      w == Dims{directions, gates * r[2], x[2]}) {
    return r[2];
  }
  return absl::InvalidArgumentError(absl::StrCat("weights of the shapes ", Text(w), " and ",
                                                 Text(r), " do not fit an input of ", Text(x)));
}

absl::StatusOr<std::vector<Value>> Rnn(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const int64_t hidden, HiddenSize(call, 1));
  SINTER_ASSIGN_OR_RETURN(const RecurrentNode node,
                          ReadRecurrentNode(call, 1, hidden, {}, {"Tanh"}));
  const Cell cell = [&](int64_t d, const double* from_x, const double* from_h, double* h, double*) {
    const double* bias = node.bias.data() + d * 2 * hidden;
    for (int64_t j = 0; j < hidden; ++j)
      h[j] = node.activations[d](from_x[j] + from_h[j] + bias[j] + bias[hidden + j]);
  };
  std::vector<Value> outputs =
      RunRecurrent(node, PlainProducts(node, call.tensor(1).reals(), call.tensor(2).reals()), cell);
  outputs.pop_back();
  return outputs;
}

absl::StatusOr<std::vector<Value>> Gru(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const int64_t n, HiddenSize(call, 3));
  SINTER_ASSIGN_OR_RETURN(const RecurrentNode node,
                          ReadRecurrentNode(call, 3, n, {}, {"Sigmoid", "Tanh"}));
  const std::vector<double>& r_weights = call.tensor(2).reals();
  const bool linear_before_reset = call.Flag("linear_before_reset");
  const Cell cell = [&](int64_t d, const double* from_x, const double* from_h, double* h, double*) {
    const double* w_bias = node.bias.data() + d * 6 * n;
    const double* r_bias = w_bias + 3 * n;
    const Activation* act = &node.activations[d * 2];
    std::vector<double> z(n), r(n), reset(n);
    for (int64_t j = 0; j < n; ++j) {
      z[j] = act[0](from_x[j] + from_h[j] + w_bias[j] + r_bias[j]);
      r[j] = act[0](from_x[n + j] + from_h[n + j] + w_bias[n + j] + r_bias[n + j]);
      reset[j] = r[j] * h[j];
    }
    const double* h_weights = r_weights.data() + (d * 3 + 2) * n * n;
    const std::vector<double> after = TimesTransposed(reset.data(), 1, n, h_weights, n);
    for (int64_t j = 0; j < n; ++j) {
      const int64_t at = 2 * n + j;
      const double from_state =
          linear_before_reset ? r[j] * (from_h[at] + r_bias[at]) : after[j] + r_bias[at];
      const double candidate = act[1](from_x[at] + w_bias[at] + from_state);
      h[j] = (1 - z[j]) * candidate + z[j] * h[j];
    }
  };
  std::vector<Value> outputs =
      RunRecurrent(node, PlainProducts(node, call.tensor(1).reals(), r_weights), cell);
  outputs.pop_back();
  return outputs;
}

absl::StatusOr<std::vector<Value>> Lstm(const Call& call) {
  SINTER_ASSIGN_OR_RETURN(const int64_t hidden, HiddenSize(call, 4));
  RecurrentInputs inputs;
  inputs.initial_c = 6;
  inputs.peepholes = 7;
  SINTER_ASSIGN_OR_RETURN(const RecurrentNode node,
                          ReadRecurrentNode(call, 4, hidden, inputs, {"Sigmoid", "Tanh", "Tanh"}));
  return RunRecurrent(node, PlainProducts(node, call.tensor(1).reals(), call.tensor(2).reals()),
                      LstmCell(node, call.Flag("input_forget")));
}

}  // namespace

absl::Span<const Operator> RecurrentOperators() {
  static constexpr Operator kOperators[] = {
      {"", "GRU", 1, Gru},
      {"", "LSTM", 1, Lstm},
      {"", "RNN", 1, Rnn},
  };
  return kOperators;
}

}  // namespace sinter::reference
