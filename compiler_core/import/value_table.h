// The values of an ONNX graph during the walk over it, by name: what is known of each. Not
// thread-safe.
#ifndef SINTER_COMPILER_CORE_IMPORT_VALUE_TABLE_H_
#define SINTER_COMPILER_CORE_IMPORT_VALUE_TABLE_H_

#include <map>
#include <optional>
#include <string>
#include <unordered_map>

#include "absl/status/statusor.h"
#include "compiler_core/dialect/onnx/shape_context.h"
#include "compiler_core/import/tensor_reader.h"
#include "compiler_core/ir/host_tensor.h"
#include "mlir/IR/Value.h"

namespace onnx {
class GraphProto;
class TensorProto;
}  // namespace onnx

namespace sinter::import {

// At least one of known, constant, slot and ir says what the value is, unless it is `poisoned`: the
// output of a node that is not supported.
struct Value {
  onnx::TensorInfo type;
  std::optional<ir::SymShape> known;  // as OperandInfo::known
  std::optional<ir::HostTensor> constant;
  // The first level (see fragment_set.h) that can read it; its symbols have values by then too.
  int level = 0;
  int slot = -1;                  // in the program, once it has one
  std::map<int, mlir::Value> ir;  // in the fragments, by level
  bool poisoned = false;

  onnx::OperandInfo Info() const;
};

class ValueTable {
 public:
  // Both arguments outlive the table.
  ValueTable(const ::onnx::GraphProto& graph, const TensorReader& tensors);

  // The value, which may be an initializer; null if there is none of that name. Pointers stay
  // valid. ERRORS: as TensorReader::Read().
  absl::StatusOr<Value*> Find(const std::string& name);

  // Values without a name (outputs that nobody wants) are forgotten.
  void Define(const std::string& name, Value value);
  void DefineConstant(const std::string& name, ir::HostTensor tensor);

 private:
  const TensorReader& tensors_;
  std::unordered_map<std::string, const ::onnx::TensorProto*> initializers_;
  std::unordered_map<std::string, Value> values_;
};

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_VALUE_TABLE_H_
