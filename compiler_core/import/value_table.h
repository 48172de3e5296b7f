// The values of an ONNX graph during the walk over it, by name: what is known of each, and how it
// gets into the module. Not thread-safe.
#ifndef SINTER_COMPILER_CORE_IMPORT_VALUE_TABLE_H_
#define SINTER_COMPILER_CORE_IMPORT_VALUE_TABLE_H_

#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/import/tensor_reader.h"
#include "compiler_core/ir/host_tensor.h"
#include "mlir/IR/Builders.h"

namespace onnx {
class GraphProto;
}

namespace sinter::import {

// At least one of known, constant and ir says what the value is, unless it is `poisoned`: the
// output of a node that is not supported.
struct Value {
  onnx::TensorInfo type;
  std::optional<ir::SymShape> known;  // as OperandInfo::known
  std::optional<ir::HostTensor> constant;
  mlir::Value ir;
  bool poisoned = false;

  onnx::OperandInfo Info() const;
};

class ValueTable {
 public:
  // All arguments outlive the table. Constants that the module needs go into `constants`.
  ValueTable(const ::onnx::GraphProto& graph, const TensorReader& tensors, mlir::OpBuilder& builder,
             ir::ConstantTable& constants);

  // The value, which may be an initializer. Pointers stay valid.
  // ERRORS: INVALID_ARGUMENT (missing_value, or as TensorReader::Read()), UNIMPLEMENTED.
  absl::StatusOr<Value*> Find(const std::string& name);

  // Values without a name (outputs that nobody wants) are forgotten.
  void Define(const std::string& name, Value value);
  void DefineConstant(const std::string& name, ir::HostTensor tensor);
  void DefineResult(const std::string& name, onnx::TensorInfo type, mlir::Value result);

  // The value in the IR, at the builder's place: constants come into being with their first use.
  // ERRORS: UNIMPLEMENTED (unsupported_type).
  absl::StatusOr<mlir::Value> Materialize(Value& value, const std::string& name);

  // `what` is for the message. ERRORS: UNIMPLEMENTED (unsupported_type).
  absl::StatusOr<mlir::Type> TypeOf(const onnx::TensorInfo& info, absl::string_view what) const;

 private:
  absl::StatusOr<mlir::Value> MaterializeKnown(const Value& value, mlir::Location location);
  mlir::Value Unflatten(mlir::Value flat, const Value& value, mlir::Location location);

  const TensorReader& tensors_;
  mlir::OpBuilder& builder_;
  ir::ConstantTable& constants_;
  std::unordered_map<std::string, const ::onnx::TensorProto*> initializers_;
  std::unordered_map<std::string, Value> values_;
};

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_VALUE_TABLE_H_
