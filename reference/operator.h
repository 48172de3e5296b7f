// What one operator is: a row in its category's table and a function from a Call to values.
//
//   absl::StatusOr<std::vector<Value>> Softsign(const Call& call) {
//     Tensor y = call.tensor(0);
//     for (double& v : y.reals()) v = v / (1 + std::fabs(v));
//     return Single(std::move(y));
//   }
//
//   absl::Span<const Operator> ActivationOperators() {
//     static constexpr Operator kOperators[] = {{"", "Softsign", 1, Softsign}};
//     return kOperators;
//   }
//
// A category is a file in ops/; it is declared in ops/categories.h, listed in registry.cc, and
// named in ops/BUILD.
#ifndef SINTER_REFERENCE_OPERATOR_H_
#define SINTER_REFERENCE_OPERATOR_H_

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/types/span.h"
#include "onnx/onnx_pb.h"
#include "reference/value.h"

namespace sinter::reference {

// What an operator may ask of the evaluator that runs it.
class Environment {
 public:
  virtual ~Environment() = default;

  // Evaluates a graph attribute of the node, which sees the values of the graphs around it.
  virtual absl::StatusOr<std::vector<Value>> RunGraph(const onnx::GraphProto& graph,
                                                      std::vector<Value> inputs) = 0;

  // A seed for an operator that has none of its own: each call gets another one, the same in every
  // evaluation with the same options.
  virtual uint64_t NextSeed() = 0;
};

// One execution of a node. For ops that ONNX has a schema of, the evaluator has already checked
// number and types of the inputs, and names and types of the attributes, including that those are
// present which are required; for others (com.microsoft), that all given inputs are tensors and
// `min_inputs` of them are given. Shapes and values are the operator's to check.
class Call {
 public:
  // All arguments must outlive the call.
  Call(const onnx::NodeProto& node, int version, absl::Span<const std::optional<Value>> inputs,
       Environment& environment)
      : node_(node), version_(version), inputs_(inputs), environment_(environment) {}

  const onnx::NodeProto& node() const { return node_; }
  // The opset version in which the op last changed at or before the model's version of the domain:
  // that names which definition holds. For ops without schema, the model's version of the domain.
  int version() const { return version_; }
  Environment& environment() const { return environment_; }

  // Inputs that the node lists, including those left out by an empty name.
  int input_count() const { return static_cast<int>(inputs_.size()); }
  bool Has(int input) const { return input < input_count() && inputs_[input].has_value(); }
  // REQUIRES: Has(input).
  const Value& value(int input) const { return *inputs_[input]; }
  // REQUIRES: Has(input), and that it is a tensor.
  const Tensor& tensor(int input) const;
  // Null if left out.
  const Tensor* optional_tensor(int input) const;

  // Outputs that the node lists, and whether it names one (an unnamed one need not be computed).
  int output_count() const { return node_.output_size(); }
  bool Wants(int output) const { return output < output_count() && !node_.output(output).empty(); }

  // Attributes. The operator states the default where it reads.
  const onnx::AttributeProto* Attribute(absl::string_view name) const;
  bool HasAttribute(absl::string_view name) const { return Attribute(name) != nullptr; }
  int64_t Int(absl::string_view name, int64_t otherwise) const;
  bool Flag(absl::string_view name, bool otherwise = false) const {
    return Int(name, otherwise) != 0;
  }
  double Float(absl::string_view name, double otherwise) const;
  std::string String(absl::string_view name, absl::string_view otherwise) const;
  // Empty if absent.
  std::vector<int64_t> Ints(absl::string_view name) const;
  std::vector<double> Floats(absl::string_view name) const;
  std::vector<std::string> Strings(absl::string_view name) const;
  // REQUIRES: present, by the schema.
  const onnx::GraphProto& Graph(absl::string_view name) const;

 private:
  const onnx::NodeProto& node_;
  const int version_;
  const absl::Span<const std::optional<Value>> inputs_;
  Environment& environment_;
};

// RETURNS: as many values as the op has outputs, or fewer if the node wants only the first ones. An
// output that is not wanted may be any value. Tensors need not be rounded to their type: the
// evaluator does that.
// ERRORS: INVALID_ARGUMENT for inputs that the op does not allow, UNIMPLEMENTED for what it allows
// and we don't have. The evaluator puts the node's name in front.
using OperatorFunction = absl::StatusOr<std::vector<Value>> (*)(const Call& call);

struct Operator {
  const char* domain;  // "" is ai.onnx
  const char* name;
  // The first version of the op with this meaning. Of several rows for one op the evaluator takes
  // the one with the largest `since` that is not above the call's version.
  int since;
  OperatorFunction function;
  int min_inputs = 0;  // only for ops that ONNX has no schema of
};

// The result of an operator with one output.
inline std::vector<Value> Single(Tensor tensor) { return {Value(std::move(tensor))}; }

}  // namespace sinter::reference

#endif  // SINTER_REFERENCE_OPERATOR_H_
