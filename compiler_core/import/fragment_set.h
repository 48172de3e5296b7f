// The compiled parts of a graph as they grow during the walk over it, and the slots by which they
// and the calls of the run-time library exchange values.
//
// Everything has a level: how many library calls have to be done before it can be. A compiled node
// goes into the fragment of its level, a library call comes after that fragment, and what it gives
// can be read one level higher. A graph without library calls has one fragment, of level 0.
// Not thread-safe.
#ifndef SINTER_COMPILER_CORE_IMPORT_FRAGMENT_SET_H_
#define SINTER_COMPILER_CORE_IMPORT_FRAGMENT_SET_H_

#include <map>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/statusor.h"
#include "compiler_core/import/value_table.h"
#include "compiler_core/ir/modules.h"
#include "compiler_core/ir/program.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Builders.h"

namespace sinter::import {

// ERRORS: UNIMPLEMENTED (unsupported_type) for types that no compiled code handles; `what` is for
// the message.
absl::StatusOr<mlir::Type> CompiledType(mlir::MLIRContext* context, const onnx::TensorInfo& info,
                                        absl::string_view what);

class FragmentSet {
 public:
  explicit FragmentSet(mlir::MLIRContext& context) : context_(context) {}

  // A value that exists before the first step. REQUIRES: no fragment was used yet.
  Value AddInput(const std::string& name, const onnx::TensorInfo& type);
  // A value that a library call gives.
  int AddSlot(const std::string& name, const onnx::TensorInfo& type);

  mlir::OpBuilder& BuilderAt(int level) { return At(level).builder; }
  ir::ConstantTable& ConstantsAt(int level) { return At(level).constants; }

  // The value in the fragment of `level`: constants come into being with their first use.
  // ERRORS: UNIMPLEMENTED (unsupported_type).
  absl::StatusOr<mlir::Value> Materialize(Value& value, const std::string& name, int level);
  // The slot that holds the value. ERRORS: as Materialize().
  absl::StatusOr<int> SlotOf(Value& value, const std::string& name);

  struct Built {
    int level;
    ir::ModuleParts parts;             // inputs and outputs of its signature are those of its step
    std::vector<int> inputs, outputs;  // slots
  };
  // The one fragment as a function of all inputs, giving `outputs`.
  // REQUIRES: nothing has a level above 0, and all inputs are tensors.
  absl::StatusOr<Built> FinishPlanned(std::vector<std::pair<std::string, Value*>> outputs);
  // Those that anything is taken from, by level. Afterwards slots() and constants() are complete.
  std::vector<Built> FinishProgram();

  std::vector<ir::Slot>& slots() { return slots_; }
  ir::ConstantTable& constants() { return constants_; }

 private:
  struct Fragment {
    explicit Fragment(mlir::MLIRContext* context);
    mlir::OwningOpRef<mlir::ModuleOp> module;
    mlir::OpBuilder builder;
    mlir::func::FuncOp main;
    mlir::Block* block;
    ir::ConstantTable constants;
    std::vector<int> inputs;  // slots, by argument
    std::map<int, mlir::Value> arguments;
    std::vector<int> outputs;
    llvm::SmallVector<mlir::Value> results;
  };

  Fragment& At(int level);
  absl::StatusOr<mlir::Value> ReadSlot(int slot, const onnx::TensorInfo& type, int level);
  absl::StatusOr<mlir::Value> MaterializeKnown(const Value& value, mlir::Location location,
                                               int level);
  mlir::Value Unflatten(mlir::Value flat, const Value& value, mlir::Location location, int level);
  ir::ModelValue DescribeSlot(int slot) const;
  static void Close(Fragment& fragment);
  static void EraseDeadOps(mlir::Block& block);
  void DropUnusedInputs(Fragment& fragment);

  mlir::MLIRContext& context_;
  std::vector<std::unique_ptr<Fragment>> fragments_;  // by level
  std::vector<ir::Slot> slots_;
  std::vector<onnx::TensorInfo> types_;  // of slots
  std::map<mlir::detail::ValueImpl*, int> slot_of_result_;
  ir::ConstantTable constants_;
};

}  // namespace sinter::import

#endif  // SINTER_COMPILER_CORE_IMPORT_FRAGMENT_SET_H_
