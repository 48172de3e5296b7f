// What RNN, GRU and LSTM (and their quantized kin) have in common: how a node is read, the
// activations, the walk over steps and directions, and the outputs.
#ifndef SINTER_REFERENCE_OPS_RECURRENT_NODE_H_
#define SINTER_REFERENCE_OPS_RECURRENT_NODE_H_

#include <cstdint>
#include <functional>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "reference/operator.h"

namespace sinter::reference {

using Activation = std::function<double(double)>;

// Which input of the op is which; -1 for none.
struct RecurrentInputs {
  int x = 0, bias = 3, lengths = 4, initial_h = 5, initial_c = -1, peepholes = -1;
};

// A node with its optional inputs filled in and everything in the layout [steps, batch, ...].
struct RecurrentNode {
  int64_t steps = 0, batch = 0, width = 0, hidden = 0;
  int64_t gates = 0;       // 1, 3 or 4
  int64_t directions = 1;  // 2 for bidirectional
  bool reverse = false;    // of the only direction
  bool batch_first = false;
  Dtype dtype = Dtype::kFloat32;
  std::vector<double> x;          // [steps, batch, width]
  std::vector<double> bias;       // [directions, 2, gates, hidden]
  std::vector<int64_t> lengths;   // [batch]
  std::vector<double> initial_h;  // [directions, batch, hidden]
  std::vector<double> initial_c;
  std::vector<double> peepholes;  // [directions, 3, hidden]
  // Each applies the clip first.
  std::vector<Activation> activations;  // [directions, activations of a cell]
};

// REQUIRES: `defaults` has the activations of one cell. ERRORS: INVALID_ARGUMENT for shapes that do
// not fit, UNIMPLEMENTED for an activation without defaults that is given no parameters.
absl::StatusOr<RecurrentNode> ReadRecurrentNode(const Call& call, int64_t gates, int64_t hidden,
                                                const RecurrentInputs& inputs,
                                                const std::vector<std::string>& defaults);

// Products of rows with the weights of one direction: [rows, k] -> [rows, gates * hidden].
struct GateProducts {
  std::function<std::vector<double>(int64_t direction, const std::vector<double>& x)> of_input;
  std::function<std::vector<double>(int64_t direction, const std::vector<double>& h)> of_state;
};

// One step of one sequence: from what the products give for it (gates * hidden each) it makes the
// new state in place.
using Cell = std::function<void(int64_t direction, const double* from_x, const double* from_h,
                                double* h, double* c)>;

// RETURNS: Y, Y_h and Y_c. Beyond the end of a sequence Y is 0 and the states stay.
std::vector<Value> RunRecurrent(const RecurrentNode& node, const GateProducts& products,
                                const Cell& cell);

// rows [n, k] times the transpose of weights [m, k].
std::vector<double> TimesTransposed(const double* rows, int64_t n, int64_t k, const double* weights,
                                    int64_t m);

// The weights W [directions, m, k] as products. REQUIRES: they outlive the result.
GateProducts PlainProducts(const RecurrentNode& node, const std::vector<double>& w,
                           const std::vector<double>& r);

// The cell of an LSTM with gates in the order i, o, f, c. `coupled`: f is 1 - i.
Cell LstmCell(const RecurrentNode& node, bool coupled);

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPS_RECURRENT_NODE_H_
