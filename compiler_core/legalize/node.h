// One ONNX node as its lowering sees it: operands already lowered, attributes by their ONNX names,
// and where to put the results. Made by Legalize() for each node and gone when the node is done.
#ifndef SINTER_COMPILER_CORE_LEGALIZE_NODE_H_
#define SINTER_COMPILER_CORE_LEGALIZE_NODE_H_

#include <optional>
#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "compiler_core/ir/host_tensor.h"
#include "compiler_core/ir/sym_expr.h"
#include "compiler_core/legalize/emitter.h"
#include "llvm/ADT/DenseMap.h"
#include "mlir/IR/Operation.h"

namespace sinter::legalize {

// Lowered values by the ONNX values that they stand for.
using ValueMap = llvm::DenseMap<mlir::Value, mlir::Value>;

class Node {
 public:
  // All arguments outlive the node.
  Node(mlir::Operation* op, mlir::OpBuilder& builder, ir::ConstantTable& constants,
       ValueMap& lowered);

  Emitter& emit() { return emit_; }
  mlir::Operation* op() { return op_; }
  // The opset version that defines the node's op.
  int64_t version() const;

  // --- Operands ---
  int num_inputs() const { return static_cast<int>(op_->getNumOperands()); }
  // Input `i` was given.
  bool Has(int i) const;
  // REQUIRES (here and below): Has(i).
  mlir::Value In(int i) const;
  ir::SymShape Shape(int i) const;
  int64_t Rank(int i) const { return static_cast<int64_t>(Shape(i).size()); }
  mlir::Type Element(int i) const { return ElementOf(In(i)); }
  ir::DType Type(int i) const;  // in the model
  bool IsUnsigned(int i) const;
  // The constant that input `i` is; null if it is computed or absent.
  const ir::HostTensor* Const(int i) const;
  // The elements of integer input `i` where they are known as expressions.
  std::optional<ir::SymShape> Known(int i) const;
  // As Known(), or UNIMPLEMENTED saying that input `name` has to be known.
  absl::StatusOr<ir::SymShape> Required(int i, absl::string_view name) const;
  // As Required(), but all must be numbers.
  absl::StatusOr<std::vector<int64_t>> RequiredNumbers(int i, absl::string_view name) const;

  // --- Results ---
  int num_outputs() const { return static_cast<int>(op_->getNumResults()); }
  // Somebody reads output `i`.
  bool IsUsed(int i) const;
  ir::SymShape OutShape(int i = 0) const;
  mlir::Type OutElement(int i = 0) const;  // as stored
  ir::DType OutType(int i = 0) const;
  bool OutIsUnsigned(int i = 0) const;
  bool OutIsBool(int i = 0) const;
  // The elements of output 0 of a SymConstant.
  std::optional<ir::SymShape> KnownOutput() const;
  // Sets output `i`. REQUIRES: the output's shape and element type.
  absl::Status Return(absl::StatusOr<mlir::Value> value, int i = 0);

  // --- Attributes ---
  bool HasAttr(absl::string_view name) const;
  int64_t Int(absl::string_view name, int64_t otherwise) const;
  double Float(absl::string_view name, double otherwise) const;
  std::string String(absl::string_view name, absl::string_view otherwise) const;
  std::vector<int64_t> Ints(absl::string_view name) const;   // empty if absent
  std::vector<double> Floats(absl::string_view name) const;  // empty if absent
  // The tensor that attribute `name` is, or null if absent.
  const ir::HostTensor* ConstAttr(absl::string_view name) const;
  // Attribute `name` as a dimension number in [0, rank).
  int64_t Axis(absl::string_view name, int64_t otherwise, int64_t rank) const;

  // Map() over the first output's shape and type.
  absl::StatusOr<mlir::Value> Map(mlir::ValueRange inputs, Emitter::Body body) {
    return emit_.Map(inputs, OutShape(), OutElement(), body);
  }
  std::vector<mlir::Value> Inputs() const;  // those given

 private:
  mlir::Operation* op_;
  Emitter emit_;
  ir::ConstantTable& constants_;
  ValueMap& lowered_;
};

// Errors of a lowering, which Legalize() makes a diagnostic of: "<what> is not supported", and a
// sentence on shapes that can't be told apart.
absl::Status Unsupported(absl::string_view what);
absl::Status Undecided(absl::string_view sentence);

// A type of ONNX's as a TensorModule stores it: signless integers, i8 for bool and for all types of
// a byte and less.
mlir::Type StoredType(mlir::Type onnx_type);
// Whether tensors of this ONNX element type can be computed with.
bool IsSupportedElement(mlir::Type onnx_type);

}  // namespace sinter::legalize

#endif  // SINTER_COMPILER_CORE_LEGALIZE_NODE_H_
