// RNN, GRU and LSTM. All products with the input are one MatMul over the whole sequence; what has
// to wait for the step before is unrolled for short sequences of known length, else a Scan.
#include <algorithm>
#include <functional>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "base/status_macros.h"
#include "compiler_core/import/expansions/activation.h"
#include "compiler_core/import/expansions/expansions.h"
#include "compiler_core/ir/diagnostic_kind.h"

namespace sinter::import::expansions {
namespace {

// Steps (of all directions together) that are unrolled: beyond it the graph gets long.
constexpr int64_t kMaxUnrolledSteps = 128;

// One direction of the layer.
struct Layer {
  Name projected;   // [steps, batch, gates * hidden]: inputs times weights, plus biases
  Name recurrence;  // [hidden, gates * hidden]
  Name recurrence_scale, recurrence_zero;  // of DynamicQuantizeLSTM
  Name hidden_bias;                        // GRU with linear_before_reset: [hidden], or ""
  Name peepholes;                          // LSTM: [3 * hidden], or ""
  std::vector<Activation> activations;
  std::vector<Name> initial;  // h (and c): [batch, hidden]
  bool reverse = false;
};

// One step: from what the inputs give ([batch, gates * hidden]) and the states to new states.
using Step = std::function<std::vector<Name>(Body&, const Layer&, const Name& input,
                                             const std::vector<Name>& states)>;

struct Recurrence {
  int gates;
  int num_states;
  std::vector<std::string> default_activations;
  Step step;
  // DynamicQuantizeLSTM: weights are integers, with their scales and zero points as inputs 8 to 11,
  // and their last two dimensions are swapped.
  bool quantized = false;
};

// The dimension of input 2 that is the number of hidden states, and the one of gates.
int HiddenDim(const Recurrence& r) { return r.quantized ? 1 : 2; }
int GatesDim(const Recurrence& r) { return r.quantized ? 2 : 1; }

int64_t NumDirections(const Body& b) {
  return b.Text("direction", "forward") == "bidirectional" ? 2 : 1;
}

absl::Status CheckForm(const Body& b, const Recurrence& r) {
  const std::string direction = b.Text("direction", "forward");
  if (direction != "forward" && direction != "reverse" && direction != "bidirectional") {
    return UnsupportedForm(absl::StrCat("direction `", direction, "`"));
  }
  if (!b.Has(0) || !b.Has(1) || !b.Has(2)) {
    return ir::Error(ir::DiagnosticKind::kMalformedModel, "input, weights or recurrence is absent");
  }
  if (!b.IsRanked(1) || !b.IsRanked(2)) return UnsupportedForm("weights of unknown rank");
  const auto hidden = b.Dim(2, HiddenDim(r));
  if ((b.IsRanked(0) && b.Rank(0) != 3) || b.Rank(1) != 3 || b.Rank(2) != 3 || !hidden ||
      *hidden < 1 || b.Dim(2, GatesDim(r)) != r.gates * *hidden ||
      b.Dim(1, GatesDim(r)) != r.gates * *hidden || b.Int("hidden_size", *hidden) != *hidden ||
      b.Dim(1, 0) != NumDirections(b) || b.Dim(2, 0) != NumDirections(b)) {
    return ir::Error(ir::DiagnosticKind::kShapeMismatch,
                     absl::StrCat("input, weights and recurrence of shapes ",
                                  ir::ToString(b.Shape(0)), ", ", ir::ToString(b.Shape(1)), ", ",
                                  ir::ToString(b.Shape(2)), " do not fit together"));
  }
  return absl::OkStatus();
}

// The states before the first step of direction `d`.
std::vector<Name> InitialStates(Body& b, const Recurrence& r, const Name& x, int64_t d) {
  const bool batch_first = b.Int("layout", 0) != 0;
  std::vector<Name> states;
  for (int i = 0; i < r.num_states; ++i) {
    if (b.Has(5 + i)) {
      const Name given =
          b.IsRanked(5 + i) ? b.In(5 + i) : b.Reshape(b.In(5 + i), {0, 0, *b.Dim(2, HiddenDim(r))});
      states.push_back(b.Pick(given, d, batch_first ? 1 : 0));
      continue;
    }
    const Name shape = b.Concat({b.ShapeOf(x, 1, 2), b.IntVector({*b.Dim(2, HiddenDim(r))})}, 0);
    states.push_back(b.Zeros(shape, b.Type(0)));
  }
  return states;
}

// `x` times integers: quantized too, by the range of its numbers at this time.
Name QuantizedProduct(Body& b, const Name& x, const Name& weights, const Name& scale,
                      const Name& zero) {
  const std::vector<Name> integers = b.Ops("DynamicQuantizeLinear", {x}, 3);
  const Name sums = b.Op("MatMulInteger", {integers[0], weights, integers[2], zero});
  return b.Mul(b.Cast(sums, ir::DType::kFloat32), b.Mul(integers[1], scale));
}

Name RecurrentProduct(Body& b, const Layer& layer, const Name& state) {
  if (layer.recurrence_scale.empty()) return b.MatMul(state, layer.recurrence);
  return QuantizedProduct(b, state, layer.recurrence, layer.recurrence_scale,
                          layer.recurrence_zero);
}

// `x` is [steps, batch, inputs].
Layer MakeLayer(Body& b, const Recurrence& r, const Name& x, int64_t d) {
  const int64_t hidden = *b.Dim(2, HiddenDim(r));
  Layer layer;
  const Name weights = b.Pick(b.In(1), d, 0);
  layer.recurrence = b.Pick(b.In(2), d, 0);
  if (r.quantized) {
    layer.recurrence_scale = b.Pick(b.In(10), d, 0);
    layer.recurrence_zero = b.Pick(b.In(11), d, 0);
    layer.projected = QuantizedProduct(b, x, weights, b.Pick(b.In(8), d, 0), b.Pick(b.In(9), d, 0));
  } else {
    layer.recurrence = b.Transpose(layer.recurrence, {1, 0});
    layer.projected = b.MatMul(x, b.Transpose(weights, {1, 0}));
  }
  if (b.Has(3)) {
    const std::vector<Name> biases = b.Split(b.Pick(b.In(3), d, 0), 2, 0);
    if (r.gates == 3 && b.Int("linear_before_reset", 0) != 0) {
      // The reset gate scales the last gate's second bias too, so that one waits.
      const Name zeros = b.Zeros(b.IntVector({hidden}), b.Type(0));
      const Name early = b.Concat({b.Slice(biases[1], 0, 2 * hidden, 0), zeros}, 0);
      layer.projected = b.Add(layer.projected, b.Add(biases[0], early));
      layer.hidden_bias = b.Slice(biases[1], 2 * hidden, 3 * hidden, 0);
    } else {
      layer.projected = b.Add(layer.projected, b.Add(biases[0], biases[1]));
    }
  }
  if (r.num_states == 2 && b.Has(7)) layer.peepholes = b.Pick(b.In(7), d, 0);
  layer.initial = InitialStates(b, r, x, d);
  layer.reverse = d == 1 || b.Text("direction", "forward") == "reverse";
  return layer;
}

// After a sequence's end its states stay and its outputs are 0. `step` is an int of rank 0.
struct Masked {
  std::vector<Name> states;
  Name output;
};
Masked Mask(Body& b, const Name& step, const std::vector<Name>& old, std::vector<Name> states) {
  if (!b.Has(4)) return {states, states[0]};
  const Name going_on = b.Unsqueeze(b.Op("Less", {step, b.In(4)}), {1});
  const Name output = b.Op("Where", {going_on, states[0], b.Number(0, b.Type(0))});
  for (size_t i = 0; i < states.size(); ++i) {
    states[i] = b.Op("Where", {going_on, states[i], old[i]});
  }
  return {states, output};
}

struct Result {
  Name outputs;  // [steps, batch, hidden]
  std::vector<Name> states;
};

Result Unroll(Body& b, const Recurrence& r, const Layer& layer, int64_t steps) {
  std::vector<Name> states = layer.initial, outputs(steps);
  for (int64_t i = 0; i < steps; ++i) {
    const int64_t t = layer.reverse ? steps - 1 - i : i;
    const std::vector<Name> next = r.step(b, layer, b.Pick(layer.projected, t, 0), states);
    const Name number = b.Has(4) ? b.Cast(b.IntNumber(t), b.Type(4)) : Name();
    const Masked masked = Mask(b, number, states, next);
    states = masked.states;
    outputs[t] = b.Unsqueeze(masked.output, {0});
  }
  return {b.Concat(outputs, 0), states};
}

Result Scan(Body& b, const Recurrence& r, const Layer& layer) {
  const Name none = b.IntNumber(0), one = b.IntNumber(1);
  Name numbers;
  if (b.Has(4)) {
    const Name steps = b.Squeeze(b.ShapeOf(layer.projected, 0, 1), {0});
    numbers = b.Cast(b.Op("Range", {none, steps, one}), b.Type(4));
  }
  std::vector<std::pair<Name, Name>> states, scanned = {{b.NewName(), layer.projected}};
  std::vector<Name> old;
  for (const Name& initial : layer.initial) {
    old.push_back(b.NewName());
    states.emplace_back(old.back(), initial);
  }
  if (b.Has(4)) scanned.emplace_back(b.NewName(), numbers);
  b.BeginGraph();
  const std::vector<Name> next = r.step(b, layer, scanned[0].first, old);
  Masked masked = Mask(b, scanned.back().first, old, next);
  // A value of its own, since it is a state as well.
  const Name output = b.Op("Identity", {masked.output});
  std::vector<Name> results = b.EndScan(states, scanned, masked.states, {output}, layer.reverse);
  const Name outputs = results.back();
  results.pop_back();
  return {outputs, results};
}

void ReturnAll(Body& b, const std::vector<Result>& results) {
  const bool batch_first = b.Int("layout", 0) != 0;
  std::vector<Name> outputs;
  for (const Result& result : results) outputs.push_back(b.Unsqueeze(result.outputs, {1}));
  const Name y = b.Concat(outputs, 1);  // [steps, directions, batch, hidden]
  b.Return(0, batch_first ? b.Transpose(y, {2, 0, 1, 3}) : y);
  for (size_t i = 0; i < results[0].states.size(); ++i) {
    std::vector<Name> states;
    for (const Result& result : results) states.push_back(b.Unsqueeze(result.states[i], {0}));
    const Name last = b.Concat(states, 0);  // [directions, batch, hidden]
    b.Return(1 + static_cast<int>(i), batch_first ? b.Transpose(last, {1, 0, 2}) : last);
  }
}

absl::Status Expand(Body& b, const Recurrence& r) {
  SINTER_RETURN_IF_ERROR(CheckForm(b, r));
  const int64_t directions = NumDirections(b);
  SINTER_ASSIGN_OR_RETURN(const std::vector<Activation> activations,
                          ReadActivations(b, r.default_activations, directions));
  const bool batch_first = b.Int("layout", 0) != 0;
  const std::optional<int64_t> steps = b.Dim(0, batch_first ? 1 : 0);
  // An input of unknown rank can only be right with these dimensions.
  const std::optional<int64_t> width = b.Dim(1, 3 - static_cast<int>(GatesDim(r)));
  if (!b.IsRanked(0) && !width) return UnsupportedForm("an input of unknown shape");
  const Name given = b.IsRanked(0) ? b.In(0) : b.Reshape(b.In(0), {0, 0, *width});
  const Name x = batch_first ? b.Transpose(given, {1, 0, 2}) : given;
  const size_t count = r.default_activations.size();
  std::vector<Result> results;
  for (int64_t d = 0; d < directions; ++d) {
    Layer layer = MakeLayer(b, r, x, d);
    layer.activations.assign(activations.begin() + d * count,
                             activations.begin() + (d + 1) * count);
    const bool unrolled = steps && *steps > 0 && *steps * directions <= kMaxUnrolledSteps;
    results.push_back(unrolled ? Unroll(b, r, layer, *steps) : Scan(b, r, layer));
  }
  ReturnAll(b, results);
  return absl::OkStatus();
}

Name Limited(Body& b, const Name& x) {
  if (!b.HasAttr("clip")) return x;
  const double limit = b.Float("clip", 0);
  return b.Op("Clip", {x, b.Number(-limit, b.Type(0)), b.Number(limit, b.Type(0))});
}

Name Activated(Body& b, const Activation& f, const Name& x) {
  return Apply(b, f, Limited(b, x), b.Type(0));
}

std::vector<Name> RnnStep(Body& b, const Layer& layer, const Name& input,
                          const std::vector<Name>& states) {
  const Name sum = b.Add(input, b.MatMul(states[0], layer.recurrence));
  return {Activated(b, layer.activations[0], sum)};
}

std::vector<Name> GruStep(Body& b, const Layer& layer, const Name& input,
                          const std::vector<Name>& states) {
  const int64_t hidden = *b.Dim(2, 2);
  const Activation &f = layer.activations[0], &g = layer.activations[1];
  const std::vector<Name> from_input = b.Split(input, 3, 1);
  std::vector<Name> update_reset;
  Name candidate;
  if (b.Int("linear_before_reset", 0) != 0) {
    const std::vector<Name> from_state = b.Split(b.MatMul(states[0], layer.recurrence), 3, 1);
    for (int i = 0; i < 2; ++i) {
      update_reset.push_back(Activated(b, f, b.Add(from_input[i], from_state[i])));
    }
    Name linear = from_state[2];
    if (!layer.hidden_bias.empty()) linear = b.Add(linear, layer.hidden_bias);
    candidate = b.Mul(update_reset[1], linear);
  } else {
    const Name both = b.Slice(layer.recurrence, 0, 2 * hidden, 1);
    const Name last = b.Slice(layer.recurrence, 2 * hidden, 3 * hidden, 1);
    const std::vector<Name> from_state = b.Split(b.MatMul(states[0], both), 2, 1);
    for (int i = 0; i < 2; ++i) {
      update_reset.push_back(Activated(b, f, b.Add(from_input[i], from_state[i])));
    }
    candidate = b.MatMul(b.Mul(update_reset[1], states[0]), last);
  }
  const Name fresh = Activated(b, g, b.Add(from_input[2], candidate));
  const Name& update = update_reset[0];
  const Name rest = b.Sub(b.Number(1, b.Type(0)), update);
  return {b.Add(b.Mul(rest, fresh), b.Mul(update, states[0]))};
}

std::vector<Name> LstmStep(Body& b, const Layer& layer, const Name& input,
                           const std::vector<Name>& states) {
  const Activation &f = layer.activations[0], &g = layer.activations[1], &h = layer.activations[2];
  const Name& cell = states[1];
  const Name sum = b.Add(input, RecurrentProduct(b, layer, states[0]));
  const std::vector<Name> iofc = b.Split(sum, 4, 1);
  std::vector<Name> iof_peepholes;
  if (!layer.peepholes.empty()) iof_peepholes = b.Split(layer.peepholes, 3, 0);
  const auto gate = [&](int i, const Name& seen) {
    const Name peek = iof_peepholes.empty() ? Name() : b.Mul(iof_peepholes[i], seen);
    return Activated(b, f, peek.empty() ? iofc[i] : b.Add(iofc[i], peek));
  };
  const Name in = gate(0, cell);
  const bool coupled = b.Int("input_forget", 0) != 0;
  const Name forget = coupled ? b.Sub(b.Number(1, b.Type(0)), in) : gate(2, cell);
  const Name fresh = Activated(b, g, iofc[3]);
  const Name next = b.Add(b.Mul(forget, cell), b.Mul(in, fresh));
  const Name out = gate(1, next);
  return {b.Mul(out, Activated(b, h, next)), next};
}

}  // namespace

absl::Status Rnn(Body& body) { return Expand(body, {1, 1, {"Tanh"}, RnnStep}); }

absl::Status Gru(Body& body) { return Expand(body, {3, 1, {"Sigmoid", "Tanh"}, GruStep}); }

absl::Status Lstm(Body& body) {
  return Expand(body, {4, 2, {"Sigmoid", "Tanh", "Tanh"}, LstmStep});
}

absl::Status DynamicQuantizeLstm(Body& body) {
  // All states of a step are quantized by one range: what those of ended sequences count for in it
  // is not defined.
  if (body.Has(4)) return UnsupportedForm("input `sequence_lens`");
  return Expand(body, {4, 2, {"Sigmoid", "Tanh", "Tanh"}, LstmStep, /*quantized=*/true});
}

}  // namespace sinter::import::expansions
