// What a shape rule sees of a node, and where it puts the outputs' types.
//
// Rules are pure functions of it. Where two free dimensions have to agree, a rule says so with
// Same() or RequireEqual(): the context then collects an assumption, which the importer applies to
// the whole model and the artifact checks at run time. Not thread-safe; one for each node.
#ifndef SINTER_COMPILER_CORE_DIALECT_ONNX_SHAPE_CONTEXT_H_
#define SINTER_COMPILER_CORE_DIALECT_ONNX_SHAPE_CONTEXT_H_

#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/sym_expr.h"
#include "mlir/IR/OperationSupport.h"

namespace onnx {
class TypeProto;
}

namespace sinter::onnx {

struct TensorInfo {
  ir::DType dtype = ir::DType::kUndefined;
  ir::SymShape shape;
  // A tensor of whose shape nothing is known; `shape` is empty.
  bool unranked = false;
  // Set if the value is no tensor: a sequence, an optional or a map.
  std::shared_ptr<const ::onnx::TypeProto> other = nullptr;

  bool IsRankedTensor() const { return !unranked && other == nullptr; }
};

// What is known of an operand. Absent operands have no `type`.
struct OperandInfo {
  const TensorInfo* type = nullptr;
  const ir::SymShape* known = nullptr;  // an integer tensor's elements, row-major
  const ir::HostTensor* constant = nullptr;
};

// Two expressions that a rule took for equal.
struct Assumption {
  ir::SymExpr lhs, rhs;
};

class ShapeContext {
 public:
  // `attributes` must outlive the context.
  ShapeContext(int64_t version, std::vector<OperandInfo> inputs,
               const mlir::NamedAttrList& attributes, int num_outputs)
      : version_(version),
        inputs_(std::move(inputs)),
        attributes_(attributes),
        num_outputs_(num_outputs) {}

  // The same node with other operands.
  ShapeContext WithInputs(std::vector<OperandInfo> inputs) const {
    return ShapeContext(version_, std::move(inputs), attributes_, num_outputs_);
  }

  int64_t version() const { return version_; }
  int num_outputs() const { return num_outputs_; }

  // --- Operands ---
  int num_inputs() const { return static_cast<int>(inputs_.size()); }
  bool Has(int i) const { return i < num_inputs() && inputs_[i].type != nullptr; }
  // REQUIRES (here and below): Has(i).
  const ir::SymShape& Shape(int i) const { return inputs_[i].type->shape; }
  ir::DType Type(int i) const { return inputs_[i].type->dtype; }
  int64_t Rank(int i) const { return static_cast<int64_t>(Shape(i).size()); }
  const ir::HostTensor* Constant(int i) const { return inputs_[i].constant; }
  const ir::SymShape* Known(int i) const { return inputs_[i].known; }
  // ERRORS: UNIMPLEMENTED if the elements of input `name` depend on data.
  absl::StatusOr<ir::SymShape> Required(int i, absl::string_view name) const;
  absl::StatusOr<std::vector<int64_t>> RequiredNumbers(int i, absl::string_view name) const;
  absl::Status CheckRank(int i, int64_t at_least) const;

  // --- Attributes ---
  bool HasAttr(absl::string_view name) const { return Attr(name) != nullptr; }
  int64_t Int(absl::string_view name, int64_t otherwise) const;
  double Float(absl::string_view name, double otherwise) const;
  std::string String(absl::string_view name, absl::string_view otherwise) const;
  std::optional<std::vector<int64_t>> Ints(absl::string_view name) const;
  std::optional<std::vector<double>> Floats(absl::string_view name) const;
  // Axes from attribute `axes` or input `i`, whichever the version has; nullopt if neither is
  // given.
  absl::StatusOr<std::optional<std::vector<int64_t>>> Axes(int i) const;

  // --- Dimensions ---
  // `axis` as a dimension number in [0, rank). ERRORS: INVALID_ARGUMENT.
  static absl::StatusOr<int64_t> NormalizeAxis(int64_t axis, int64_t rank);
  // The one dimension that both are. ERRORS: INVALID_ARGUMENT if they can't be equal.
  absl::StatusOr<ir::SymExpr> Same(const ir::SymExpr& a, const ir::SymExpr& b);
  absl::Status RequireEqual(const ir::SymExpr& a, const ir::SymExpr& b);
  // By ONNX's rules: aligned at the last dimension, 1 repeats.
  absl::StatusOr<ir::SymShape> Broadcast(const ir::SymShape& a, const ir::SymShape& b);

  // --- Results ---
  absl::Status Return(ir::DType dtype, ir::SymShape shape);
  const std::vector<TensorInfo>& outputs() const { return outputs_; }
  const std::vector<Assumption>& assumptions() const { return assumptions_; }

 private:
  absl::StatusOr<ir::SymExpr> BroadcastAtRunTime(const ir::SymExpr& a, const ir::SymExpr& b);
  mlir::Attribute Attr(absl::string_view name) const;
  void Assume(const ir::SymExpr& a, const ir::SymExpr& b) { assumptions_.push_back({a, b}); }

  const int64_t version_;
  const std::vector<OperandInfo> inputs_;
  const mlir::NamedAttrList& attributes_;
  const int num_outputs_;
  std::vector<TensorInfo> outputs_;
  std::vector<Assumption> assumptions_;
};

}  // namespace sinter::onnx

#endif  // SINTER_COMPILER_CORE_DIALECT_ONNX_SHAPE_CONTEXT_H_
