// The nodes that an op stands for, while an expansion (expansions.h) writes them: what it may ask
// of the node, and how it adds nodes of ai.onnx's opset kOpset. Values are known by their names in
// the graph; new ones get names that nobody else has. Not thread-safe.
#ifndef SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_BODY_H_
#define SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_BODY_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/sym_expr.h"

namespace onnx {
class AttributeProto;
class FunctionProto;
class GraphProto;
class NodeProto;
class TensorProto;
}  // namespace onnx

namespace sinter::import {

// Of a value; "" is one that is absent.
using Name = std::string;

// An input of the node, as far as it is known. Absent ones have no `shape`.
struct Operand {
  ir::DType dtype = ir::DType::kUndefined;
  const ir::SymShape* shape = nullptr;
  const ir::HostTensor* constant = nullptr;
  bool ranked = true;  // else nothing is known of its dimensions, and `shape` says nothing
};

struct Attr {
  const char* name;
  std::variant<int64_t, double, std::string, std::vector<int64_t>> value;
};

bool IsRealFloat(ir::DType dtype);  // float16, bfloat16, float32, float64
// float32 for the 16-bit floats, else the type itself.
ir::DType WideType(ir::DType dtype);

class Body {
 public:
  static constexpr int64_t kOpset = 24;

  // `version` is the opset version that defines the node's op. New values' names start with
  // `prefix`. The node must outlive the body.
  Body(const ::onnx::NodeProto& node, int64_t version, std::vector<Operand> operands,
       std::string prefix);
  ~Body();

  int64_t version() const { return version_; }

  // --- The node ---
  std::string OpType() const;
  int num_inputs() const { return static_cast<int>(operands_.size()); }
  bool Has(int i) const { return i < num_inputs() && operands_[i].shape != nullptr; }
  Name In(int i) const;  // "" if absent
  // REQUIRES (here and below): Has(i).
  ir::DType Type(int i) const { return operands_[i].dtype; }
  const ir::SymShape& Shape(int i) const { return *operands_[i].shape; }
  bool IsRanked(int i) const { return operands_[i].ranked; }
  // REQUIRES: IsRanked(i).
  int Rank(int i) const { return static_cast<int>(Shape(i).size()); }
  // The size if it is known; nullopt also if there is no such dimension.
  std::optional<int64_t> Dim(int i, int axis) const;
  const ir::HostTensor* Constant(int i) const { return operands_[i].constant; }
  bool Wants(int output) const;
  Name Out(int i) const;  // "" if nobody wants it

  bool HasAttr(absl::string_view name) const { return Find(name) != nullptr; }
  int64_t Int(absl::string_view name, int64_t otherwise) const;
  double Float(absl::string_view name, double otherwise) const;
  std::string Text(absl::string_view name, absl::string_view otherwise) const;
  std::vector<int64_t> Ints(absl::string_view name) const;       // empty if absent
  std::vector<double> Floats(absl::string_view name) const;      // empty if absent
  std::vector<std::string> Texts(absl::string_view name) const;  // empty if absent

  // --- New nodes ---
  Name Op(absl::string_view op, std::vector<Name> inputs, std::vector<Attr> attributes = {});
  std::vector<Name> Ops(absl::string_view op, std::vector<Name> inputs, int outputs,
                        std::vector<Attr> attributes = {});
  // Output `i` of the node is `value`. No-op where nobody wants it.
  void Return(int i, const Name& value);

  Name Number(double value, ir::DType dtype);  // of rank 0; a float type
  // Of rank 0; an integer type or bool.
  Name Integer(uint64_t value, ir::DType dtype);
  Name Tensor(const std::vector<double>& values, std::vector<int64_t> dims, ir::DType dtype);
  Name IntNumber(int64_t value);                // int64, of rank 0
  Name IntVector(std::vector<int64_t> values);  // int64, of rank 1
  Name Cast(const Name& x, ir::DType dtype);
  Name Add(const Name& a, const Name& b) { return Op("Add", {a, b}); }
  Name Sub(const Name& a, const Name& b) { return Op("Sub", {a, b}); }
  Name Mul(const Name& a, const Name& b) { return Op("Mul", {a, b}); }
  Name Div(const Name& a, const Name& b) { return Op("Div", {a, b}); }
  Name MatMul(const Name& a, const Name& b) { return Op("MatMul", {a, b}); }
  Name Transpose(const Name& x, std::vector<int64_t> permutation);
  // 0 keeps a dimension, -1 is what is left.
  Name Reshape(const Name& x, std::vector<int64_t> shape);
  Name Unsqueeze(const Name& x, std::vector<int64_t> axes);
  Name Squeeze(const Name& x, std::vector<int64_t> axes);
  // Element `index` along `axis`, which goes.
  Name Pick(const Name& x, int64_t index, int64_t axis);
  Name Slice(const Name& x, int64_t from, int64_t to, int64_t axis);
  std::vector<Name> Split(const Name& x, int parts, int64_t axis);
  std::vector<Name> SplitInto(const Name& x, std::vector<int64_t> sizes, int64_t axis);
  Name Concat(std::vector<Name> parts, int64_t axis);  // of one part: itself
  Name Sum(const Name& x, std::vector<int64_t> axes, bool keep = true);
  Name Mean(const Name& x, std::vector<int64_t> axes, bool keep = true);
  Name Softmax(const Name& x, int64_t axis) { return Op("Softmax", {x}, {{"axis", axis}}); }
  // The sizes of `x` from dimension `from` up to `to`, as a vector.
  Name ShapeOf(const Name& x, int64_t from, int64_t to);
  // Without unknown parts: [2, shape of x from 1 to 3, 7] is Joined({IntVector({2}), ...}).
  Name Joined(std::vector<Name> vectors) { return Concat(std::move(vectors), 0); }
  Name ReshapeTo(const Name& x, const Name& shape) { return Op("Reshape", {x, shape}); }
  // Of zeros; `shape` is a vector.
  Name Zeros(const Name& shape, ir::DType dtype);

  // What is written between these two calls goes into a graph, which may read all values around it.
  void BeginGraph();
  // Ends with a Scan node over that graph. `states` start with the values named second, `scanned`
  // are read one by one along their first dimension, in reverse order if `reverse`. RETURNS: the
  // final states, then each of `collected` along a new first dimension.
  std::vector<Name> EndScan(const std::vector<std::pair<Name, Name>>& states,
                            const std::vector<std::pair<Name, Name>>& scanned,
                            const std::vector<Name>& next_states,
                            const std::vector<Name>& collected, bool reverse);
  // A name for a value of such a graph.
  Name NewName();

  std::unique_ptr<::onnx::FunctionProto> Take();

 private:
  const ::onnx::AttributeProto* Find(absl::string_view name) const;
  ::onnx::NodeProto& AddNode(absl::string_view op, const std::vector<Name>& inputs);
  Name AddConstant(const ::onnx::TensorProto& tensor);

  const ::onnx::NodeProto& node_;
  const int64_t version_;
  const std::vector<Operand> operands_;
  const std::string prefix_;
  int num_names_ = 0;
  std::unique_ptr<::onnx::FunctionProto> function_;
  std::unique_ptr<::onnx::GraphProto> graph_;  // while one is being written
};

// UNIMPLEMENTED: "<what> is not supported".
absl::Status UnsupportedForm(absl::string_view what);

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_EXPANSIONS_BODY_H_
